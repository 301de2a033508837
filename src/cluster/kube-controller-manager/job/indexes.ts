// indexes.ts: sets of completion indexes as texts: `1,3-5,7`. Pure.
// Models k8s.io/kubernetes/pkg/controller/job/indexed_job_utils.go
// Differs: sets are lists of numbers, not intervals

import type { Pod } from '../../../api/pod.ts'
import type { Job } from '../../../api/workloads.ts'

export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index'

export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed'

/** The number in a pod's annotation; -1 if there is none. */
export function indexOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : -1
}

export const hasValidIndex = (job: Job, pod: Pod): boolean => {
  const index = indexOf(pod)
  return index >= 0 && index < (job.spec.completions ?? 0)
}

/** Indexes below the number of completions; what cannot be read counts as none. */
export function parseIndexes(text: string | undefined, completions: number): number[] {
  const out: number[] = []
  for (const part of (text ?? '').split(',')) {
    const m = /^(\d+)(?:-(\d+))?$/.exec(part)
    if (m === null) continue
    const last = Math.min(Number(m[2] ?? m[1]), completions - 1)
    for (let i = Number(m[1]); i <= last; i++) out.push(i)
  }
  return out
}

export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length; ) {
    let j = i
    while (sorted[j + 1] === sorted[j]! + 1) j++
    if (j === i) parts.push(String(sorted[i]))
    else parts.push(`${sorted[i]}${j === i + 1 ? ',' : '-'}${sorted[j]}`)
    i = j + 1
  }
  return parts.join(',')
}

/** The lowest free indexes; those of active pods and finished ones are taken. */
export function firstPending(job: Job, count: number, taken: Set<number>): number[] {
  const out: number[] = []
  for (let i = 0; i < (job.spec.completions ?? 0) && out.length < count; i++) if (!taken.has(i)) out.push(i)
  return out
}
