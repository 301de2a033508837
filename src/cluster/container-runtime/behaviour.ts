// behaviour.ts: what a container does, read from the name of its image, as nobody here has real programs.
// Models the programs inside images
// Differs: programs are a table; an image may also be described by whoever made the registry

/** What a program does once it is started. */
export interface Behaviour {
  /** Ends by itself after `ms` with `code`. */
  exit?: { code: number; ms: number; oom: boolean }
  /** Ignores SIGTERM. */
  stubborn: boolean
  /** Its program does not exist in the image. */
  noStart: boolean
  /** Bytes that it takes from `afterMs` after its start on (default 500); above the container's limit it is killed then. */
  memory?: { bytes: number; afterMs?: number }
  /** Ports it listens on; without, those that the Pod declares, and any if it declares none. */
  ports?: number[]
}

const EXIT_MS = 1500 // When an image only says how it ends, it ends after so long.

/** `docker.io/library/nginx:1.27` of `nginx:1.27`; `latest` where there is neither tag nor digest. */
export function normalizedImage(image: string): string {
  const slash = image.indexOf('/')
  const first = slash < 0 ? '' : image.slice(0, slash)
  let name = image
  if (!(/[.:]/.test(first) || first === 'localhost' || /[A-Z]/.test(first))) name = `docker.io/${slash < 0 ? 'library/' : ''}${image}`
  else if (first === 'index.docker.io') name = `docker.io${image.slice(slash)}`
  return withTag(name)
}

/** The image with `:latest` where it has neither tag nor digest. */
export function withTag(image: string): string {
  if (image.includes('@')) return image
  return image.indexOf(':', image.lastIndexOf('/') + 1) >= 0 ? image : `${image}:latest`
}

/** Path inside its registry without tag: `library/nginx`, `fail/x`. */
export function repositoryOf(normalized: string): string {
  const path = normalized.slice(normalized.indexOf('/') + 1)
  const at = path.indexOf('@')
  if (at >= 0) return path.slice(0, at)
  const colon = path.indexOf(':', path.lastIndexOf('/') + 1)
  return colon < 0 ? path : path.slice(0, colon)
}

/** Does the repository lie under this first name (`fail/…`), wherever it is hosted? */
export const under = (normalized: string, name: string): boolean => repositoryOf(normalized).split('/').slice(0, -1).includes(name)

export function behaviourOf(image: string): Behaviour {
  const parts = repositoryOf(normalizedImage(image)).split('/')
  const last = parts[parts.length - 1]!
  const exit = /^exit-(\d+)(?:-after-(\d+(?:\.\d+)?))?$/.exec(last)
  const behaviour: Behaviour = { stubborn: parts.some(p => p.startsWith('stubborn')), noStart: parts.some(p => p.startsWith('no-start')) }
  if (exit !== null) {
    const code = Number(exit[1]) % 256
    behaviour.exit = { code, ms: exit[2] === undefined ? EXIT_MS : Math.round(Number(exit[2]) * 1000), oom: parts.includes('oom') && code === 137 }
  }
  return behaviour
}
