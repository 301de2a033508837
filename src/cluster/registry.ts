// registry.ts: the image registries outside the cluster: docker hub, ACR, GCR and whatever else an image's name points to.
// Models the distribution specification (GET /v2/NAME/manifests/TAG) as containerd reads it
// Differs: one actor answers for all hosts; every image that is neither failing nor private exists, unless a catalogue is given

import { machine } from '../kernel/machine.ts'
import type { Behaviour } from './container-runtime/behaviour.ts'
import { normalizedImage, repositoryOf, under } from './container-runtime/behaviour.ts'

/** How a registry host feels; `slow` takes ten times as long. */
export type RegistryMood = 'up' | 'slow' | 'unreachable' | 'rateLimited' | 'unauthorized' | 'forbidden' | 'broken'

export interface CataloguedImage {
  sizeBytes?: number
  /** Needs credentials. */
  private?: boolean
  behaviour?: Partial<Behaviour>
}

export interface RegistryConfig {
  /** Bytes of an image that no catalogue describes; 0 makes them from its name. */
  defaultSize: number
  /** Milliseconds: to resolve a name that fails, to pull anything, and to pull what lies under `slow/`. */
  failMs: number
  pullMs: number
  slowMs: number
  /** What is left of a pull when the image is there already and has not changed; undefined: all of it. */
  resolveMs: number | undefined
  /** Bytes a second on top of `pullMs`; 0: size does not matter. */
  bandwidth: number
  /** Images by name, as a Pod would write it; with `closed`, no others exist. */
  catalogue: Record<string, CataloguedImage>
  closed: boolean
  /** `name:password` by host; a host without an entry takes any. */
  accounts: Record<string, string>
}

export interface Registry {
  config: RegistryConfig
  moods: Record<string, RegistryMood>
}

export interface PullRequest {
  /** Normalised name. */
  image: string
  /** `name:password`, '' without credentials. */
  auth: string
}

/** `ms`: how long it takes from the answer on. */
export type PullReply =
  | { ok: true; ms: number; resolveMs: number; sizeBytes: number; digest: string; behaviour?: Partial<Behaviour> }
  | { ok: false; ms: number; code: 'NotFound' | 'Unknown'; cause: string }

export interface RegistryMoodChanged {
  host: string
  mood: RegistryMood
}

/** Pulling takes 0.2 s and every image has 50 MiB, as in the recordings. */
export const standInRegistry: RegistryConfig = {
  defaultSize: 52_428_800,
  failMs: 300,
  pullMs: 200,
  resolveMs: undefined,
  slowMs: 5000,
  bandwidth: 0,
  catalogue: {},
  closed: false,
  accounts: {},
}

/** Game-made numbers: images of 20 to 180 MB come at 30 MB/s. */
export const gameRegistry: RegistryConfig = {
  defaultSize: 0,
  failMs: 300,
  pullMs: 400,
  resolveMs: 300,
  slowMs: 20_000,
  bandwidth: 30_000_000,
  catalogue: {},
  closed: false,
  accounts: {},
}

/** Hears `pull` (a call, PullRequest → PullReply) and from outside `mood` {host, mood}; host is as in the image's name (`docker.io`). */
export const registry = machine<Registry>({
  init(_, config: Partial<RegistryConfig>) {
    const catalogue: RegistryConfig['catalogue'] = {}
    for (const name in config.catalogue) catalogue[normalizedImage(name)] = config.catalogue[name]!
    return { config: { ...gameRegistry, ...config, catalogue }, moods: {} }
  },
  on: {
    start() {},
    pull(s, m, io) {
      io.reply(m, answer(s, m.body as PullRequest))
    },
    mood(s, m, io) {
      const { host, mood } = m.body as RegistryMoodChanged
      s.moods[host] = mood
      io.note('RegistryMoodChanged', { host, mood } satisfies RegistryMoodChanged)
    },
  },
})

function answer(s: Registry, request: PullRequest): PullReply {
  const { config } = s
  const image = normalizedImage(request.image)
  const host = image.slice(0, image.indexOf('/'))
  const mood = s.moods[host] ?? 'up'
  const refused = refusal(mood, host, image)
  if (refused !== undefined) return { ok: false, ms: mood === 'unreachable' ? 30_000 : config.failMs, code: 'Unknown', cause: refused }
  const account = config.accounts[host]
  if (account !== undefined && request.auth !== '' && request.auth !== account)
    return { ok: false, ms: config.failMs, code: 'Unknown', cause: refusal('unauthorized', host, image)! }
  const known = config.catalogue[image]
  if (under(image, 'fail') || (config.closed && known === undefined)) return { ok: false, ms: config.failMs, code: 'NotFound', cause: `${image}: not found` }
  if ((known?.private ?? under(image, 'private')) && request.auth === '') {
    const cause = 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'
    return { ok: false, ms: config.failMs, code: 'Unknown', cause }
  }
  const sizeBytes = known?.sizeBytes ?? (config.defaultSize || sizeOf(image))
  const transfer = config.bandwidth > 0 ? Math.round((sizeBytes / config.bandwidth) * 1000) : 0
  const ms = under(image, 'slow') ? config.slowMs : config.pullMs + transfer
  const pace = mood === 'slow' ? 10 : 1
  return { ok: true, ms: ms * pace, resolveMs: (config.resolveMs ?? ms) * pace, sizeBytes, digest: `sha256:${digest(image)}`, behaviour: known?.behaviour }
}

/** Why this host gives nothing to anybody. */
function refusal(mood: RegistryMood, host: string, image: string): string | undefined {
  const api = host === 'docker.io' ? 'registry-1.docker.io' : host
  const tag = image.slice(image.lastIndexOf(':') + 1)
  const url = `https://${api}/v2/${repositoryOf(image)}/manifests/${tag}`
  switch (mood) {
    case 'unreachable':
      return `failed to do request: Head "${url}": dial tcp: lookup ${api}: i/o timeout`
    case 'rateLimited':
      return `unexpected status from HEAD request to ${url}: 429 Too Many Requests`
    case 'unauthorized':
      return `failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://${api}/token: 401 Unauthorized`
    case 'forbidden':
      return `unexpected status from HEAD request to ${url}: 403 Forbidden`
    case 'broken':
      return `unexpected status from HEAD request to ${url}: 503 Service Unavailable`
    default:
      return undefined
  }
}

/** 64 hexadecimal digits of a name, the same for ever. */
export function digest(text: string): string {
  let out = ''
  for (let word = 0; word < 8; word++) out += (fnv(`${word}:${text}`) >>> 0).toString(16).padStart(8, '0')
  return out
}

const sizeOf = (image: string) => 20_000_000 + ((fnv(repositoryOf(image)) >>> 0) % 160_000_000)

function fnv(text: string): number {
  let h = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
