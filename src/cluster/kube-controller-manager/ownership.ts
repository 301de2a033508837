// ownership.ts: which objects belong to a controller: adopting orphans that match, releasing what no longer does.
// Models k8s.io/kubernetes/pkg/controller/controller_ref_manager.go
// Differs: nothing known

import type { KubeObject } from '../../api/object.ts'
import type { Steps } from '../../kernel/machine.ts'
import { wrote } from '../client/consistency.ts'
import { keyOf } from '../client/informer.ts'
import { ask, errorOf, isNotFound, ok } from '../client/request.ts'
import { type Client, getRequest, patchRequest } from '../client.ts'
import { controllerOf, isDeleting, ownerReference } from './pods.ts'
import { clientOf, type ManagerIo, pathOfObject, typeOfKind } from './state.ts'

/** Index values of an informer: the uid of the controller, or `orphan:NAMESPACE` where there is none. */
export function byControllerOrOrphan(object: KubeObject): string[] {
  const controller = controllerOf(object)
  return [controller ? controller.uid : orphansOf(object.metadata.namespace)]
}

export const orphansOf = (namespace: string | undefined): string => `orphan:${namespace ?? ''}`

export type Claim = 'mine' | 'not mine' | 'adopt' | 'release'

/** What a controller does about one object. */
export function claimOf(owner: KubeObject, object: KubeObject, matches: boolean): Claim {
  const controller = controllerOf(object)
  if (controller) {
    if (controller.uid !== owner.metadata.uid) return 'not mine'
    if (matches) return 'mine'
    return isDeleting(owner) ? 'not mine' : 'release'
  }
  if (isDeleting(owner) || !matches || isDeleting(object)) return 'not mine'
  return 'adopt'
}

/** Claims what is a controller's, and patches what has to be adopted or released. `plural` is that of the objects; `finalizers` come and go with the owner. */
export function* claim<T extends KubeObject>(
  io: ManagerIo,
  controller: string,
  owner: KubeObject,
  plural: string,
  objects: T[],
  matches: (object: T) => boolean,
  finalizers?: string[],
): Steps<{ claimed: T[]; error?: string }> {
  const claimed: T[] = []
  const errors: string[] = []
  let mayAdopt: string | undefined
  let asked = false
  const client = io.state(state => clientOf(state, controller))
  for (const object of objects) {
    const what = claimOf(owner, object, matches(object))
    if (what === 'mine') claimed.push(object)
    else if (what === 'release') {
      io.note('Released', { controller: owner.kind, owner: owner.metadata.name, kind: object.kind, object: object.metadata.name })
      const metadata: Record<string, unknown> = { uid: object.metadata.uid, ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }] }
      if (finalizers) metadata['$deleteFromPrimitiveList/finalizers'] = finalizers
      const response = yield* ask(io, patchRequest(client, pathOfObject(plural, object), 'strategic', { metadata }))
      if (!ok(response) && !isNotFound(response) && response.body?.reason !== 'Invalid') errors.push(errorOf(response))
    } else if (what === 'adopt') {
      if (!asked) mayAdopt = yield* adoptionRefused(io, client, owner)
      asked = true
      if (mayAdopt !== undefined) {
        errors.push(`can't adopt ${object.kind} ${object.metadata.namespace}/${object.metadata.name} (${object.metadata.uid}): ${mayAdopt}`)
        continue
      }
      io.note('Adopted', { controller: owner.kind, owner: owner.metadata.name, kind: object.kind, object: object.metadata.name })
      const metadata: Record<string, unknown> = { ownerReferences: [ownerReference(owner)], uid: object.metadata.uid }
      if (finalizers) metadata['finalizers'] = finalizers
      const response = yield* ask(io, patchRequest(client, pathOfObject(plural, object), 'strategic', { metadata }))
      if (ok(response)) {
        claimed.push(object)
        if (plural === 'pods') io.state(state => wrote(state.controllers[controller]!.written, keyOf(owner), plural, response.body.metadata?.resourceVersion))
      } else if (!isNotFound(response)) errors.push(errorOf(response))
    }
  }
  if (errors.length === 0) return { claimed }
  return { claimed, error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]` }
}

/** Only a live owner with the same uid adopts: it is looked up once, not in the local copy. */
function* adoptionRefused(io: ManagerIo, client: Client, owner: KubeObject): Steps<string | undefined> {
  const type = typeOfKind(owner.apiVersion, owner.kind)!
  const fresh = yield* ask(io, getRequest(client, pathOfObject(type.plural, owner)))
  if (!ok(fresh)) return errorOf(fresh)
  const { metadata } = fresh.body
  if (metadata.uid !== owner.metadata.uid)
    return `original ${owner.kind} ${metadata.namespace}/${metadata.name} is gone: got uid ${metadata.uid}, wanted ${owner.metadata.uid}`
  if (metadata.deletionTimestamp !== undefined) return `${metadata.namespace}/${metadata.name} has just been deleted at ${metadata.deletionTimestamp}`
  return undefined
}

/** The key of an object's controller if that is of this kind. */
export function controllerKey(object: KubeObject, kind: string): { key: string; uid: string } | undefined {
  const controller = controllerOf(object)
  if (controller === undefined || controller.kind !== kind) return undefined
  return { key: `${object.metadata.namespace}/${controller.name}`, uid: controller.uid }
}
