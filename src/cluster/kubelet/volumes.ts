// volumes.ts: waits until the volumes that a Pod's containers mount are there: ConfigMaps, Secrets, claims.
// Models pkg/kubelet/volumemanager and pkg/volume/{configmap,secret,projected}
// Differs: a volume whose objects are there is mounted at once; all volumes of a Pod are tried again together; tokens and contents are left out

import type { Container, KeyToPath, Pod, Volume } from '../../api/pod.ts'
import { pathOf } from '../../api/resources.ts'
import type { RoutineIo, Steps } from '../../kernel/machine.ts'
import { share } from '../../kernel/share.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import { ask, errorOf, ok } from '../client/request.ts'
import { getRequest } from '../client.ts'
import { readObject } from './environment.ts'
import type { Kubelet, Worker } from './state.ts'

const WAIT_MS = 123_000
const RETRY_MS = 500
const RETRY_MAX_MS = 122_000
const PROTECTION = 'kubernetes.io/pvc-protection'

/** Why the wait ended; `cancelled`: the Pod is to end. */
export interface Unmounted {
  error: string
  cancelled?: boolean
}

/** Waits until all volumes can be mounted; returns undefined when they are. */
export function* waitForVolumes(io: RoutineIo<Kubelet>, pod: Pod): Steps<Unmounted | undefined> {
  const { uid } = pod.metadata
  const wanted = mountedVolumes(pod)
  if (wanted.length === 0 || io.state(s => s.workers.get(uid)?.mounted !== false)) return undefined
  const event = (message: string) => io.state((s, turn) => recordEvent(s.recorders['kubelet']!, turn, referenceOf(pod), 'Warning', 'FailedMount', message))
  const until = io.now() + WAIT_MS
  for (;;) {
    let { at, missing } = io.state(s => s.workers.get(uid)!.mounting)
    if (io.now() >= at) {
      const failed: string[] = []
      for (const volume of wanted) {
        const problem = yield* setUpProblem(io, pod, volume)
        if (problem === '') continue
        failed.push(volume.name)
        event(`MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${problem}`)
      }
      ;({ at, missing } = io.state((s, turn) => triedToMount(s.workers.get(uid)!, turn.now, failed)))
    }
    // A claim that cannot be used ends the wait: nobody tries again before the next round.
    const claims = yield* claimProblems(io, pod, wanted)
    if (claims.problems.length > 0) {
      const error = `${listsOf([...missing, ...claims.names], claims.names)}: ${claims.problems.join('; ')}`
      event(`Unable to attach or mount volumes: ${error}`)
      return { error }
    }
    if (missing.length === 0) {
      io.state(s => mounted(s.workers.get(uid)!))
      return undefined
    }
    if (io.now() >= until) return { error: `${listsOf(missing, [])}: context deadline exceeded` }
    if (!io.state(s => mayWait(s.workers.get(uid)!))) return { error: `${listsOf(missing, [])}: context canceled`, cancelled: true }
    yield* io.receive(Math.min(at, until) - io.now())
    io.state(s => waitIsOver(s.workers.get(uid)!))
  }
}

/** Volumes that no container mounts are nobody's concern. */
function mountedVolumes(pod: Pod): Volume[] {
  const containers: Container[] = [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])]
  const used = new Set(containers.flatMap(c => [...(c.volumeMounts ?? []), ...(c.volumeDevices ?? [])].map(m => m.name)))
  return (pod.spec.volumes ?? []).filter(v => used.has(v.name) && (v.configMap || v.secret || v.projected || v.persistentVolumeClaim))
}

/** Mounting is tried again after half a second, then after twice as long each time, however often the wait for it begins anew. */
function triedToMount(worker: Worker, now: number, missing: string[]): Worker['mounting'] {
  const ms = worker.mounting.ms === 0 ? RETRY_MS : Math.min(worker.mounting.ms * 2, RETRY_MAX_MS)
  worker.mounting = share(missing.length > 0 ? { at: now + ms, ms, missing } : { at: 0, ms: 0, missing })
  return worker.mounting
}

/** While it waits a signal wakes it; not if the Pod is to end already. */
function mayWait(worker: Worker): boolean {
  worker.awaitsVolumes = worker.phase === 'sync'
  return worker.awaitsVolumes
}

function waitIsOver(worker: Worker): void {
  worker.awaitsVolumes = false
}

function mounted(worker: Worker): void {
  worker.mounted = true
}

const listsOf = (unmounted: string[], unprocessed: string[]): string =>
  `unmounted volumes=[${[...unmounted].sort().join(' ')}], unattached volumes=[], failed to process volumes=[${[...unprocessed].sort().join(' ')}]`

/** Why a volume made of objects cannot be set up, or ''. */
function* setUpProblem(io: RoutineIo<Kubelet>, pod: Pod, volume: Volume): Steps<string> {
  const namespace = pod.metadata.namespace!
  const { configMap, secret, projected } = volume
  if (configMap) return yield* sourceProblem(io, namespace, 'ConfigMap', configMap.name ?? '', configMap)
  if (secret) return yield* sourceProblem(io, namespace, 'Secret', secret.secretName ?? '', secret)
  const problems = new Set<string>()
  for (const source of projected?.sources ?? []) {
    const of = source.configMap ?? source.secret
    if (of === undefined) continue
    const problem = yield* sourceProblem(io, namespace, source.configMap ? 'ConfigMap' : 'Secret', of.name ?? '', of)
    if (problem !== '') problems.add(problem)
  }
  return problems.size > 1 ? `[${[...problems].join(', ')}]` : [...problems].join('')
}

interface Source {
  items?: KeyToPath[]
  optional?: boolean
}

function* sourceProblem(io: RoutineIo<Kubelet>, namespace: string, kind: 'ConfigMap' | 'Secret', name: string, source: Source): Steps<string> {
  const found = yield* readObject(io, kind, namespace, name)
  if (!found.ok) return found.missing && source.optional === true ? '' : found.error
  if (source.optional === true) return ''
  for (const item of source.items ?? []) {
    if (found.object.data?.[item.key] !== undefined || found.object.binaryData?.[item.key] !== undefined) continue
    return `${kind === 'Secret' ? 'references non-existent secret key' : 'configmap references non-existent config key'}: ${item.key}`
  }
  return ''
}

/** Claims of a Pod that cannot be used, and why. */
function* claimProblems(io: RoutineIo<Kubelet>, pod: Pod, volumes: Volume[]): Steps<{ names: string[]; problems: string[] }> {
  const names: string[] = []
  const problems = new Set<string>()
  for (const volume of volumes) {
    const claim = volume.persistentVolumeClaim?.claimName
    if (claim === undefined) continue
    const problem = yield* claimProblem(io, pod.metadata.namespace!, claim)
    if (problem === '') continue
    names.push(volume.name)
    problems.add(`error processing PVC ${pod.metadata.namespace}/${claim}: ${problem}`)
  }
  return { names, problems: [...problems].sort() }
}

function* claimProblem(io: RoutineIo<Kubelet>, namespace: string, name: string): Steps<string> {
  const found = yield* readObject(io, 'PersistentVolumeClaim', namespace, name)
  if (!found.ok) return `failed to fetch PVC from API server: ${found.error}`
  const { metadata, spec, status } = found.object
  if (metadata.deletionTimestamp !== undefined && !metadata.finalizers?.includes(PROTECTION)) return 'PVC is being deleted'
  if (status?.phase !== 'Bound') return 'PVC is not bound'
  const volume: string = spec?.volumeName ?? ''
  if (volume === '') return 'PVC has empty pvc.Spec.VolumeName'
  const client = io.state(s => s.client)
  const there = yield* ask(io, getRequest(client, pathOf({ apiVersion: 'v1', kind: 'PersistentVolume', name: volume })))
  if (!ok(there)) return `failed to fetch PV ${volume} from API server: ${errorOf(there)}`
  const owner = there.body.spec.claimRef
  if (owner === undefined) return `found PV object ${volume} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`
  if (owner.uid === metadata.uid) return ''
  return `found PV object ${volume} but its pv.Spec.ClaimRef.UID ${owner.uid} does not point to claim.UID ${metadata.uid}`
}
