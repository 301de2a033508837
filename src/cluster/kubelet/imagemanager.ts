// imagemanager.ts: sees to it that a container's image is on the node: policy, credentials, back-off, one pull at a time.
// Models pkg/kubelet/images/{image_manager,puller}.go
// Differs: of several credentials only the best match is tried; QPS is not limited

import { goDuration } from '../../api/duration.ts'
import type { Container, Pod } from '../../api/pod.ts'
import type { Io, RoutineIo, Steps } from '../../kernel/machine.ts'
import { recordEvent, referenceOf } from '../client/events.ts'
import { withTag } from '../container-runtime/behaviour.ts'
import { criErrorText, type ImageStatus, type PodSandboxConfig } from '../container-runtime/cri.ts'
import { inBackoffSinceUpdate, newBackoff, nextBackoff } from './backoff.ts'
import { fieldPathOf } from './containers.ts'
import { type Credential, matching } from './credentials.ts'
import { cri } from './cri.ts'
import type { ImageManager, Kubelet } from './state.ts'

export const newImageManager = (): ImageManager => ({
  backoff: newBackoff(),
  errors: new Map(),
  pulling: 0,
  queue: [],
  changed: false,
})

/** The image, or the waiting reason and message. */
export type ImageOutcome = { ok: true; image: string } | { ok: false; reason: string; message: string }

export function* ensureImage(
  io: RoutineIo<Kubelet>,
  pod: Pod,
  container: Container,
  sandbox: PodSandboxConfig,
  credentials: Credential[],
): Steps<ImageOutcome> {
  const written = container.image
  const quoted = JSON.stringify(written)
  const event = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    io.state((s, turn) => recordEvent(s.recorders['kubelet']!, turn, referenceOf(pod, fieldPathOf(pod, container.name)), type, reason, message))
  const bad = badReference(written)
  if (bad !== undefined) {
    const message = `Failed to apply default image tag ${quoted}: couldn't parse image name ${quoted}: ${bad}`
    event('Warning', 'InspectFailed', message)
    return { ok: false, reason: 'InvalidImageName', message }
  }
  const image = withTag(written)
  const keys = matching(credentials, image)
  const found = yield* cri<ImageStatus | null>(io, 'ImageStatus', { image })
  if (!found.ok) {
    const message = `Failed to inspect image ${quoted}: ${criErrorText(found.error)}`
    event('Warning', 'InspectFailed', message)
    return { ok: false, reason: 'ImageInspectError', message }
  }
  const allowed = found.value !== null && io.state(s => mayUse(s, image, keys))
  const policy = container.imagePullPolicy
  if (policy !== 'Always' && allowed) {
    event('Normal', 'Pulled', `Container image ${quoted} already present on machine and can be accessed by the pod`)
    return { ok: true, image }
  }
  if (policy === 'Never') {
    const message = `Container image ${quoted} is not present with pull policy of Never`
    event('Warning', 'ErrImageNeverPull', message)
    return { ok: false, reason: 'ErrImageNeverPull', message }
  }
  return yield* pull(io, { pod, written, image, sandbox, keys, event })
}

interface Pull {
  pod: Pod
  written: string
  image: string
  sandbox: PodSandboxConfig
  keys: Credential[]
  event(type: 'Normal' | 'Warning', reason: string, message: string): void
}

function* pull(io: RoutineIo<Kubelet>, p: Pull): Steps<ImageOutcome> {
  const quoted = JSON.stringify(p.written)
  const key = `${p.pod.metadata.uid}_${p.written}`
  const waiting = io.state((s, turn) => (inBackoffSinceUpdate(s.images.backoff, key, turn.now) ? (s.images.errors.get(key) ?? '') : undefined))
  if (waiting !== undefined) {
    const message = `Back-off pulling image ${quoted}`
    p.event('Normal', 'BackOff', message)
    return { ok: false, reason: 'ImagePullBackOff', message: waiting === '' ? message : `${message}: ${waiting}` }
  }
  p.event('Normal', 'Pulling', `Pulling image ${quoted}`)
  const asked = io.now()
  const uid = p.pod.metadata.uid
  // One pull at a time; the others stand in line.
  if (!io.state(s => takeTurn(s.images, s.workers.get(uid)?.routine ?? 0))) yield* io.receive()
  const began = io.now()
  const reply = yield* cri<ImageStatus>(io, 'PullImage', { image: p.image, auth: p.keys[0]?.auth ?? '', pod: p.sandbox })
  io.state((s, turn) => passTurn(s.images, turn))
  if (!reply.ok) {
    const text = criErrorText(reply.error)
    p.event('Warning', 'Failed', `Failed to pull image ${quoted}: ${text}`)
    io.state((s, turn) => {
      nextBackoff(s.images.backoff, key, turn.now, turn.now)
      s.images.errors.set(key, `ErrImagePull: ${text}`)
    })
    return { ok: false, reason: 'ErrImagePull', message: text }
  }
  const now = io.now()
  const { sizeBytes } = reply.value
  p.event(
    'Normal',
    'Pulled',
    `Successfully pulled image ${quoted} in ${goDuration(now - began)} (${goDuration(now - asked)} including waiting). Image size: ${sizeBytes} bytes.`,
  )
  io.state(s => {
    const worked = s.durable.pulledWith.get(p.image) ?? new Set()
    for (const mark of marks(p.keys)) worked.add(mark)
    s.durable.pulledWith.set(p.image, worked)
    s.images.changed = true
    s.images.errors.delete(key)
  })
  return { ok: true, image: p.image }
}

function takeTurn(images: ImageManager, routine: number): boolean {
  if (images.pulling === 0) {
    images.pulling = routine
    return true
  }
  images.queue.push(routine)
  return false
}

function passTurn(images: ImageManager, turn: Io): void {
  images.pulling = 0
  while (images.queue.length > 0) {
    const next = images.queue.shift()!
    if (!turn.alive(next)) continue
    images.pulling = next
    turn.signal(next, 'your turn')
    return
  }
}

/** Images that this kubelet never pulled are everybody's; others are for who could pull them. */
function mayUse(s: Kubelet, image: string, keys: Credential[]): boolean {
  const pulled = s.durable.pulledWith.get(image)
  return pulled === undefined || pulled.has('') || marks(keys).some(mark => pulled.has(mark))
}

/** By what a pull is remembered: the Secret or the credentials themselves; '' for one without. */
const marks = (keys: Credential[]): string[] => (keys.length === 0 ? [''] : [keys[0]!.secret, keys[0]!.auth])

const REFERENCE =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/

/** Why this is no image name. */
function badReference(image: string): string | undefined {
  if (REFERENCE.test(image)) return undefined
  const name = image.replace(/[:@].*$/, '')
  if (/[A-Z]/.test(name) && REFERENCE.test(image.toLowerCase()))
    return `invalid reference format: repository name (${name.includes('/') ? name : `library/${name}`}) must be lowercase`
  return 'invalid reference format'
}
