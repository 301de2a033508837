// server.ts: what the server is and what it serves; what the client is set to.
// Models k8s.io/kubectl/pkg/cmd/{apiresources,version,clusterinfo,config,top}
// Differs: `config` knows one cluster, one user and one context, and changes only the namespace that the next command does not see

import { Fail, fail, failureOf } from './fail.ts'
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
  if (!['', 'wide', 'name', 'json', 'yaml', 'kyaml'].includes(format)) fail(`--output ${format} is not available`)
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
    yield* out(format === 'json' ? jsonText(body) : yamlText(body))
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
  const versions = new Set((yield* discovered(kit)).map(t => (t.group === '' ? t.version : `${t.group}/${t.version}`)))
  yield* out(
    [...versions]
      .sort()
      .map(v => `${v}\n`)
      .join(''),
  )
}

const CLIENT = { major: '1', minor: '37', gitVersion: 'v1.37.2', platform: 'linux/amd64' }
const KUSTOMIZE = 'v5.8.1'

export function* version(kit: Kit): Steps<void> {
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
    yield* out(format === 'json' ? jsonText(body) : yamlText(body))
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

export function* topMetrics(): Steps<void> {
  yield* out('')
  fail('Metrics API not available')
}

const CONTEXT = 'abc'

const configOf = (kit: Kit) => ({
  apiVersion: 'v1',
  clusters: [{ cluster: { server: kit.env.server }, name: CONTEXT }],
  contexts: [{ context: { cluster: CONTEXT, ...(kit.env.namespace ? { namespace: kit.env.namespace } : {}), user: CONTEXT }, name: CONTEXT }],
  'current-context': CONTEXT,
  kind: 'Config',
  users: [{ name: CONTEXT, user: { token: 'REDACTED' } }],
})

export function* configView(kit: Kit): Steps<void> {
  yield* out(text(kit.flags, 'output') === 'json' ? jsonText(configOf(kit)) : yamlText(configOf(kit)))
}

export function* currentContext(): Steps<void> {
  yield* out(`${CONTEXT}\n`)
}

export function* getContexts(kit: Kit): Steps<void> {
  const [name] = kit.flags.args
  if (name !== undefined && name !== CONTEXT) fail(`context ${name} not found`)
  if (text(kit.flags, 'output') === 'name') {
    yield* out(`${CONTEXT}\n`)
    return
  }
  const head = bool(kit.flags, 'no-headers') ? [] : ['CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE']
  yield* out(`${align([...head, `*\t${CONTEXT}\t${CONTEXT}\t${CONTEXT}\t${kit.env.namespace ?? ''}`].join('\n'), 3, 6)}\n`)
}

export function* useContext(kit: Kit): Steps<void> {
  const [name] = kit.flags.args
  if (name === undefined) fail('Unexpected args: []')
  if (name !== CONTEXT) fail(`no context exists with the name: ${JSON.stringify(name)}`)
  yield* out(`Switched to context ${JSON.stringify(name)}.\n`)
}
