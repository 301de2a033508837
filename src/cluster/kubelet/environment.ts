// environment.ts: the variables of a container, from ConfigMaps, Secrets and the Pod itself.
// Models pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables) and pkg/kubelet/util/manager
// Differs: objects are read when they are needed, not watched, and remembered for times without the API server; service variables are left out

import { decodeBase64 } from '../../api/base64.ts'
import type { Container, Pod } from '../../api/pod.ts'
import { pathOf } from '../../api/resources.ts'
import type { RoutineIo, Steps } from '../../kernel/machine.ts'
import { ask, errorOf, isNotFound, ok } from '../client/request.ts'
import { getRequest } from '../client.ts'
import { fieldOf, resourceOf } from './downward.ts'
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
    for (const key in found.object.data) env[`${from.prefix ?? ''}${key}`] = valueIn(kind, found.object.data[key])
  }
  for (const variable of container.env ?? []) {
    const from = variable.valueFrom
    if (from === undefined) {
      env[variable.name] = expand(variable.value ?? '', env)
      continue
    }
    const { fieldRef, resourceFieldRef } = from
    if (resourceFieldRef) {
      const amount = io.state(s => resourceOf(s, pod, container, resourceFieldRef))
      if ('error' in amount) return amount
      env[variable.name] = amount.value
      continue
    }
    const ref = from.configMapKeyRef ?? from.secretKeyRef
    if (ref === undefined) {
      env[variable.name] = fieldRef ? io.state(s => fieldOf(s, pod, fieldRef.fieldPath)) : ''
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
    env[variable.name] = valueIn(kind, value)
  }
  return { env }
}

/** A Secret holds base64. */
const valueIn = (kind: 'ConfigMap' | 'Secret', value: unknown): string => (kind === 'Secret' ? decodeBase64(String(value)) : String(value))

/** `$(NAME)` of what came before; `$$` is a dollar. */
export function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (all, name) => (all === '$$' ? '$' : Object.hasOwn(env, name) ? env[name]! : all))
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
