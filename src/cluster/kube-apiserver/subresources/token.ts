// token.ts: a token for a service account, for a while, perhaps bound to a Pod.
// Models k8s.io/kubernetes/pkg/registry/core/serviceaccount/storage/token.go
// Differs: nothing known

import { type FieldError, invalidValue } from '../../../api/field.ts'
import { groupVersionOf, resourceByPlural } from '../../../api/resources.ts'
import { badRequest, conflict, invalid, isStatus, type Status } from '../../../api/status.ts'
import { rfc3339 } from '../../../api/time.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { share } from '../../../kernel/share.ts'
import { readObject } from '../decoding.ts'
import { refusal } from '../door.ts'
import { newUid } from '../metadata.ts'
import { getObject } from '../read.ts'
import type { Call, Outcome, ServerIo } from '../state.ts'
import { AUDIENCE, type Claims, signToken } from '../tokens.ts'
import { admit, validated } from './admit.ts'

const TOKEN_REQUEST = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }
const DEFAULT_S = 3_600
const MIN_S = 600
const MAX_S = 4_294_967_296
const BINDABLE = new Map([
  ['Pod', 'pods'],
  ['Secret', 'secrets'],
  ['Node', 'nodes'],
])

export function* createToken(io: ServerIo, call: Call): Steps<Outcome> {
  const read = io.state(() => readObject(TOKEN_REQUEST, call.request.body, call.fieldValidation))
  if (isStatus(read)) return refusal(read)
  const request: any = read.object
  const unwelcome = yield* admit(io, call, request)
  if (unwelcome !== undefined) return { ...refusal(unwelcome), seen: request }
  const { namespace, name } = call.info
  const account = yield* getObject(io, call.type, namespace, name)
  if (isStatus(account)) return refusal(account)
  const named = request.metadata
  if (named.name && named.name !== name)
    return refusal(invalid(TOKEN_REQUEST, name, [invalidValue('metadata.name', named.name, 'must match the service account name if specified')]))
  const seconds: number = request.spec?.expirationSeconds ?? DEFAULT_S
  const errors: FieldError[] = []
  if (seconds < MIN_S) errors.push(invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'))
  if (seconds > MAX_S) errors.push(invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'))
  if (errors.length > 0) return refusal(invalid(TOKEN_REQUEST, '', errors))
  const refused = validated(io, call, request)
  if (refused !== undefined) return refusal(refused)
  const ref = request.spec?.boundObjectRef ?? undefined
  const bound = ref === undefined ? {} : yield* boundObject(io, call, ref)
  if (isStatus(bound)) return refusal(bound)
  const body = io.state((s, t) => {
    const claims: Claims = {
      audiences: (request.spec?.audiences ?? []).length > 0 ? request.spec.audiences : [AUDIENCE],
      exp: t.now + seconds * 1000,
      now: t.now,
      jti: newUid(t),
      'kubernetes.io': { namespace, serviceaccount: { name, uid: account.metadata.uid }, ...bound },
    }
    const { uid } = account.metadata
    return share({
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: rfc3339(t.now), uid },
      spec: { audiences: claims.audiences, expirationSeconds: seconds, boundObjectRef: ref ?? null },
      status: { token: signToken(s.durable.signingKey, claims), expirationTimestamp: rfc3339(claims.exp) },
    })
  })
  return { status: 201, body, warnings: read.warnings, seen: request }
}

function* boundObject(io: ServerIo, call: Call, ref: any): Steps<Partial<Claims['kubernetes.io']> | Status> {
  const { group, version } = groupVersionOf(ref.apiVersion ?? '')
  const plural = group === '' ? BINDABLE.get(ref.kind) : undefined
  if (plural === undefined) return badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${ref.kind ?? ''}`)
  const type = resourceByPlural('', plural)!
  const object = yield* getObject(io, type, plural === 'nodes' ? undefined : call.info.namespace, ref.name)
  if (isStatus(object)) return object
  const { uid } = object.metadata
  if (ref.uid && ref.uid !== uid)
    return conflict(
      { group: '', plural: ref.kind },
      ref.name,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  const named = { name: ref.name, uid }
  if (plural === 'secrets') return { secret: named }
  if (plural === 'nodes') return { node: named }
  if (object['spec'].serviceAccountName !== call.info.name)
    return badRequest(`cannot bind token for serviceaccount ${JSON.stringify(call.info.name)} to pod running with different serviceaccount name.`)
  const node: string | undefined = object['spec'].nodeName
  const nodeUid = node === undefined ? undefined : io.state(s => s.caches['nodes']!.objects.get(node)?.metadata.uid)
  return { pod: named, ...(node === undefined ? {} : { node: { name: node, ...(nodeUid === undefined ? {} : { uid: nodeUid }) } }) }
}
