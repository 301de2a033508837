// cells.ts: what the printers of several kinds share: ages, containers, labels, lists cut short.
// Models k8s.io/kubernetes/pkg/printers/internalversion/printers.go
// Differs: nothing known

import { humanDuration } from '../duration.ts'
import { parseTime } from '../time.ts'

export interface Printed {
  cells: (string | number | boolean | null)[]
  conditions?: { type: string; status: string; reason: string; message: string }[]
}

export type Print = (object: any, now: number) => Printed

/** `5m`, `<unknown>` where there is no time. */
export function ageOf(time: string | null | undefined, now: number): string {
  const ms = parseTime(time)
  return ms === undefined ? '<unknown>' : humanDuration(now - ms)
}

export const containerNames = (spec: any): string => (spec?.containers ?? []).map((c: any) => c.name).join(',')
export const containerImages = (spec: any): string => (spec?.containers ?? []).map((c: any) => c.image ?? '').join(',')

/** `a=1,b=2`, `<none>` */
export function labelsText(labels: Record<string, string> | undefined | null): string {
  const keys = Object.keys(labels ?? {}).sort()
  return keys.length === 0 ? '<none>' : keys.map(key => `${key}=${labels![key]}`).join(',')
}

/** The first `max`, then ` + N more...` with the number of all `count` that are left out. */
export function cut(list: string[], max: number, count: number): string {
  const shown = list.slice(0, max).join(',')
  return count > max ? `${shown} + ${count - max} more...` : shown
}

export const none = (text: string | undefined | null): string => text || '<none>'
