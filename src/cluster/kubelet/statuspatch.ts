// statuspatch.ts: what differs between two statuses, as a strategic merge patch.
// Models pkg/util/pod/pod.go (PatchPodStatus)
// Differs: no $setElementOrder, as the order of conditions carries no meaning

import type { PodStatus } from '../../api/pod.ts'

/** Equal values, whatever the order of their fields; a field that is undefined is not there. */
export function same(a: any, b: any): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]))
  if (Array.isArray(b)) return false
  for (const key in a) if (!same(a[key], b[key])) return false
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false
  return true
}

/** `{"metadata":{"uid":…},"status":{…}}` with only the differences; undefined if there are none. */
export function statusPatch(
  uid: string,
  from: PodStatus | undefined,
  to: PodStatus,
): { metadata: { uid: string }; status: Record<string, unknown> } | undefined {
  const before: PodStatus = from ?? { phase: 'Pending' }
  const status: Record<string, unknown> = {}
  for (const key in to) {
    if (key === 'conditions' || to[key] === undefined || same(before[key], to[key])) continue
    status[key] = key === 'podIPs' || key === 'hostIPs' ? addressPatch(before[key] ?? [], to[key]!) : to[key]
  }
  for (const key in before) if (key !== 'conditions' && before[key] !== undefined && to[key] === undefined) status[key] = null
  const conditions = conditionPatch(before.conditions ?? [], to.conditions ?? [])
  if (conditions.length > 0) status['conditions'] = conditions
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid }, status }
}

/** Addresses merge by ip: those that are gone must be named. */
function addressPatch(before: { ip: string }[], after: { ip: string }[]): any[] {
  return [...after, ...before.filter(b => !after.some(a => a.ip === b.ip)).map(b => ({ $patch: 'delete', ip: b.ip }))]
}

/** Conditions merge by type: the fields that changed, and whole ones that are new. */
function conditionPatch(before: any[], after: any[]): any[] {
  const patch: any[] = []
  for (const condition of after) {
    const old = before.find(c => c.type === condition.type)
    if (old === undefined) {
      patch.push(condition)
      continue
    }
    const changed: any = {}
    for (const key in condition) if (!same(old[key], condition[key])) changed[key] = condition[key]
    for (const key in old) if (old[key] !== undefined && old[key] !== null && condition[key] === undefined) changed[key] = null
    if (Object.keys(changed).length > 0) patch.push({ type: condition.type, ...changed })
  }
  for (const old of before) if (!after.some(c => c.type === old.type)) patch.push({ $patch: 'delete', type: old.type })
  return patch
}
