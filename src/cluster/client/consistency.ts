// consistency.ts: a controller does not judge by a local copy that is older than its own last write.
// Models k8s.io/kubernetes/pkg/controller/util/consistency/consistency.go
// Differs: nothing known

import type { WithInformers } from './informer.ts'

/** Per owner key: the resourceVersion of the last write, by informer. */
export type Written = Map<string, Record<string, string>>

export function wrote(written: Written, owner: string, informer: string, resourceVersion: string | undefined): void {
  if (resourceVersion === undefined) return
  const versions = written.get(owner)
  if (versions === undefined) written.set(owner, { [informer]: resourceVersion })
  else if (versions[informer] === undefined || newer(resourceVersion, versions[informer])) written.set(owner, { ...versions, [informer]: resourceVersion })
}

/** The error of a sync that would read too old a copy; undefined when all is there. */
export function notReady(written: Written, owner: string, state: WithInformers, groupResources: Record<string, string>): string | undefined {
  const versions = written.get(owner)
  if (!versions) return undefined
  for (const informer in versions) {
    const read = state.informers.byName[informer]?.resourceVersion ?? ''
    if (newer(versions[informer]!, read))
      return `read version: ${read} is not as new as written version: ${versions[informer]} for group resource ${groupResources[informer]}`
  }
  written.delete(owner)
  return undefined
}

/** Compares decimal texts without leading zeros. */
const newer = (a: string, b: string): boolean => (a.length === b.length ? a > b : a.length > b.length)
