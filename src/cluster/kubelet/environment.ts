// environment.ts: the variables of a container, from ConfigMaps, Secrets and the Pod itself.
// Models pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables) and pkg/kubelet/util/manager
// Differs: objects are read when they are needed, not watched, and remembered for times without the API server; service variables are left out

import type { Container, Pod } from '../../api/pod.ts'
import { pathOf } from '../../api/resources.ts'
import type { RoutineIo, Steps } from '../../kernel/machine.ts'
import { ask, errorOf, isNotFound, ok } from '../client/request.ts'
import { getRequest } from '../client.ts'
import type { Kubelet } from './state.ts'

const OBJECTS_MAX = 200 // ConfigMaps and Secrets remembered for times without the API server.

export type Found = { ok: true; object: any } | { ok: false; error: string; missing: boolean }

/** The variables, or why there are none. */
export function* environmentOf(io: RoutineIo<Kubelet>, pod: Pod, container: Container): Steps<{ env: Record<string, string> } | { error: string }> {
  const namespace = pod.metadata.namespace!
  const env: Record<string, string> = {}
  const seen = new Map<string, Found>()
  function* find(kind: 'ConfigMap' | 'Secret', name: string): Steps<Found> {
    const key = `${kind}/${name}`
    const known = seen.get(key)
    if (known !== undefined) return known
    const found = yield* readObject(io, kind, namespace, name)
    seen.set(key, found)
    return found
  }
  for (const from of container.envFrom ?? []) {
    const kind = from.configMapRef ? 'ConfigMap' : 'Secret'
    const ref = from.configMapRef ?? from.secretRef
    if (ref === undefined) continue
    const found = yield* find(kind, ref.name ?? '')
    if (!found.ok) {
      if (found.missing && ref.optional === true) continue
      return { error: found.error }
    }
    for (const key in found.object.data) env[`${from.prefix ?? ''}${key}`] = String(found.object.data[key])
  }
  for (const variable of container.env ?? []) {
    const from = variable.valueFrom
    if (from === undefined) {
      env[variable.name] = expand(variable.value ?? '', env)
      continue
    }
    const ref = from.configMapKeyRef ?? from.secretKeyRef
    if (ref === undefined) {
      env[variable.name] = from.fieldRef ? fieldOf(pod, from.fieldRef.fieldPath, io) : ''
      continue
    }
    const kind = from.configMapKeyRef ? 'ConfigMap' : 'Secret'
    const found = yield* find(kind, ref.name ?? '')
    if (!found.ok) {
      if (found.missing && ref.optional === true) continue
      return { error: found.error }
    }
    const value = found.object.data?.[ref.key]
    if (value === undefined) {
      if (ref.optional === true) continue
      return { error: `couldn't find key ${ref.key} in ${kind} ${namespace}/${ref.name ?? ''}` }
    }
    env[variable.name] = String(value)
  }
  return { env }
}

/** `$(NAME)` of what came before; `$$` is a dollar. */
function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (all, name) => (all === '$$' ? '$' : name in env ? env[name]! : all))
}

function fieldOf(pod: Pod, path: string, io: RoutineIo<Kubelet>): string {
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name
    case 'metadata.namespace':
      return pod.metadata.namespace ?? ''
    case 'metadata.uid':
      return pod.metadata.uid
    case 'spec.nodeName':
      return pod.spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? ''
    case 'status.hostIP':
      return io.state(s => s.config.nodeIP)
    case 'status.podIP':
      return io.state(s => s.mirror.get(pod.metadata.uid)?.sandboxes[0]?.ip ?? '')
    default: {
      const m = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
      return m === null ? '' : (pod.metadata[m[1] as 'labels' | 'annotations']?.[m[2]!] ?? '')
    }
  }
}

/** The oldest goes when there are too many. */
function remember(s: Kubelet, key: string, object: any): void {
  s.objects.delete(key)
  s.objects.set(key, object)
  if (s.objects.size > OBJECTS_MAX) for (const oldest of s.objects.keys()) return void s.objects.delete(oldest)
}

const SINGULAR = { ConfigMap: 'configmap', Secret: 'secret', PersistentVolumeClaim: 'persistentvolumeclaims' }

export function* readObject(io: RoutineIo<Kubelet>, kind: keyof typeof SINGULAR, namespace: string, name: string): Steps<Found> {
  const client = io.state(s => s.client)
  const response = yield* ask(io, getRequest(client, pathOf({ apiVersion: 'v1', kind, namespace, name })))
  const key = `${kind}/${namespace}/${name}`
  if (ok(response)) {
    io.state(s => remember(s, key, response.body))
    return { ok: true, object: response.body }
  }
  // Without the API server the kubelet goes on with what it last saw.
  const known = response.status === 0 ? io.state(s => s.objects.get(key)) : undefined
  if (known !== undefined) return { ok: true, object: known }
  if (isNotFound(response)) return { ok: false, missing: true, error: `${SINGULAR[kind]} ${JSON.stringify(name)} not found` }
  return { ok: false, missing: false, error: errorOf(response) }
}
