// containerstatuses.ts: the container statuses of a Pod as the API shows them.
// Models pkg/kubelet/kubelet_pods.go (convertToAPIContainerStatuses)
// Differs: no per-device status

import type { Container, ContainerState, ContainerStatus, Pod, ResourceRequirements } from '../../api/pod.ts'
import { rfc3339 } from '../../api/time.ts'
import type { CriContainerStatus } from '../container-runtime/cri.ts'
import { findStatus, initContainers, isSidecar, shouldBeRestarted } from './containers.ts'
import type { PodRuntimeStatus } from './state.ts'

export const GONE_WHILE_ALIVE = 'The container could not be located when the pod was deleted.  The container used to be Running'
export const GONE_AT_THE_END = 'The container could not be located when the pod was terminated'

const GONE_BUT_OVER = 'Unable to get init container status from container runtime and pod has been initialized, treat it as exited normally'

const MESSAGE_FROM_LOG_MAX = 2048

export interface Conversion {
  pod: Pod
  runtime: PodRuntimeStatus
  containers: Container[]
  /** As they were last written. */
  old: ContainerStatus[]
  /** Why it was not started, by container. */
  reasonOf(name: string): { reason: string; message: string } | undefined
  /** What each running container may use, by its id; others have what their spec says. */
  actual: Record<string, ResourceRequirements>
  init: boolean
  /** Is the Pod past its init containers? */
  initialized: boolean
}

export function convertStatuses(c: Conversion): ContainerStatus[] {
  const { pod, runtime, containers } = c
  const waiting = initContainers(pod).length > 0 ? 'PodInitializing' : 'ContainerCreating'
  const old = new Map(c.old.map(s => [s.name, s]))
  const statuses = new Map<string, ContainerStatus>()
  for (const container of containers) {
    const seen = runtime.containers.filter(s => s.name === container.name)
    const before = old.get(container.name)
    const status = seen.length > 0 ? fromRuntime(container, seen, before) : withoutContainer(c, container, before, waiting)
    statuses.set(container.name, withResources(pod, container, status, c.actual))
  }
  for (const container of containers) {
    const seen = findStatus(runtime, container.name)
    if (c.init && !isSidecar(container) && seen?.state === 'EXITED' && seen.exitCode === 0) continue
    if (!shouldBeRestarted(pod, container, runtime)) continue
    const reason = c.reasonOf(container.name)
    if (reason === undefined) continue
    const status = statuses.get(container.name)!
    if (status.state.terminated !== undefined) status.lastState = status.state
    status.state = { waiting: { reason: reason.reason, ...(reason.message === '' ? {} : { message: reason.message }) } }
  }
  const list = [...statuses.values()]
  return c.init ? list : list.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function fromRuntime(container: Container, seen: CriContainerStatus[], before: ContainerStatus | undefined): ContainerStatus {
  const now = seen[0]!
  const state = stateOf(now, container)
  const status: ContainerStatus = {
    name: container.name,
    state,
    lastState: seen[1] !== undefined ? stateOf(seen[1], container) : lastOf(now, before),
    ready: false,
    restartCount: restartsOf(now, before),
    image: shown(now.image),
    imageID: now.imageId,
    containerID: `containerd://${now.id}`,
  }
  // What had started goes on having started, whatever a kubelet that is new knows of its probes.
  if (state.running !== undefined && before?.started !== undefined) status.started = before.started
  return status
}

/** How the one before ended, when it has been removed since it was last shown. */
function lastOf(now: CriContainerStatus, before: ContainerStatus | undefined): ContainerState {
  if (before === undefined) return {}
  const { state, lastState, containerID } = before
  const terminated = containerID !== `containerd://${now.id}` && state.terminated !== undefined ? state.terminated : lastState.terminated
  return terminated === undefined ? {} : { terminated }
}

/** Never fewer than were shown, and one more than those of a container that was shown to have ended. */
function restartsOf(now: CriContainerStatus, before: ContainerStatus | undefined): number {
  if (before === undefined || before.restartCount < now.attempt) return now.attempt
  return now.state === 'RUNNING' && before.state.terminated !== undefined ? before.restartCount + 1 : before.restartCount
}

function stateOf(c: CriContainerStatus, container: Container): ContainerState {
  switch (c.state) {
    case 'RUNNING':
      return { running: { startedAt: rfc3339(c.startedAt) } }
    case 'EXITED': {
      const message = terminationMessage(c, container)
      return {
        terminated: {
          exitCode: c.exitCode,
          reason: c.reason,
          ...(message === '' ? {} : { message }),
          startedAt: c.startedAt === 0 ? '1970-01-01T00:00:00Z' : rfc3339(c.startedAt),
          finishedAt: rfc3339(c.finishedAt),
          containerID: `containerd://${c.id}`,
        },
      }
    }
    default:
      return { waiting: {} }
  }
}

/** What the runtime says, or the end of the log where the container wants that. */
function terminationMessage(c: CriContainerStatus, container: Container): string {
  if (c.message !== '' || c.exitCode === 0 || container.terminationMessagePolicy !== 'FallbackToLogsOnError') return c.message
  return c.logTail.slice(-MESSAGE_FROM_LOG_MAX)
}

/** Never made, or no longer there. */
function withoutContainer(c: Conversion, container: Container, before: ContainerStatus | undefined, waiting: string): ContainerStatus {
  const fresh: ContainerStatus = {
    name: container.name,
    state: { waiting: { reason: waiting } },
    lastState: before?.lastState ?? {},
    ready: false,
    restartCount: before?.restartCount ?? 0,
    image: container.image,
    imageID: '',
  }
  if (before?.state.terminated !== undefined) return { ...before }
  if (before?.state.running !== undefined && fresh.lastState.terminated === undefined) {
    fresh.lastState = { terminated: unknownEnd(GONE_WHILE_ALIVE) }
    if (c.pod.metadata.deletionTimestamp === undefined) fresh.restartCount++
  }
  // Of an init container that was removed, its Pod's app containers show that it has ended well.
  if (c.init && !isSidecar(container) && c.initialized) fresh.state = { terminated: { exitCode: 0, reason: 'Completed', message: GONE_BUT_OVER } }
  return fresh
}

export const unknownEnd = (message: string) => ({
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message,
  startedAt: null,
  finishedAt: null,
})

function withResources(pod: Pod, container: Container, status: ContainerStatus, actual: Conversion['actual']): ContainerStatus {
  const { resources } = container
  if (status.state.running !== undefined || status.containerID !== undefined) {
    if (resources?.requests !== undefined) status.allocatedResources = resources.requests
    status.resources = actual[(status.containerID ?? '').replace('containerd://', '')] ?? resources ?? {}
  }
  const mounts = (container.volumeMounts ?? []).map(m => ({
    name: m.name,
    mountPath: m.mountPath,
    ...(m.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' as const } : {}),
  }))
  if (mounts.length > 0) status.volumeMounts = mounts
  if (status.state.running !== undefined)
    status.user = {
      linux: {
        uid: container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0,
        gid: container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? 0,
        supplementalGroups: pod.spec.securityContext?.supplementalGroups ?? [0],
      },
    }
  return status
}

/** The runtime's name of an image. */
function shown(image: string): string {
  const slash = image.indexOf('/')
  if (slash < 0) return `docker.io/library/${image}`
  return /[.:]/.test(image.slice(0, slash)) || image.startsWith('localhost/') ? image : `docker.io/${image}`
}
