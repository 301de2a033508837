// intstr.ts: a number, or a percentage of one.
// Models k8s.io/apimachinery/pkg/util/intstr/intstr.go
// Differs: nothing known

import type { IntOrString } from '../../api/pod.ts'

/** `25%` of `total`, rounded up or down; a number is itself. What is neither counts as 0. */
export function scaledValue(value: IntOrString | undefined, total: number, up: boolean): number {
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value ?? '')?.[1]
  if (percent === undefined) return 0
  const share = (Number(percent) * total) / 100
  return up ? Math.ceil(share) : Math.floor(share)
}
