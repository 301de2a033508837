// admission.ts: the plugins that may amend or refuse what is written, in upstream's order.
// Models k8s.io/kubernetes/pkg/kubeapiserver/options/plugins.go and k8s.io/apiserver/pkg/admission/chain.go
// Differs: no webhooks, no admission policies, no certificate plugins; ResourceQuota stands apart (quota.ts), since it writes

import type { KubeObject } from '../../../api/object.ts'
import { sameJson } from '../../../api/patch.ts'
import type { ResourceType } from '../../../api/resources.ts'
import { isStatus, type Status } from '../../../api/status.ts'
import type { Io } from '../../../kernel/machine.ts'
import type { Call, State, User } from '../state.ts'
import { plugins } from './plugins.ts'

export interface Attributes {
  operation: 'CREATE' | 'UPDATE' | 'DELETE'
  /** The resource of the path. */
  type: ResourceType
  subresource: string
  namespace: string
  name: string
  user: User
  /** Undefined for deletions. */
  object: KubeObject | undefined
  old: KubeObject | undefined
  warnings: string[]
}

/** `mutate` returns the object, amended or not; a Status refuses. */
export interface Plugin {
  name: string
  /** Plurals of the resources that it looks at; of all if there are none. */
  resources?: string[]
  mutate?(s: State, a: Attributes & { object: KubeObject }, io: Io): KubeObject | Status
  validate?(s: State, a: Attributes, io: Io): Status | undefined
}

/** The plugins that have something to say of a resource, in order. */
function pluginsFor(type: ResourceType): { mutating: Plugin[]; validating: Plugin[] } {
  let found = concerned.get(type)
  if (found === undefined) {
    const mine = plugins.filter(({ resources }) => resources === undefined || resources.includes(type.plural))
    found = { mutating: mine.filter(plugin => plugin.mutate !== undefined), validating: mine.filter(plugin => plugin.validate !== undefined) }
    concerned.set(type, found)
  }
  return found
}
const concerned = new Map<ResourceType, { mutating: Plugin[]; validating: Plugin[] }>()

export interface Change {
  by: string
  what: string
}

export function mutate(s: State, given: Attributes & { object: KubeObject }, io: Io): { object: KubeObject; changes: Change[] } | Status {
  let a = given
  const changes: Change[] = []
  for (const plugin of pluginsFor(given.type).mutating) {
    const next = plugin.mutate!(s, a, io)
    if (next === a.object) continue
    if (isStatus(next)) return next
    for (const what of differences(a.object, next)) changes.push({ by: plugin.name, what })
    a = { ...a, object: next }
  }
  return { object: a.object, changes }
}

export function validateAdmission(s: State, a: Attributes, io: Io): Status | undefined {
  for (const plugin of pluginsFor(a.type).validating) {
    const status = plugin.validate!(s, a, io)
    if (status !== undefined) return status
  }
  return undefined
}

export const admissionOf = <T extends KubeObject | undefined>(
  call: Call,
  operation: Attributes['operation'],
  object: T,
  old: KubeObject | undefined,
  warnings: string[],
): Attributes & { object: T } => ({
  operation,
  type: call.type,
  subresource: call.info.subresource,
  namespace: call.type.plural === 'namespaces' ? call.info.name || (object?.metadata.name ?? '') : call.info.namespace,
  name: call.info.name || (object?.metadata.name ?? ''),
  user: call.user,
  object,
  old,
  warnings,
})

/** Paths of two names that differ: `spec.tolerations`, `metadata.annotations`. */
function differences(before: any, after: any): string[] {
  const found: string[] = []
  for (const part of ['metadata', 'spec', 'status']) {
    if (before[part] === after[part]) continue
    const was = before[part] ?? {}
    const is = after[part] ?? {}
    for (const name in was) if (!sameJson(was[name], is[name])) found.push(`${part}.${name}`)
    for (const name in is) if (!(name in was) && is[name] !== undefined) found.push(`${part}.${name}`)
  }
  return found
}
