// owners.ts: an owner that is named twice is kept once, with a word to whoever named it.
// Models k8s.io/apiserver/pkg/endpoints/handlers/rest.go (dedupOwnerReferencesAndAddWarning)
// Differs: nothing known

import type { KubeObject } from '../../api/object.ts'
import { sameJson } from '../../api/patch.ts'

/** The object with every owner once; `when`: at which point of the request that was seen. */
export function withOwnersOnce(object: KubeObject, warnings: string[], when = ''): KubeObject {
  const owners = object.metadata.ownerReferences
  if (owners === undefined || owners.length < 2) return object
  const kept: typeof owners = []
  const twice: string[] = []
  for (const owner of owners) {
    if (kept.some(known => sameJson(known, owner))) twice.push(owner.uid)
    else kept.push(owner)
  }
  if (twice.length === 0) return object
  const then = 'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests'
  warnings.push(`.metadata.ownerReferences contains duplicate entries${when}; ${then}; duplicate UID(s) observed: ${twice.join(', ')}`)
  return { ...object, metadata: { ...object.metadata, ownerReferences: kept } }
}

export const AFTER_ADMISSION = ' after mutating admission happens'
