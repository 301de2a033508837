// set.ts: images, environments, resources, accounts and selectors of what is there.
// Models k8s.io/kubectl/pkg/cmd/set
// Differs: nothing known

import { decodeBase64 } from '../api/base64.ts'
import { parseSelector } from '../api/labels.ts'
import { canonicalQuantity } from '../api/quantity.ts'
import { resourceByKind } from '../api/resources.ts'
import { structIdOf } from '../api/schema.ts'
import { createTwoWayMergePatch } from '../api/strategic-diff.ts'
import { type Info, meant, visit } from './builder.ts'
import { errorText, type Failure, fail, failAll, failureOf, NOTHING_MEANT } from './fail.ts'
import { bool, changed, list, text } from './flags.ts'
import { err, getObject, type Kit, out, patchObject } from './kit.ts'
import { dryRunOf, report } from './output.ts'
import { labelsOf } from './run.ts'
import type { Steps } from './want.ts'

/** The PodSpec of a kind that has one, and a copy of the object with another. */
function podSpecOf(object: any): { spec: any; with(spec: any): any } | undefined {
  if (object.kind === 'Pod') return { spec: object.spec, with: spec => ({ ...object, spec }) }
  const inJob = object.kind === 'CronJob'
  const template = inJob ? object.spec.jobTemplate?.spec?.template : object.spec?.template
  if (!template?.spec) return undefined
  return {
    spec: template.spec,
    with(spec) {
      const made = { ...template, spec }
      if (!inJob) return { ...object, spec: { ...object.spec, template: made } }
      const { jobTemplate } = object.spec
      return { ...object, spec: { ...object.spec, jobTemplate: { ...jobTemplate, spec: { ...jobTemplate.spec, template: made } } } }
    },
  }
}

/** Changes objects one by one: reads, changes a copy, sends the difference. */
function* each(kit: Kit, args: string[], word: string, refused: string, change: (info: Info) => any): Steps<void> {
  const { infos, failures } = yield* visit(kit, { args, all: false })
  const { mode, suffix, query } = dryRunOf(kit)
  const local = bool(kit.flags, 'local')
  for (const info of infos) {
    try {
      const modified = change(info)
      const made = createTwoWayMergePatch(structIdOf(info.type)!, info.object as any, modified)
      if ('error' in made) fail(made.error)
      const patch = 'value' in made ? made.value : {}
      if (Object.keys(patch).length === 0) continue
      if (mode === 'client' || local) {
        yield* report(kit, modified, word, suffix)
        continue
      }
      const sent = { ...query, fieldManager: text(kit.flags, 'field-manager') || 'kubectl-set' }
      let changed: any
      try {
        changed = yield* patchObject(kit, { type: info.type, namespace: info.namespace, name: info.name, how: 'strategic', patch, query: sent })
      } catch (error) {
        return fail(`${refused} ${errorText(failureOf(error))}`)
      }
      yield* report(kit, changed, word, suffix)
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  failAll(failures)
}

/** `deploy/x y` is neither one form nor the other. */
function* separate(kit: Kit, args: string[]): Steps<void> {
  if (args.some(a => a.includes('/')) && args.some(a => !a.includes('/'))) yield* meant(kit, args)
}

const withoutPods = (info: Info): string => `${info.type.plural}/${info.name} the object is not a pod or does not have a pod template: *v1.${info.type.kind}`

export function* setImage(kit: Kit): Steps<void> {
  const pairs = kit.flags.args.filter(a => a.includes('='))
  const args = kit.flags.args.filter(a => !a.includes('='))
  if (args.length === 0 && list(kit.flags, 'filename').length === 0) fail(NOTHING_MEANT)
  yield* separate(kit, args)
  if (pairs.length === 0) fail('at least one image update is required')
  const images = pairs.map(p => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)] as const)
  yield* each(kit, args, 'image updated', 'failed to patch image update to pod template:', info => {
    const pods = podSpecOf(info.object)
    if (!pods) return fail(withoutPods(info))
    const names = new Set([...pods.spec.containers, ...(pods.spec.initContainers ?? [])].map((c: any) => c.name))
    for (const [name] of images) if (name !== '*' && !names.has(name)) fail(`unable to find container named ${JSON.stringify(name)}`)
    const change = (c: any) => {
      const image = images.find(([name]) => name === '*' || name === c.name)?.[1]
      return image === undefined ? c : { ...c, image }
    }
    const spec = { ...pods.spec, containers: pods.spec.containers.map(change) }
    if (spec.initContainers) spec.initContainers = spec.initContainers.map(change)
    return pods.with(spec)
  })
}

/** Containers that `-c` names; `*` and its like are wild. */
function containersLike(kit: Kit): (c: any) => boolean {
  const wanted = text(kit.flags, 'containers') || '*'
  const pattern = new RegExp(`^${wanted.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)
  return c => pattern.test(c.name)
}

function selectedContainers(kit: Kit, spec: any): (c: any) => boolean {
  const matches = containersLike(kit)
  if (!spec.containers.some(matches)) fail(`unable to find container named ${text(kit.flags, 'containers') || '*'}`)
  return matches
}

export function* setEnv(kit: Kit): Steps<void> {
  const isChange = (a: string) => a.includes('=') || (a.endsWith('-') && a.length > 1)
  const changes = [...kit.flags.args.filter(isChange), ...list(kit.flags, 'env')]
  const args = kit.flags.args.filter(a => !isChange(a))
  if (args.length === 0 && list(kit.flags, 'filename').length === 0) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (bool(kit.flags, 'list')) {
    yield* listEnv(kit, args)
    return
  }
  yield* separate(kit, args)
  if (changes.length === 0 && text(kit.flags, 'from') === '') fail('at least one environment variable must be provided')
  const sourced = yield* fromSource(kit)
  const { infos: all } = yield* visit(kit, { args, all: false })
  for (const info of all)
    if (!podSpecOf(info.object)?.spec.containers.some(containersLike(kit)))
      yield* err(`Warning: ${info.type.kind}/${info.name} does not have any containers matching ${JSON.stringify(text(kit.flags, 'containers'))}\n`)
  yield* each(kit, args, 'env updated', 'failed to patch env update to pod template:', info => {
    const pods = podSpecOf(info.object)
    if (!pods) return fail(withoutPods(info))
    const chosen = containersLike(kit)
    const containers = pods.spec.containers.map((c: any) => {
      if (!chosen(c)) return c
      let env: any[] = c.env ?? []
      for (const item of sourced) env = env.some(e => e.name === item.name) ? env.map(e => (e.name === item.name ? item : e)) : [...env, item]
      for (const change of changes) {
        const eq = change.indexOf('=')
        if (eq < 0) env = env.filter(e => e.name !== change.slice(0, -1))
        else {
          const item = { name: change.slice(0, eq), value: change.slice(eq + 1) }
          env = env.some(e => e.name === item.name) ? env.map(e => (e.name === item.name ? item : e)) : [...env, item]
        }
      }
      return { ...c, env }
    })
    return pods.with({ ...pods.spec, containers })
  })
}

/** `--from=configmap/x`: a variable for each key, by reference. */
function* fromSource(kit: Kit): Steps<any[]> {
  const from = text(kit.flags, 'from')
  if (from === '') return []
  const { infos, failures } = yield* visit(kit, { args: from.includes('/') ? [from] : from.split(' ') })
  failAll(failures)
  const keys = list(kit.flags, 'keys')
  const made: any[] = []
  for (const info of infos) {
    if (info.type.kind !== 'ConfigMap' && info.type.kind !== 'Secret') fail(`unsupported resource specified in --from`)
    for (const key of Object.keys((info.object as any).data ?? {}).sort()) {
      if (keys.length > 0 && !keys.includes(key)) continue
      const own = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase()
      const name = `${text(kit.flags, 'prefix')}${own}`
      const ref = { key, name: info.name }
      if (own !== key) yield* err(`Warning: key ${key} transferred to ${own}\n`)
      made.push({ name, valueFrom: info.type.kind === 'Secret' ? { secretKeyRef: ref } : { configMapKeyRef: ref } })
    }
  }
  return made
}

function* listEnv(kit: Kit, args: string[]): Steps<void> {
  const { infos, failures } = yield* visit(kit, { args })
  for (const info of infos) {
    for (const c of podSpecOf(info.object)?.spec.containers ?? []) {
      yield* out(`# ${info.type.kind} ${info.name}, container ${c.name}\n`)
      for (const e of c.env ?? []) {
        const value = e.valueFrom === undefined ? (e.value ?? '') : bool(kit.flags, 'resolve') ? yield* resolved(kit, info, e.valueFrom) : undefined
        yield* out(value === undefined ? `# ${e.name} from ${sourceText(e.valueFrom)}\n` : `${e.name}=${value}\n`)
      }
    }
  }
  failAll(failures)
}

function sourceText({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: any): string {
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`
  if (secretKeyRef) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`
  if (fieldRef) return `field path ${fieldRef.fieldPath}`
  if (resourceFieldRef) return `resource field ${resourceFieldRef.containerName ? `${resourceFieldRef.containerName}/` : ''}${resourceFieldRef.resource}`
  return 'invalid valueFrom'
}

/** What a variable's source says now; undefined where it says nothing. */
function* resolved(kit: Kit, info: Info, from: any): Steps<string | undefined> {
  const ref = from.configMapKeyRef ?? from.secretKeyRef
  if (ref === undefined) return undefined
  try {
    const type = resourceByKind('v1', from.configMapKeyRef ? 'ConfigMap' : 'Secret')!
    const value = ((yield* getObject(kit, type, info.namespace, ref.name)) as any).data?.[ref.key]
    return value === undefined || from.configMapKeyRef ? value : decodeBase64(value)
  } catch (error) {
    failureOf(error)
    return undefined
  }
}

/** `cpu=100m,memory=64Mi`. */
function amounts(value: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const pair of value.split(',').filter(p => p !== '')) {
    const [name = '', amount = '', ...more] = pair.split('=')
    if (name === '' || amount === '' || more.length > 0) fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
    if (canonicalQuantity(amount) === undefined) fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    out[name] = amount
  }
  return out
}

export function* setResources(kit: Kit): Steps<void> {
  const { flags } = kit
  if (!changed(flags, 'limits') && !changed(flags, 'requests')) fail('you must specify an update to requests or limits (in the form of --requests/--limits)')
  const limits = amounts(text(flags, 'limits'))
  const requests = amounts(text(flags, 'requests'))
  yield* each(kit, flags.args, 'resource requirements updated', 'failed to patch resources update to pod template', info => {
    const pods = podSpecOf(info.object)
    if (!pods) return fail(withoutPods(info))
    const chosen = selectedContainers(kit, pods.spec)
    const containers = pods.spec.containers.map((c: any) => {
      if (!chosen(c)) return c
      const resources = { ...c.resources }
      if (Object.keys(limits).length > 0) resources.limits = { ...resources.limits, ...limits }
      if (Object.keys(requests).length > 0) resources.requests = { ...resources.requests, ...requests }
      return { ...c, resources }
    })
    return pods.with({ ...pods.spec, containers })
  })
}

export function* setServiceAccount(kit: Kit): Steps<void> {
  const args = [...kit.flags.args]
  const account = args.pop()
  if (account === undefined || args.length === 0) fail('serviceaccount is required')
  yield* each(kit, args, 'serviceaccount updated', 'failed to patch ServiceAccountName', info => {
    const pods = podSpecOf(info.object)
    if (!pods) return fail(withoutPods(info))
    return pods.with({ ...pods.spec, serviceAccountName: account, serviceAccount: account })
  })
}

const GO_OPERATORS: Record<string, string> = { in: 'In', notin: 'NotIn', '!=': 'NotIn', exists: 'Exists', '!': 'DoesNotExist' }

export function* setSelector(kit: Kit): Steps<void> {
  const args = [...kit.flags.args]
  const selector = args.pop()
  if (selector === undefined || args.length === 0) fail('one selector is required')
  const parsed = parseSelector(selector!)
  if ('error' in parsed) return fail(parsed.error)
  const odd = parsed.filter(r => r.operator !== '=' && r.operator !== '==')
  if (odd.length > 0)
    fail(
      `match expression [${odd.map(r => `{${r.key} ${GO_OPERATORS[r.operator] ?? r.operator} [${r.values.join(' ')}]}`).join(' ')}] not supported on this object`,
    )
  const wanted = labelsOf(selector!)
  const { infos, failures } = yield* visit(kit, { args })
  const { mode, suffix, query } = dryRunOf(kit)
  for (const info of infos) {
    try {
      if (info.type.kind !== 'Service') fail(`setting a selector is only supported for Services`)
      const old = (info.object as any).spec.selector ?? {}
      const patch = {
        spec: {
          selector: {
            ...Object.fromEntries(
              Object.keys(old)
                .filter(k => wanted[k] === undefined)
                .map(k => [k, null]),
            ),
            ...wanted,
          },
        },
      }
      const object =
        mode === 'client'
          ? info.object
          : yield* patchObject(kit, {
              type: info.type,
              namespace: info.namespace,
              name: info.name,
              how: 'strategic',
              patch,
              query: { ...query, fieldManager: 'kubectl-set' },
            })
      yield* report(kit, object, 'selector updated', suffix)
    } catch (error) {
      failures.push(failureOf(error) as Failure)
    }
  }
  failAll(failures)
}

export function* setSubject(kit: Kit): Steps<void> {
  const { flags } = kit
  const added: any[] = [
    ...list(flags, 'user').map(name => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })),
    ...list(flags, 'group').map(name => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name })),
    ...list(flags, 'serviceaccount').map(pair => {
      const [namespace = '', name = '', ...more] = pair.split(':')
      if (namespace === '' || name === '' || more.length > 0) fail('serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', namespace, name }
    }),
  ]
  const { failures } = yield* visit(kit, { all: false })
  failAll(failures)
  if (added.length === 0) fail('you must specify at least one value of user, group or serviceaccount')
  yield* each(kit, flags.args, 'subjects updated', 'failed to patch subjects to rolebinding:', info => {
    if (info.type.kind !== 'RoleBinding' && info.type.kind !== 'ClusterRoleBinding')
      fail(`setting subjects is only supported for RoleBinding/ClusterRoleBinding`)
    const old: any[] = (info.object as any).subjects ?? []
    const news = added.filter(a => !old.some(o => o.kind === a.kind && o.name === a.name && (o.namespace ?? '') === (a.namespace ?? '')))
    return news.length === 0 ? info.object : { ...info.object, subjects: [...old, ...news] }
  })
}
