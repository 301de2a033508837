// nodes.ts: cordon, uncordon, drain and taint.
// Models k8s.io/kubectl/pkg/{drain,cmd/drain,cmd/taint}
// Differs: evictions of one drain are asked for one after the other, and so are their retries

import { parseSelector } from '../api/labels.ts'
import { qualifiedName } from '../api/name.ts'
import { resourceByKind } from '../api/resources.ts'
import { errorText, Fail, type Failure, fail, failureOf, isNotFound, misuse } from './fail.ts'
import { bool, duration, int, text } from './flags.ts'
import { ask, err, getObject, type Kit, listObjects, nameOf, out, patchObject, pathTo } from './kit.ts'
import type { Steps } from './want.ts'

const node = resourceByKind('v1', 'Node')!
const pods = resourceByKind('v1', 'Pod')!
const RETRY_MS = 5_000
const POLL_MS = 1_000

const dry = (kit: Kit): { suffix: string; query: Record<string, string>; client: boolean } => {
  const mode = text(kit.flags, 'dry-run')
  if (mode === 'client') return { suffix: ' (dry run)', query: {}, client: true }
  if (mode === 'server') return { suffix: ' (server dry run)', query: { dryRun: 'All' }, client: false }
  return { suffix: '', query: {}, client: false }
}

/** The nodes that arguments or a selector name. */
function* chosen(kit: Kit, verb: string): Steps<any[]> {
  const selector = text(kit.flags, 'selector')
  const names = kit.flags.args.map(a => a.replace(/^(nodes?|no)\//, ''))
  if (names.length === 0 && selector === '') return misuse(verb, `USAGE: ${verb} NODE [flags]`)
  if (names.length > 0 && selector !== '') misuse(verb, 'error: cannot specify both a node name and a --selector option')
  if (selector !== '') return yield* listObjects(kit, node, '', { labelSelector: selector })
  const found = []
  for (const name of names) found.push(yield* getObject(kit, node, '', name))
  return found
}

export const cordon = (kit: Kit): Steps<void> => mark(kit, true)
export const uncordon = (kit: Kit): Steps<void> => mark(kit, false)

function* mark(kit: Kit, unschedulable: boolean): Steps<void> {
  const verb = unschedulable ? 'cordon' : 'uncordon'
  for (const n of yield* chosen(kit, verb)) yield* setUnschedulable(kit, n, unschedulable)
}

function* setUnschedulable(kit: Kit, n: any, unschedulable: boolean): Steps<void> {
  const { name } = n.metadata
  const word = unschedulable ? 'cordoned' : 'uncordoned'
  const { suffix, query, client } = dry(kit)
  if ((n.spec.unschedulable ?? false) === unschedulable) {
    yield* out(`node/${name} already ${word}${suffix}\n`)
    return
  }
  if (!client)
    yield* patchObject(kit, { type: node, namespace: '', name, how: 'strategic', patch: { spec: { unschedulable: unschedulable ? true : null } }, query })
  yield* out(`node/${name} ${word}${suffix}\n`)
}

// ---- drain

interface Sorted {
  leave: string[]
  evict: any[]
}

export function* drain(kit: Kit): Steps<void> {
  if ('error' in parseSelector(text(kit.flags, 'pod-selector'))) fail('--pod-selector=<pod_selector> must be a valid label selector')
  const nodes = yield* chosen(kit, 'drain')
  const failed: { name: string; failure: Failure }[] = []
  for (const n of nodes) {
    yield* setUnschedulable(kit, n, true)
  }
  for (const n of nodes) {
    const { name } = n.metadata
    try {
      yield* drainOne(kit, name)
      yield* out(`node/${name} drained${dry(kit).suffix}\n`)
    } catch (error) {
      const failure = failureOf(error)
      failed.push({ name, failure })
      yield* err(`error: unable to drain node "${name}" due to error: ${errorText(failure)}, continuing command...\n`)
    }
  }
  if (failed.length === 0) return
  yield* err(`There are pending nodes to be drained:\n${failed.map(f => ` ${f.name}\n`).join('')}`)
  throw new Fail({ is: 'exit', text: failed.map(f => errorText(f.failure)).join('\n'), code: 1 })
}

function* drainOne(kit: Kit, name: string): Steps<void> {
  const query: Record<string, string> = { fieldSelector: `spec.nodeName=${name}` }
  if (text(kit.flags, 'pod-selector') !== '') query['labelSelector'] = text(kit.flags, 'pod-selector')
  const { leave, evict } = yield* sort(kit, yield* listObjects(kit, pods, '', query))
  if (leave.length > 0) yield* err(`Warning: ${leave.join('; ')}\n`)
  const { suffix, client } = dry(kit)
  if (client) {
    for (const pod of evict) yield* out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${suffix}\n`)
    return
  }
  yield* evictAll(kit, evict)
}

const controllerOf = (pod: any): any => (pod.metadata.ownerReferences ?? []).find((o: any) => o.controller)
const ended = (pod: any): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Which Pods are evicted, which stay; ends where some may be neither. */
function* sort(kit: Kit, list: any[]): Steps<Sorted> {
  const force = bool(kit.flags, 'force')
  const warnings = new Map<string, string[]>()
  const errors = new Map<string, string[]>()
  const add = (to: Map<string, string[]>, reason: string, pod: any) =>
    to.set(reason, [...(to.get(reason) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`])
  const evict: any[] = []
  for (const pod of list) {
    if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) continue
    const owner = controllerOf(pod)
    if (owner?.kind === 'DaemonSet' && !ended(pod)) {
      const there = yield* exists(kit, owner, pod.metadata.namespace)
      if (there && bool(kit.flags, 'ignore-daemonsets')) {
        add(warnings, 'ignoring DaemonSet-managed Pods', pod)
        continue
      }
      if (there) {
        add(errors, 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod)
        continue
      }
      if (!force) {
        add(errors, 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod)
        continue
      }
    }
    const local = (pod.spec.volumes ?? []).some((v: any) => v.emptyDir !== undefined)
    if (local && !ended(pod) && !bool(kit.flags, 'delete-emptydir-data')) {
      add(errors, 'cannot delete Pods with local storage (use --delete-emptydir-data to override)', pod)
      continue
    }
    if (local && !ended(pod)) add(warnings, 'deleting Pods with local storage', pod)
    if (!owner && !ended(pod)) {
      if (!force) {
        add(errors, 'cannot delete Pods that declare no controller (use --force to override)', pod)
        continue
      }
      add(warnings, 'deleting Pods that declare no controller', pod)
    }
    evict.push(pod)
  }
  const told = (map: Map<string, string[]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, names]) => `${reason}: ${names.join(', ')}`)
  if (errors.size > 0) {
    if (warnings.size > 0) yield* err(`Warning: ${told(warnings).join('; ')}\n`)
    fail(told(errors).join(', '))
  }
  return { leave: told(warnings), evict }
}

function* exists(kit: Kit, owner: any, namespace: string): Steps<boolean> {
  const type = resourceByKind(owner.apiVersion, owner.kind)
  if (!type) return false
  try {
    yield* getObject(kit, type, namespace, owner.name)
    return true
  } catch (error) {
    if (isNotFound(failureOf(error))) return false
    throw error
  }
}

function* evictAll(kit: Kit, list: any[]): Steps<void> {
  const timeout = duration(kit.flags, 'timeout')
  const start: number = yield { want: 'now' }
  const late = (now: number) => timeout > 0 && now - start >= timeout
  const grace = int(kit.flags, 'grace-period')
  const options = grace >= 0 ? { gracePeriodSeconds: grace } : {}
  const disable = bool(kit.flags, 'disable-eviction')
  let left = list
  for (const pod of list) yield* out(`${disable ? 'deleting' : 'evicting'} pod ${pod.metadata.namespace}/${pod.metadata.name}${dry(kit).suffix}\n`)
  const leaving: any[] = []
  while (left.length > 0) {
    const refused: any[] = []
    for (const pod of left) {
      const { namespace, name } = pod.metadata
      try {
        yield* removePod(kit, namespace, name, options, disable)
        leaving.push(pod)
      } catch (error) {
        const failure = failureOf(error)
        if (isNotFound(failure)) leaving.push(pod)
        else if (failure.is === 'status' && failure.status.code === 429) {
          yield* err(`error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${errorText(failure)}\n`)
          refused.push(pod)
        } else fail(`error when ${disable ? 'deleting' : 'evicting'} pods/"${name}" -n "${namespace}": ${errorText(failure)}`)
      }
    }
    yield* awaitGone(kit, leaving, disable, late)
    left = refused
    if (left.length === 0) break
    if (late(yield { want: 'now' }))
      fail(
        `[${left.map(p => `error when evicting pods/"${p.metadata.name}" -n "${p.metadata.namespace}": global timeout reached: ${text(kit.flags, 'timeout')}`).join(', ')}]`,
      )
    yield { want: 'pause', ms: RETRY_MS }
    for (const pod of left) yield* out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name}\n`)
  }
}

function* removePod(kit: Kit, namespace: string, name: string, deleteOptions: Record<string, unknown>, disable: boolean): Steps<void> {
  const { query } = dry(kit)
  if (disable) {
    yield* ask(kit, { method: 'DELETE', path: pathTo(pods, namespace, name), query, body: { kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions } })
    return
  }
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions }
  yield* ask(kit, { method: 'POST', path: pathTo(pods, namespace, name, 'eviction'), query, body })
}

/** Waits until each Pod is gone, and says so. */
function* awaitGone(kit: Kit, list: any[], disable: boolean, late: (now: number) => boolean): Steps<void> {
  if (dry(kit).suffix !== '') list.length = 0
  while (list.length > 0) {
    for (const pod of [...list]) {
      if (!(yield* gone(kit, pod))) continue
      list.splice(list.indexOf(pod), 1)
      yield* out(`pod/${pod.metadata.name} ${disable ? 'deleted' : 'evicted'}\n`)
    }
    if (list.length === 0) return
    if (late(yield { want: 'now' }))
      fail(
        list
          .map(
            p =>
              `error when waiting for pod "${p.metadata.name}" in namespace "${p.metadata.namespace}" to terminate: global timeout reached: ${text(kit.flags, 'timeout')}`,
          )
          .join(', '),
      )
    yield { want: 'pause', ms: POLL_MS }
  }
}

function* gone(kit: Kit, pod: any): Steps<boolean> {
  try {
    const now = yield* getObject(kit, pods, pod.metadata.namespace, pod.metadata.name)
    return now.metadata.uid !== pod.metadata.uid
  } catch (error) {
    if (isNotFound(failureOf(error))) return true
    throw error
  }
}

// ---- taint

interface Taint {
  key: string
  value?: string
  effect: string
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function* taint(kit: Kit): Steps<void> {
  const { args } = kit.flags
  const isTaint = (a: string) => /[=:]|-$/.test(a)
  const words = args.filter(a => !isTaint(a))
  const specs = args.filter(isTaint)
  if (words.length === 0) return fail('one or more resources must be specified as <resource> <name>')
  const [kind, ...named] = words[0]!.includes('/') ? ['node', ...words.map(w => w.slice(w.indexOf('/') + 1))] : words
  const { plural } = { plural: kind!.toLowerCase() }
  if (!['node', 'nodes', 'no'].includes(plural)) fail(`invalid resource type ${kind}, only node types are supported`)
  const selector = text(kit.flags, 'selector')
  const all = bool(kit.flags, 'all')
  if (specs.length === 0) return fail('at least one taint update is required')
  if (named.length === 0 && selector === '' && !all) return fail("at least one resource name must be specified since '--all' parameter is not set")
  const { add, remove } = parse(specs)
  const nodes = named.length > 0 ? [] : yield* listObjects(kit, node, '', selector === '' ? {} : { labelSelector: selector })
  for (const name of named) nodes.push(yield* getObject(kit, node, '', name))
  for (const n of nodes) yield* taintOne(kit, n, add, remove)
}

/** `key=value:Effect`, `key:Effect`, `key-`, `key:Effect-`. */
function parse(specs: string[]): { add: Taint[]; remove: { key: string; effect: string }[] } {
  const add: Taint[] = []
  const remove: { key: string; effect: string }[] = []
  const seen = new Set<string>()
  for (const spec of specs) {
    const removed = spec.endsWith('-')
    const body = removed ? spec.slice(0, -1) : spec
    const [left = '', effect = '', ...more] = body.split(':')
    const [key = '', ...value] = left.split('=')
    if (more.length > 0 || value.length > 1) misuse('taint', `invalid taint spec: ${spec}`)
    if (effect !== '' && !EFFECTS.includes(effect)) misuse('taint', `invalid taint effect: ${effect}, unsupported taint effect`)
    const bad = qualifiedName(key)
    if (bad.length > 0) misuse('taint', `invalid taint spec: ${spec}, ${bad.join('; ')}`)
    if (removed) {
      remove.push({ key, effect })
      continue
    }
    if (effect === '') misuse('taint', `invalid taint spec: ${spec}`)
    if (seen.has(`${key}:${effect}`)) misuse('taint', `duplicated taints with the same key and effect: {${key} ${value[0] ?? ''} ${effect} <nil>}`)
    seen.add(`${key}:${effect}`)
    add.push({ key, ...(value[0] ? { value: value[0] } : {}), effect })
  }
  return { add, remove }
}

function* taintOne(kit: Kit, n: any, add: Taint[], remove: { key: string; effect: string }[]): Steps<void> {
  const old: any[] = n.spec.taints ?? []
  const { name } = n.metadata
  const same = (a: Taint, b: { key: string; effect: string }) => a.key === b.key && (b.effect === '' || a.effect === b.effect)
  if (!bool(kit.flags, 'overwrite')) {
    const clash = add.filter(t => old.some(o => same(o, t)))
    if (clash.length > 0) fail(`node ${name} already has ${clash.map(t => t.key).join(',')} taint(s) with same effect(s) and --overwrite is false`)
  }
  for (const r of remove) if (!old.some(o => same(o, r))) fail(`taint "${r.key}${r.effect === '' ? '' : `:${r.effect}`}" not found`)
  const kept = old.filter(o => !remove.some(r => same(o, r)) && !add.some(t => same(o, t)))
  const taints = [...add, ...kept]
  const changed = add.some(t => old.some(o => same(o, t)))
  const word = bool(kit.flags, 'overwrite') ? 'modified' : remove.length > 0 ? (add.length > 0 ? 'modified' : 'untainted') : changed ? 'modified' : 'tainted'
  const { query, client } = dry(kit)
  if (!client)
    yield* patchObject(kit, {
      type: node,
      namespace: '',
      name,
      how: 'strategic',
      patch: { spec: { taints: taints.length > 0 ? taints : null } },
      query: { ...query, fieldManager: text(kit.flags, 'field-manager') || 'kubectl-taint', fieldValidation: 'Strict' },
    })
  yield* out(`${nameOf(node, name)} ${word}\n`)
}
