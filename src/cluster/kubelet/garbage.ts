// garbage.ts: removes what is left of containers and sandboxes, and ends what should not run.
// Models pkg/kubelet/{pod_container_deletor,kubelet_pods}.go and pkg/kubelet/kuberuntime/kuberuntime_gc.go
// Differs: images are never collected, as image space is endless

import type { Io } from '../../kernel/machine.ts'
import type { CriContainerStatus } from '../container-runtime/cri.ts'
import { runtimeStatus } from './pleg.ts'
import { contentMayGo } from './podworkers.ts'
import { type Kubelet, nextOn } from './state.ts'

const GC_MS = 60_000
const KEEP = 1 // Dead containers kept of each name in a Pod that lives.

/** Something died: older dead containers of the same name go, or all of a Pod that is over. */
export function cleanUpContainers(s: Kubelet, io: Io, uid: string, id: string): void {
  const status = s.cache.get(uid)?.status
  if (status === undefined) return
  const dead = status.containers.filter(c => c.state === 'EXITED')
  if (contentMayGo(s, uid)) {
    for (const c of dead) remove(s, io, c)
  } else {
    const name = status.containers.find(c => c.id === id)?.name
    if (name !== undefined) for (const c of dead.filter(d => d.name === name).slice(KEEP)) remove(s, io, c)
  }
  armGarbage(s, io)
}

export function armGarbage(s: Kubelet, io: Io): void {
  if (s.gcTimer === 0) s.gcTimer = io.after(nextOn(s.startedAt, GC_MS, io.now) - io.now, 'timer/gc')
}

/** Every minute: dead containers beyond the newest of a living Pod, and sandboxes that nothing needs. */
export function collectGarbage(s: Kubelet, io: Io): void {
  s.gcTimer = 0
  if (!s.runtimeUp) return
  let left = false
  for (const event of s.mirror.values()) {
    const { sandboxes, containers } = runtimeStatus(event)
    const over = contentMayGo(s, event.uid)
    const seen = new Map<string, number>()
    const removed = new Set<string>()
    for (const c of containers) {
      if (c.state === 'RUNNING') continue
      const n = seen.get(c.name) ?? 0
      seen.set(c.name, n + 1)
      left = true
      if (!over && n < KEEP) continue
      remove(s, io, c)
      removed.add(c.id)
    }
    sandboxes.forEach((x, i) => {
      const used = containers.some(c => c.sandbox === x.id && !removed.has(c.id))
      left = true
      if (x.state !== 'READY' && !used && (over || i > 0)) io.call(s.runtime, 'RemovePodSandbox', { id: x.id }, 'runtime/done')
    })
  }
  if (left) armGarbage(s, io)
}

function remove(s: Kubelet, io: Io, c: CriContainerStatus): void {
  io.call(s.runtime, 'RemoveContainer', { id: c.id }, 'runtime/done')
}

/** What runs but belongs to no Pod of this node is stopped. */
export function killOrphans(s: Kubelet, io: Io): void {
  for (const event of s.mirror.values()) {
    if (s.pods.has(event.uid) || s.workers.has(event.uid)) continue
    if (event.containers.some(c => c.state === 'RUNNING') || event.sandboxes.some(x => x.state === 'READY')) io.start('orphanKill', { uid: event.uid })
    else armGarbage(s, io)
  }
}
