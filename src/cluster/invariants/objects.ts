// objects.ts: what every change in etcd keeps: revisions, uids, generations, finalizers, and the states of Pods.
// Models k8s.io/community/contributors/devel/sig-architecture/api-conventions.md and etcd's guarantees of its key space
// Differs: nothing known

import type { Pod } from '../../api/pod.ts'
import { type KeyValue, rangeAt, rangeNow, type StoreEvent } from '../etcd/store.ts'
import { changesBetween, type Look } from './memory.ts'

const PHASES = ['', 'Pending', 'Running']
const REVISION = 'deployment.kubernetes.io/revision'
const PHOTO_EVERY = 97 // Revisions between two photographs of all keys, with which reads of the past are compared.

export interface ObjectMemory {
  revision: number
  /** Key by uid: no uid is given twice. */
  uids: Map<string, string>
  /** All objects there were at one revision. */
  photo: { revision: number; kvs: Map<string, KeyValue> } | undefined
}

export const newObjectMemory = (revision: number): ObjectMemory => ({ revision, uids: new Map(), photo: undefined })

/** Returns the changes since the last look. */
export function objectInvariants(look: Look, memory: ObjectMemory): StoreEvent[] {
  const { store, broken } = look
  if (store.revision < memory.revision) broken.push(`S1: the revision went back from ${memory.revision} to ${store.revision}`)
  if (store.revision <= memory.revision) return []
  const events = changesBetween(store, memory.revision, store.revision)
  for (const event of events) {
    if (event.kv.modRevision > memory.revision + 1) broken.push(`S1: revision ${event.kv.modRevision} follows ${memory.revision}`)
    memory.revision = Math.max(memory.revision, event.kv.modRevision)
    change(event, memory, broken)
  }
  if (memory.revision !== store.revision) broken.push(`S1: revision ${store.revision} changed nothing`)
  memory.revision = store.revision
  past(look, memory)
  return events
}

/** S6: the past is read as it was; what is compacted and what is to come is refused. */
function past({ store, broken }: Look, memory: ObjectMemory): void {
  const { photo } = memory
  if (photo !== undefined && store.revision < photo.revision + PHOTO_EVERY) return
  if (photo !== undefined) {
    const then = rangeAt(store, '/', '0', photo.revision)
    if ('error' in then !== photo.revision < store.compacted)
      broken.push(`S6: a read at ${photo.revision} is ${'error' in then ? then.error : 'answered'}, history goes back to ${store.compacted}`)
    if (!('error' in then) && (then.kvs.length !== photo.kvs.size || then.kvs.some(kv => photo.kvs.get(kv.key) !== kv)))
      broken.push(`S6: a read at ${photo.revision} is not what there was`)
    if (!('error' in rangeAt(store, '/', '0', store.revision + 1))) broken.push('S6: a read of the future is answered')
  }
  memory.photo = { revision: store.revision, kvs: new Map(rangeNow(store, '/', '0').kvs.map(kv => [kv.key, kv])) }
}

function change(event: StoreEvent, memory: ObjectMemory, broken: string[]): void {
  const { kv, prev } = event
  const before = prev?.value
  const after = kv.value
  if (event.type === 'DELETE') {
    // The update that takes the last finalizer off removes the object in the same transaction: but only one that is being deleted.
    if (before?.metadata?.finalizers?.length > 0 && before.metadata.deletionTimestamp === undefined)
      broken.push(`S10: ${kv.key} is gone, and had finalizers ${before.metadata.finalizers}`)
    return
  }
  if (typeof after !== 'object' || after?.metadata === undefined) return
  const { uid, deletionTimestamp, deletionGracePeriodSeconds, finalizers } = after.metadata
  if (after.metadata.resourceVersion !== undefined) broken.push(`S2: ${kv.key} is stored with a resourceVersion of its own`)
  const spared = (finalizers?.length ?? 0) > 0 || (after.spec?.finalizers?.length ?? 0) > 0
  // A Pod without grace is marked first and removed next, as upstream.
  if (deletionTimestamp !== undefined && !spared && !kv.key.startsWith('/registry/pods/') && !(deletionGracePeriodSeconds > 0))
    broken.push(`S10: ${kv.key} is being deleted without finalizers, and is still there`)
  if (before === undefined) {
    const owner = memory.uids.get(uid)
    if (owner !== undefined) broken.push(`S4: ${kv.key} has the uid of ${owner}`)
    memory.uids.set(uid, kv.key)
    return
  }
  if (before.metadata.uid !== uid) broken.push(`S4: the uid of ${kv.key} changed`)
  if (before.metadata.creationTimestamp !== after.metadata.creationTimestamp) broken.push(`S4: the creationTimestamp of ${kv.key} changed`)
  if (JSON.stringify(before) === JSON.stringify(after)) broken.push(`S2: revision ${kv.modRevision} changes nothing in ${kv.key}`)
  generation(kv.key, before, after, broken)
  if (kv.key.startsWith('/registry/pods/')) pod(kv.key, before, after, broken)
  const [was, is] = [Number(before.metadata.annotations?.[REVISION] ?? 0), Number(after.metadata.annotations?.[REVISION] ?? 0)]
  if (is < was && kv.key.startsWith('/registry/replicasets/')) broken.push(`D4: the revision of ${kv.key} fell from ${was} to ${is}`)
}

/** All that is asked for: everything but metadata and status. */
function specOf({ metadata: _, status: __, ...rest }: any): unknown {
  return rest
}

const differ = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a) !== JSON.stringify(b)

function generation(key: string, before: any, after: any, broken: string[]): void {
  const [old, now] = [before.metadata.generation, after.metadata.generation]
  if (old === undefined || now === undefined) return
  if (now < old) broken.push(`S5: the generation of ${key} fell from ${old} to ${now}`)
  if (now > old + 1) broken.push(`S5: the generation of ${key} rose from ${old} to ${now}`)
  const observed = after.status?.observedGeneration
  if (observed !== undefined && observed > now) broken.push(`S5: ${key} has observed generation ${observed} of ${now}`)
  const spec = differ(specOf(before), specOf(after))
  // A Deployment's annotations count, as upstream; so does the beginning of a deletion. A binding does not.
  const other =
    differ(before.metadata.annotations, after.metadata.annotations) || before.metadata.deletionGracePeriodSeconds !== after.metadata.deletionGracePeriodSeconds
  if (now > old && !spec && !other) broken.push(`S5: the generation of ${key} rose to ${now}, and its spec is the same`)
  if (now === old && spec && !key.startsWith('/registry/pods/')) broken.push(`S5: the spec of ${key} changed within generation ${now}`)
}

function pod(key: string, before: Pod, after: Pod, broken: string[]): void {
  const [bound, now] = [before.spec.nodeName, after.spec.nodeName]
  if (bound && bound !== now) broken.push(`P1: ${key} was moved from ${bound} to ${now}`)
  const ended = (p: Pod) => p.status?.phase === 'Succeeded' || p.status?.phase === 'Failed'
  const ready = after.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True')
  if (ready && (!now || ended(after))) broken.push(`P2: ${key} is ready, and ${now ? 'has ended' : 'has no node'}`)
  const [was, is] = [before.status?.phase ?? '', after.status?.phase ?? '']
  if (was === is) return
  // The API server checks no transition: a kubelet that came back with a stale view may write once more of a Pod that is going.
  if (ended(before) && before.metadata.deletionTimestamp !== undefined) return
  if (ended(before)) broken.push(`P3: ${key} went from ${was} to ${is}`)
  else if (!ended(after) && PHASES.indexOf(is) < PHASES.indexOf(was)) broken.push(`P3: ${key} went from ${was} to ${is}`)
}
