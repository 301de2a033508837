// image.ts: names of container images.
// Models github.com/distribution/reference and k8s.io/kubernetes/pkg/util/parsers
// Differs: digests are taken as they come

export interface ImageName {
  /** `docker.io/library/nginx` */
  repository: string
  /** `latest` where neither tag nor digest is given. */
  tag: string
  digest: string
}

/** `nginx` → docker.io/library/nginx, latest. Undefined for what is no image name. */
export function parseImageName(image: string): ImageName | undefined {
  const m = /^(.*?)(?::([A-Za-z0-9_][\w.-]{0,127}))?(?:@([A-Za-z][\w+.-]*:[0-9a-fA-F]+))?$/.exec(image)
  if (m === null || m[1] === '') return undefined
  const name = m[1]!
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const isHost = /[.:]/.test(first) || first === 'localhost' || (first !== '' && first !== first.toLowerCase())
  const host = isHost ? first : 'docker.io'
  let path = isHost ? name.slice(slash + 1) : name
  if (host === 'docker.io' && !path.includes('/')) path = `library/${path}`
  if (!/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(path)) return undefined
  return { repository: `${host}/${path}`, tag: m[2] ?? (m[3] === undefined ? 'latest' : ''), digest: m[3] ?? '' }
}

/** Always for `latest`, IfNotPresent for all else. */
export function defaultPullPolicy(image: string | undefined): 'Always' | 'IfNotPresent' {
  return parseImageName(image ?? '')?.tag === 'latest' ? 'Always' : 'IfNotPresent'
}
