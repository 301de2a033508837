// credentials.ts: with which name and password an image may be pulled.
// Models pkg/credentialprovider/{config,keyring}.go and pkg/kubelet/images/pullmanager/image_pull_manager.go
// Differs: no credential plugins and none of the node's own

import { decodeBase64 } from '../../api/base64.ts'
import type { Pod } from '../../api/pod.ts'
import type { RoutineIo, Steps } from '../../kernel/machine.ts'
import { normalizedImage } from '../container-runtime/behaviour.ts'
import { readObject } from './environment.ts'
import type { Kubelet } from './state.ts'

/** One entry of a docker configuration. */
export interface Credential {
  /** The Secret it stands in. */
  secret: string
  /** `docker.io`, `abc.azurecr.io`, `gcr.io/project` */
  registry: string
  /** `name:password` */
  auth: string
}

/** What the Pod's pull Secrets hold, and the names of those that are missing. */
export function* pullSecrets(io: RoutineIo<Kubelet>, pod: Pod): Steps<{ credentials: Credential[]; missing: string[] }> {
  const missing: string[] = []
  const credentials: Credential[] = []
  for (const { name = '' } of pod.spec.imagePullSecrets ?? []) {
    const found = yield* readObject(io, 'Secret', pod.metadata.namespace!, name)
    if (found.ok) credentials.push(...credentialsOf(found.object))
    else missing.push(name)
  }
  return { credentials, missing }
}

/** Entries of a Secret of type kubernetes.io/dockerconfigjson or dockercfg; none if it cannot be read. */
export function credentialsOf(secret: any): Credential[] {
  const encoded = secret.data?.['.dockerconfigjson'] ?? secret.data?.['.dockercfg']
  const config = typeof encoded === 'string' ? parsed(encoded) : undefined
  const auths = config?.auths ?? config ?? {}
  const list: Credential[] = []
  for (const server in auths) {
    const { username, password, auth } = auths[server] ?? {}
    const text = username !== undefined ? `${username}:${password ?? ''}` : typeof auth === 'string' ? decodeBase64(auth) : ''
    if (text !== '') list.push({ secret: secret.metadata.uid, registry: registryOf(server), auth: text })
  }
  return list
}

/** Those that are for this image, longest registry path first. */
export function matching(credentials: Credential[], image: string): Credential[] {
  const name = normalizedImage(image)
  return credentials
    .filter(c => name === c.registry || name.startsWith(`${c.registry}/`) || wildcard(c.registry, name))
    .sort((a, b) => b.registry.length - a.registry.length)
}

/** `https://index.docker.io/v1/` is docker.io. */
function registryOf(server: string): string {
  const name = server.replace(/^https?:\/\//, '').replace(/\/(v1|v2)?\/?$/, '')
  return name === 'index.docker.io' || name === 'registry-1.docker.io' ? 'docker.io' : name
}

/** `*.azurecr.io` stands for one part of a host's name. */
function wildcard(registry: string, name: string): boolean {
  if (!registry.startsWith('*.')) return false
  const host = name.slice(0, name.indexOf('/'))
  return host.slice(host.indexOf('.') + 1) === registry.slice(2)
}

function parsed(encoded: string): any {
  try {
    return JSON.parse(decodeBase64(encoded))
  } catch {
    return undefined
  }
}
