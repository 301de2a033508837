// set.ts: one thing changed in objects that are there: images, resources, accounts, selectors, subjects.
// Models k8s.io/kubectl/pkg/cmd/set/{helper,set_image,set_resources,set_serviceaccount,set_selector,set_subject}.go
// Differs: nothing known

import { parseSelector } from '../api/labels.ts'
import { sameJson } from '../api/patch.ts'
import { canonicalQuantity } from '../api/quantity.ts'
import { structIdOf } from '../api/schema.ts'
import { createTwoWayMergePatch } from '../api/strategic-diff.ts'
import { type Info, inTurn, visit } from './builder.ts'
import { errorText, type Failure, fail, failAll, failureOf } from './fail.ts'
import { bool, list, text } from './flags.ts'
import { byCode } from './json.ts'
import { type Kit, patchObject } from './kit.ts'
import { dryRunOf, report } from './output.ts'
import { parsePairs, resourcesAndPairs } from './pairs.ts'
import { labelsOf } from './run.ts'
import { type Subject, subjectsOf } from './subjects.ts'
import type { Steps } from './want.ts'

const WITHOUT_SERVER =
  "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'"
const ALL_AND_SELECTOR = 'cannot set --all and --selector at the same time'
const LOCAL_AND_SERVER = 'cannot specify --local and --dry-run=server - did you mean --dry-run=client?'

/** The PodSpec of a kind that has one, and a copy of the object with another. */
export function podSpecOf(object: any): { spec: any; with(spec: any): any } | undefined {
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

/** All that is meant; where one cannot be read, none is changed. */
export function* chosen(kit: Kit, args: string[]): Steps<Info[]> {
  if (bool(kit.flags, 'local') && args.length > 0) fail(WITHOUT_SERVER)
  const { infos, failures } = yield* visit(kit, { args, all: false })
  failAll(failures)
  return infos
}

/** What a pair of flags forbids: complaints. */
export function clashes(kit: Kit): string[] {
  const all = bool(kit.flags, 'all') && text(kit.flags, 'selector') !== '' ? [ALL_AND_SELECTOR] : []
  return bool(kit.flags, 'local') && dryRunOf(kit).mode === 'server' ? [...all, LOCAL_AND_SERVER] : all
}

/** How objects are changed: `change` returns another object, and says of a part of it why that is not done. */
interface Changing {
  done: string
  refused: string
  /** Is what stays as it is sent and told as well? */
  always?: boolean
  change(info: Info, complain: (words: string) => void): any
}

/** Changes objects one by one: sends the difference that the change makes. */
export function* changeEach(kit: Kit, infos: Info[], { done, refused, always, change }: Changing): Steps<void> {
  const failures: Failure[] = []
  const complain = (words: string) => failures.push({ is: 'plain', text: words })
  const patches: { info: Info; modified: any; patch: any }[] = []
  const odd: string[] = []
  for (const info of infos) {
    try {
      const modified = change(info, complain)
      const made = createTwoWayMergePatch(structIdOf(info.type)!, info.object as any, modified)
      if ('error' in made) fail(made.error)
      else if (always || Object.keys(made.value as object).length > 0) patches.push({ info, modified, patch: made.value })
    } catch (error) {
      odd.push(`error: ${info.type.plural}/${info.name} ${errorText(failureOf(error))}\n`)
    }
  }
  for (const words of odd) complain(words)
  const { mode, suffix, query } = dryRunOf(kit)
  const sent = { ...query, fieldManager: text(kit.flags, 'field-manager') || 'kubectl-set' }
  for (const { info, modified, patch } of patches) {
    if (mode === 'client' || bool(kit.flags, 'local')) {
      yield* report(kit, modified, done, suffix)
      continue
    }
    try {
      const wish = { type: info.type, namespace: info.namespace, name: info.name, how: 'strategic' as const, patch, query: sent }
      yield* report(kit, yield* patchObject(kit, wish), done, suffix)
    } catch (error) {
      complain(`${refused} ${errorText(failureOf(error))}`)
    }
  }
  failAll(failures)
}

/** The PodSpec, and a copy of the object with another; ends where there is none. */
export function podsIn(info: Info): { spec: any; with(spec: any): any } {
  return podSpecOf(info.object) ?? fail(`the object is not a pod or does not have a pod template: *v1.${info.type.kind}`)
}

/** Containers, those that begin included, each as `change` makes it. */
export function withContainers(spec: any, change: (container: any) => any): any {
  const made = { ...spec, containers: spec.containers.map(change) }
  return spec.initContainers ? { ...made, initContainers: spec.initContainers.map(change) } : made
}

export const containersOf = (spec: any): any[] => [...spec.containers, ...(spec.initContainers ?? [])]

export function* setImage(kit: Kit): Steps<void> {
  const { resources, pairs } = resourcesAndPairs(kit.flags.args, 'image')
  const images = parsePairs(pairs, 'image', false).set
  const infos = yield* chosen(kit, resources)
  const wrong = clashes(kit)
  const count = Object.keys(images).length
  if (count === 0) wrong.push('at least one image update is required')
  if (count > 1 && images['*'] !== undefined)
    wrong.push('all containers are already specified by *, but saw more than one container_name=container_image pairs')
  failAll(wrong.map(words => ({ is: 'plain', text: words })))
  yield* changeEach(kit, infos, {
    done: 'image updated',
    refused: 'failed to patch image update to pod template:',
    change(info, complain) {
      const pods = podsIn(info)
      const names = containersOf(pods.spec).map(c => c.name)
      for (const name of Object.keys(images))
        if (name !== '*' && !names.includes(name)) complain(`error: unable to find container named ${JSON.stringify(name)}`)
      return pods.with(
        withContainers(pods.spec, c => {
          const image = images['*'] ?? images[c.name]
          return image === undefined ? c : { ...c, image }
        }),
      )
    },
  })
}

/** Containers that `-c` names; `*` and its like are wild. */
export function containersLike(kit: Kit): (c: any) => boolean {
  const pattern = new RegExp(
    `^${text(kit.flags, 'containers')
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')}$`,
  )
  return c => pattern.test(c.name)
}

/** `cpu=100m,memory=64Mi`. */
function amounts(value: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const pair of value.split(',').filter(p => p !== '')) {
    const [name = '', amount = '', ...more] = pair.split('=')
    if (name === '' || amount === '' || more.length > 0) fail(`invalid argument syntax ${pair}, expected <resource>=<value>`)
    if (canonicalQuantity(amount) === undefined) fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    out[name] = amount
  }
  return out
}

export function* setResources(kit: Kit): Steps<void> {
  const { flags } = kit
  const infos = yield* chosen(kit, flags.args)
  for (const words of clashes(kit).reverse()) fail(words)
  if (text(flags, 'limits') === '' && text(flags, 'requests') === '')
    fail('you must specify an update to requests or limits (in the form of --requests/--limits)')
  const limits = amounts(text(flags, 'limits'))
  const requests = amounts(text(flags, 'requests'))
  const wanted = containersLike(kit)
  yield* changeEach(kit, infos, {
    done: 'resource requirements updated',
    refused: 'failed to patch resources update to pod template',
    change(info, complain) {
      const pods = podsIn(info)
      if (!containersOf(pods.spec).some(wanted)) complain(`error: unable to find container named ${text(flags, 'containers')}`)
      return pods.with(
        withContainers(pods.spec, c => {
          if (!wanted(c)) return c
          const resources = { ...c.resources }
          if (Object.keys(limits).length > 0) resources.limits = { ...resources.limits, ...limits }
          if (Object.keys(requests).length > 0) resources.requests = { ...resources.requests, ...requests }
          return { ...c, resources }
        }),
      )
    },
  })
}

export function* setServiceAccount(kit: Kit): Steps<void> {
  const args = [...kit.flags.args]
  const account = args.pop()
  if (account === undefined) fail('serviceaccount is required')
  yield* changeEach(kit, yield* chosen(kit, args), {
    done: 'serviceaccount updated',
    refused: 'failed to patch ServiceAccountName',
    always: true,
    change(info) {
      const pods = podsIn(info)
      return pods.with({ ...pods.spec, serviceAccountName: account, serviceAccount: account })
    },
  })
}

const GO_OPERATORS: Record<string, string> = { in: 'In', notin: 'NotIn', '!=': 'NotIn', exists: 'Exists', '!': 'DoesNotExist' }

export function* setSelector(kit: Kit): Steps<void> {
  const args = [...kit.flags.args]
  const given = args.pop()
  if (given === undefined) return fail('one selector is required')
  const parsed = parseSelector(given)
  if ('error' in parsed) return fail(`couldn't parse the selector string ${JSON.stringify(given)}: ${parsed.error}`)
  const odd = parsed.filter(r => r.operator !== '=' && r.operator !== '==')
  const visited = yield* visit(kit, { args, all: false })
  const { mode, suffix, query } = dryRunOf(kit)
  const resourceVersion = text(kit.flags, 'resource-version')
  yield* inTurn(visited, function* (info) {
    if (info.type.kind !== 'Service') fail(`setting a selector is only supported for Services`)
    if (odd.length > 0)
      fail(
        `match expression [${odd.map(r => `{${r.key} ${GO_OPERATORS[r.operator] ?? r.operator} [${r.values.join(' ')}]}`).join(' ')}] not supported on this object`,
      )
    const wanted = labelsOf(given)
    const { spec, metadata } = info.object as any
    const gone = Object.keys(spec.selector ?? {}).filter(k => wanted[k] === undefined)
    const selector = { ...Object.fromEntries(gone.map(k => [k, null])), ...wanted }
    const patch = { ...(resourceVersion === '' ? {} : { metadata: { resourceVersion } }), spec: { selector } }
    const wish = { type: info.type, namespace: info.namespace, name: info.name, how: 'strategic' as const, patch }
    const sent = { ...query, fieldManager: text(kit.flags, 'field-manager') || 'kubectl-set' }
    const local = mode === 'client' || bool(kit.flags, 'local')
    const object = local ? { ...info.object, metadata, spec: { ...spec, selector: wanted } } : yield* patchObject(kit, { ...wish, query: sent })
    yield* report(kit, object, 'selector updated', suffix)
  })
}

export function* setSubject(kit: Kit): Steps<void> {
  const infos = yield* chosen(kit, kit.flags.args)
  if (clashes(kit).includes(ALL_AND_SELECTOR)) fail(ALL_AND_SELECTOR)
  if (['user', 'group', 'serviceaccount'].every(flag => list(kit.flags, flag).length === 0))
    fail('you must specify at least one value of user, group or serviceaccount')
  const ofAll = infos.some(i => i.type.kind === 'ClusterRoleBinding')
  const added = subjectsOf(kit, account => {
    const [namespace = '', name = '', ...more] = account.split(':')
    if (name === '' || more.length > 0) fail('serviceaccount must be <namespace>:<name>')
    if (namespace === '' && ofAll) fail('serviceaccount must be <namespace>:<name>, namespace must be specified')
    return { namespace: namespace || kit.namespace, name }
  })
  yield* changeEach(kit, infos, {
    done: 'subjects updated',
    refused: 'failed to patch subjects to rolebinding:',
    change(info) {
      if (info.type.kind !== 'RoleBinding' && info.type.kind !== 'ClusterRoleBinding')
        fail(`setting subjects is only supported for RoleBinding/ClusterRoleBinding`)
      const old: any[] = (info.object as any).subjects ?? []
      const news = sortedOnce(added).filter(a => !old.some(o => o.kind === a.kind && o.name === a.name && (o.namespace ?? '') === (a.namespace ?? '')))
      return news.length === 0 ? info.object : { ...info.object, subjects: [...old, ...news] }
    },
  })
}

/** Each subject once: users, groups and accounts, by name. */
const sortedOnce = (subjects: Subject[]): Subject[] =>
  subjects
    .filter((s, i) => subjects.findIndex(o => sameJson(o, s)) === i)
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || byCode(`${a.namespace ?? ''}:${a.name}`, `${b.namespace ?? ''}:${b.name}`))

const KINDS = ['User', 'Group', 'ServiceAccount']
