// pleg.ts: notices what changed in the runtime since the last look, once a second, and at once after a sync that did something.
// Models pkg/kubelet/pleg/generic.go and pkg/kubelet/container/cache.go
// Differs: what the runtime has is known from its events, so a look costs nothing, and none is taken while nothing changed and nobody waits

import type { Io } from '../../kernel/machine.ts'
import type { ContainerEvent } from '../container-runtime/cri.ts'
import { cleanUpContainers } from './garbage.ts'
import { beginSync, updatePod } from './podworkers.ts'
import { wakeProbes } from './probes.ts'
import { type Kubelet, nextRelist, type PodRuntimeStatus } from './state.ts'

/** The runtime says that something happened in a Pod. */
export function runtimeTold(s: Kubelet, io: Io, event: ContainerEvent): void {
  if (event.sandboxes.length === 0 && event.containers.length === 0) s.mirror.delete(event.uid)
  else s.mirror.set(event.uid, event)
  s.dirty.add(event.uid)
  armRelist(s, io)
}

export function armRelist(s: Kubelet, io: Io): void {
  if (s.relistTimer === 0) s.relistTimer = io.after(nextRelist(s, io.now) - io.now, 'timer/relist')
}

/** The look of every second: what changed wakes its Pod's worker, and whoever waited for a look goes on. */
export function relist(s: Kubelet, io: Io): void {
  s.relistTimer = 0
  if (!s.runtimeUp) return
  s.mark++
  const dirty = [...s.dirty]
  s.dirty.clear()
  const died: { uid: string; ids: string[] }[] = []
  for (const uid of dirty) {
    const { wake, ended } = inspect(s, io, uid)
    const pod = s.pods.get(uid) ?? s.workers.get(uid)?.pod
    if (wake && pod !== undefined && s.workers.has(uid)) updatePod(s, io, { pod, cause: io.cause })
    if (ended.length > 0) died.push({ uid, ids: ended })
  }
  for (const worker of s.workers.values()) if (worker.gated) beginSync(s, io, worker)
  for (const { uid, ids } of died) for (const id of ids) cleanUpContainers(s, io, uid, id)
}

/** Looks at one Pod now: after a sync that started something, its state shows without waiting. */
export function relistOne(s: Kubelet, io: Io, uid: string): void {
  s.mark++
  s.dirty.delete(uid)
  const { wake, ended } = inspect(s, io, uid)
  const pod = s.pods.get(uid)
  if (wake && pod !== undefined) updatePod(s, io, { pod, cause: io.cause })
  const worker = s.workers.get(uid)
  if (worker?.gated) beginSync(s, io, worker)
  for (const id of ended) cleanUpContainers(s, io, uid, id)
}

/** Takes the Pod's state into the cache, and compares with the last look. `ended`: ids of what died. */
function inspect(s: Kubelet, io: Io, uid: string): { wake: boolean; ended: string[] } {
  const seen = s.mirror.get(uid)
  const before = s.known.get(uid) ?? {}
  const now: Record<string, string> = {}
  for (const c of seen?.containers ?? []) now[c.id] = c.state === 'CREATED' ? 'unknown' : c.state === 'RUNNING' ? 'running' : 'exited'
  for (const x of seen?.sandboxes ?? []) now[x.id] = x.state === 'READY' ? 'running' : 'exited'
  let wake = false
  let fresh = false
  const ended: string[] = []
  for (const id in now) {
    if (before[id] === now[id]) continue
    if (before[id] === undefined) fresh = true
    // A container that is made but not started wakes nobody.
    if (now[id] === 'unknown') continue
    wake = true
    if (now[id] === 'exited') ended.push(id)
  }
  for (const id in before) {
    if (now[id] !== undefined || before[id] === 'exited') continue
    wake = true
    ended.push(id)
  }
  if (seen === undefined) {
    s.known.delete(uid)
    s.cache.delete(uid)
  } else {
    s.known.set(uid, now)
    s.cache.set(uid, { status: runtimeStatus(seen), mark: s.mark })
  }
  if (fresh && s.probes.size > 0) wakeProbes(s, io, uid)
  return { wake, ended }
}

/** Newest first. */
export function runtimeStatus(event: ContainerEvent): PodRuntimeStatus {
  return {
    sandboxes: [...event.sandboxes].sort((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt),
    containers: [...event.containers].sort((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt),
  }
}

/** The runtime as it is this very moment. */
export function runtimeNow(s: Kubelet, uid: string): PodRuntimeStatus {
  const event = s.mirror.get(uid)
  return event === undefined ? { sandboxes: [], containers: [] } : runtimeStatus(event)
}
