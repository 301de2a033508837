// server.ts: what the server is and what it serves; what the client is set to.
// Models k8s.io/kubectl/pkg/cmd/{apiresources,version,clusterinfo,top}
// Differs: usage of nodes and Pods is never there: no metrics server runs

import { Fail, fail, failureOf, misuse } from './fail.ts'
import { bool, changed, list, text } from './flags.ts'
import { jsonText } from './json.ts'
import { ask, type Kit, out } from './kit.ts'
import { discovered } from './mapper.ts'
import { align } from './tabwriter.ts'
import type { Steps } from './want.ts'
import { yamlText } from './yaml-write.ts'

export function* apiResources(kit: Kit): Steps<void> {
  const { flags } = kit
  if (flags.args.length > 0) fail(`unexpected arguments: [${flags.args.join(' ')}]\nSee 'kubectl api-resources -h' for help and examples`)
  const groupGiven = changed(flags, 'api-group')
  const verbs = list(flags, 'verbs')
  const categories = list(flags, 'categories')
  const format = text(flags, 'output')
  if (!['', 'wide', 'name', 'json', 'yaml', 'kyaml'].includes(format))
    fail(`unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: json,kyaml,name,wide,yaml`)
  if (!['', 'name', 'kind'].includes(text(flags, 'sort-by'))) fail('--sort-by accepts only name or kind')
  const found = (yield* discovered(kit)).filter(
    t =>
      (!groupGiven || t.group === text(flags, 'api-group')) &&
      (!changed(flags, 'namespaced') || t.namespaced === bool(flags, 'namespaced')) &&
      verbs.every(v => t.verbs.includes(v)) &&
      categories.every(c => t.categories.includes(c)) &&
      t.verbs.length > 0,
  )
  const by = text(flags, 'sort-by')
  const key = (t: (typeof found)[number]) => (by === 'name' ? t.plural : by === 'kind' ? t.kind : `${t.group}/${t.plural}`)
  const sorted = found
    .map((t, i) => ({ t, i }))
    .sort((a, b) => (key(a.t) === key(b.t) ? a.i - b.i : key(a.t) < key(b.t) ? -1 : 1))
    .map(x => x.t)
  const preferred = sorted.filter((t, i) => sorted.findIndex(o => o.group === t.group && o.plural === t.plural) === i)
  if (format === 'name') {
    yield* out(preferred.map(t => `${t.plural}${t.group === '' ? '' : `.${t.group}`}\n`).join(''))
    return
  }
  if (format === 'json' || format === 'yaml' || format === 'kyaml') {
    const body = {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: '',
      resources: preferred.map(t => ({
        name: t.plural,
        singularName: t.singular,
        namespaced: t.namespaced,
        group: t.group,
        version: t.version,
        kind: t.kind,
        verbs: t.verbs,
        shortNames: t.shortNames,
        categories: t.categories,
      })),
    }
    yield* out(format === 'json' ? `${JSON.stringify(body, null, 2)}\n` : `${yamlText(body)}\n`)
    return
  }
  const wide = format === 'wide'
  const rows = preferred.map(t => {
    const row = [t.plural, t.shortNames.join(','), t.group === '' ? t.version : `${t.group}/${t.version}`, String(t.namespaced), t.kind]
    return (wide ? [...row, t.verbs.join(','), t.categories.join(',')] : row).join('\t')
  })
  const head = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])]
  yield* out(`${align([...(bool(flags, 'no-headers') ? [] : [head.join('\t')]), ...rows].join('\n'), 3, 6)}\n`)
}

export function* apiVersions(kit: Kit): Steps<void> {
  if (kit.flags.args.length > 0) misuse('api-versions', `unexpected arguments: [${kit.flags.args.join(' ')}]`)
  const versions = new Set((yield* discovered(kit)).map(t => (t.group === '' ? t.version : `${t.group}/${t.version}`)))
  yield* out(
    [...versions]
      .sort()
      .map(v => `${v}\n`)
      .join(''),
  )
}

const CLIENT = {
  major: '1',
  minor: '37',
  gitVersion: 'v1.37.2',
  gitCommit: '$Format:%H$',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
}
const KUSTOMIZE = 'v5.8.1'

export function* version(kit: Kit): Steps<void> {
  if (kit.flags.args.length > 0) fail(`extra arguments: [${kit.flags.args.join(' ')}]`)
  const format = text(kit.flags, 'output')
  let server: any
  let failed: unknown
  if (!bool(kit.flags, 'client')) {
    try {
      server = (yield* ask(kit, { path: '/version', query: { timeout: '32s' } })).body
    } catch (error) {
      failureOf(error)
      failed = error
    }
  }
  if (format === 'json' || format === 'yaml') {
    const body = { clientVersion: CLIENT, kustomizeVersion: KUSTOMIZE, ...(server ? { serverVersion: server } : {}) }
    yield* out(format === 'json' ? jsonText(body) : `${yamlText(body)}\n`)
  } else {
    if (format !== '') fail("--output must be 'yaml' or 'json'")
    yield* out(`Client Version: ${CLIENT.gitVersion}\nKustomize Version: ${KUSTOMIZE}\n`)
    if (server) yield* out(`Server Version: ${server.gitVersion}\n`)
  }
  if (failed instanceof Fail) throw failed
}

export function* clusterInfo(kit: Kit): Steps<void> {
  const { body } = yield* ask(kit, { path: '/api/v1/namespaces/kube-system/services', query: { labelSelector: 'kubernetes.io/cluster-service=true' } })
  yield* out(`Kubernetes control plane is running at ${kit.server}\n`)
  for (const service of body.items ?? []) {
    const name = service.metadata.labels?.['kubernetes.io/name'] ?? service.metadata.name
    yield* out(`${name} is running at ${kit.server}/api/v1/namespaces/kube-system/services/${service.metadata.name}/proxy\n`)
  }
  yield* out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
}

export function* topMetrics(kit: Kit): Steps<void> {
  const { flags, command } = kit
  const what = command.endsWith('node') ? 'node' : 'pod'
  if (flags.args.length > 1) fail(`${what} [NAME | -l label]\nSee 'kubectl top ${what} -h' for help and examples`)
  if (flags.args.length > 0 && text(flags, 'selector') !== '') fail('only one of NAME or selector can be provided')
  if (!['', 'cpu', 'memory'].includes(text(flags, 'sort-by'))) fail('--sort-by accepts only cpu or memory')
  yield* ask(kit, { path: '/apis', accept: 'application/json' })
  fail('Metrics API not available')
}
