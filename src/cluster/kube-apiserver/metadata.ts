// metadata.ts: what the server itself writes into an object's metadata.
// Models k8s.io/apiserver/pkg/registry/rest/meta.go and pkg/storage/names/generate.go
// Differs: uids and suffixes come from the world's seed

import type { KubeObject } from '../../api/object.ts'
import { rfc3339 } from '../../api/time.ts'
import type { Io } from '../../kernel/machine.ts'

type Chance = Pick<Io, 'int'>

const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
const GENERATED_MAX = 63

/** A random UUID, version 4. */
export function newUid(io: Chance): string {
  const hex = eightDigits(io) + eightDigits(io) + eightDigits(io) + eightDigits(io)
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

const WORD = 4_294_967_296
const eightDigits = (io: Chance): string => (io.int(WORD) + WORD).toString(16).slice(1)

export function randomSuffix(io: Chance): string {
  let text = ''
  for (let i = 0; i < SUFFIX_LENGTH; i++) text += SUFFIX_ALPHABET[io.int(SUFFIX_ALPHABET.length)]
  return text
}

/** A name from `generateName`. */
export const generatedName = (base: string, io: Chance): string => base.slice(0, GENERATED_MAX - SUFFIX_LENGTH) + randomSuffix(io)

/** A new object's metadata: uid and time are the server's; what only the server may set is wiped. */
export function withNewMetadata(object: KubeObject, namespace: string | undefined, io: Io): KubeObject {
  const {
    uid: _,
    creationTimestamp: __,
    deletionTimestamp: ___,
    deletionGracePeriodSeconds: ____,
    selfLink: _____,
    resourceVersion: ______,
    ...kept
  } = object.metadata as any
  const metadata: any = kept
  if (namespace === undefined) delete metadata.namespace
  else metadata.namespace = namespace
  if (!metadata.name && metadata.generateName) metadata.name = generatedName(metadata.generateName, io)
  metadata.uid = newUid(io)
  metadata.creationTimestamp = rfc3339(io.now)
  return { ...object, metadata }
}
