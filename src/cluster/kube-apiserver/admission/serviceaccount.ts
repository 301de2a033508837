// serviceaccount.ts: every Pod works under a service account, and gets its token as a volume.
// Models k8s.io/kubernetes/plugin/pkg/admission/serviceaccount/admission.go
// Differs: the second look at a missing account is the caller's; enforce-mountable-secrets is not followed

import type { KubeObject } from '../../../api/object.ts'
import { forbidden } from '../../../api/status.ts'
import { randomSuffix } from '../metadata.ts'
import type { Plugin } from './admission.ts'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const TOKEN_S = 3_607
const MIRROR = 'kubernetes.io/config.mirror'

export const serviceAccount: Plugin = {
  name: 'ServiceAccount',
  resources: ['pods'],
  mutate(s, a, io) {
    if (a.type.plural !== 'pods' || a.subresource !== '' || a.operation !== 'CREATE') return a.object
    const pod = a.object
    if (pod.metadata.annotations?.[MIRROR] !== undefined) {
      const no = (why: string) => forbidden(a.type, a.name || 'Unknown', why)
      if (pod['spec'].serviceAccountName) return no('a mirror pod may not reference service accounts')
      if ((pod['spec'].volumes ?? []).some((v: any) => v.secret !== undefined)) return no('a mirror pod may not reference secrets')
      return pod
    }
    const name = pod['spec'].serviceAccountName || 'default'
    const account = s.caches['serviceaccounts']!.objects.get(`${a.namespace}/${name}`)
    if (account === undefined)
      return forbidden(
        a.type,
        a.name || pod.metadata.generateName || 'Unknown',
        `error looking up service account ${a.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`,
      )
    let spec = { ...pod['spec'], serviceAccountName: name, serviceAccount: name }
    if ((spec.automountServiceAccountToken ?? account['automountServiceAccountToken'] ?? true) === true) spec = withToken(spec, randomSuffix(io))
    if ((spec.imagePullSecrets ?? []).length === 0 && (account['imagePullSecrets'] ?? []).length > 0) spec.imagePullSecrets = account['imagePullSecrets']
    return { ...pod, spec } as KubeObject
  },
}

/** Is this refusal the one of a missing account (its name), which may yet come? */
export const missingAccount = (message: string | undefined): string | undefined =>
  /error looking up service account [^/]+\/[^:]+: serviceaccount "([^"]+)" not found$/.exec(message ?? '')?.[1]

function withToken(spec: any, suffix: string): any {
  const existing = (spec.volumes ?? []).find((v: any) => v.name.startsWith('kube-api-access-'))
  const name = existing?.name ?? `kube-api-access-${suffix}`
  let mounted = false
  const mount = (container: any) => {
    if ((container.volumeMounts ?? []).some((m: any) => m.mountPath === MOUNT_PATH)) return container
    mounted = true
    return { ...container, volumeMounts: [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }] }
  }
  const next = { ...spec }
  if (spec.initContainers) next.initContainers = spec.initContainers.map(mount)
  next.containers = (spec.containers ?? []).map(mount)
  if (mounted && existing === undefined) next.volumes = [...(spec.volumes ?? []), tokenVolume(name)]
  return next
}

const tokenVolume = (name: string) => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_S, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 420,
  },
})
