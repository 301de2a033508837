// nodes.ts: cordon, uncordon and taint.
// Models k8s.io/kubectl/pkg/{drain/cordon.go,cmd/drain/drain.go,cmd/taint/taint.go}
// Differs: nothing known

import { qualifiedName } from '../api/name.ts'
import { resourceByKind } from '../api/resources.ts'
import { errorText, fail, failureOf, misuse } from './fail.ts'
import { bool, text } from './flags.ts'
import { err, getObject, type Kit, listObjects, nameOf, out, patchObject } from './kit.ts'
import { dryRunOf } from './output.ts'
import type { Steps } from './want.ts'

const node = resourceByKind('v1', 'Node')!

/** The nodes that arguments or a selector name. */
export function* chosen(kit: Kit, verb: string): Steps<any[]> {
  const selector = text(kit.flags, 'selector')
  const names = kit.flags.args.map(a => a.replace(/^(nodes?|no)\//, ''))
  if (names.length === 0 && selector === '') return misuse(verb, `USAGE: ${verb} NODE [flags]`)
  if (names.length > 0 && selector !== '') misuse(verb, 'error: cannot specify both a node name and a --selector option')
  dryRunOf(kit) // A wrong value is said before anything is read.
  if (selector !== '') return yield* listObjects(kit, node, '', { labelSelector: selector })
  const found = []
  for (const name of names) found.push(yield* getObject(kit, node, '', name))
  return found
}

export const cordon = (kit: Kit): Steps<void> => mark(kit, true)
export const uncordon = (kit: Kit): Steps<void> => mark(kit, false)

function* mark(kit: Kit, unschedulable: boolean): Steps<void> {
  for (const n of yield* chosen(kit, unschedulable ? 'cordon' : 'uncordon')) yield* setUnschedulable(kit, n, unschedulable)
}

/** Where the server refuses, that is said, and the command goes on. */
export function* setUnschedulable(kit: Kit, n: any, unschedulable: boolean): Steps<void> {
  const { name } = n.metadata
  const word = unschedulable ? 'cordoned' : 'uncordoned'
  const { suffix, query, mode } = dryRunOf(kit)
  if ((n.spec.unschedulable ?? false) === unschedulable) {
    yield* out(`node/${name} already ${word}${suffix}\n`)
    return
  }
  try {
    if (mode !== 'client')
      yield* patchObject(kit, { type: node, namespace: '', name, how: 'strategic', patch: { spec: { unschedulable: unschedulable ? true : null } }, query })
  } catch (error) {
    yield* err(`error: unable to ${unschedulable ? 'cordon' : 'uncordon'} node ${JSON.stringify(name)}: ${errorText(failureOf(error))}\n`)
    return
  }
  yield* out(`node/${name} ${word}${suffix}\n`)
}

// ---- taint

interface Taint {
  key: string
  value?: string
  effect: string
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function* taint(kit: Kit): Steps<void> {
  dryRunOf(kit)
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
  const { mode, query } = dryRunOf(kit)
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
  if (mode !== 'client')
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
