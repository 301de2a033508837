// nodes.ts: cordon, uncordon and taint.
// Models k8s.io/kubectl/pkg/{drain/cordon.go,cmd/drain/drain.go,cmd/taint/taint.go}
// Differs: nothing known

import { labelValue, qualifiedName } from '../api/name.ts'
import { resourceByKind } from '../api/resources.ts'
import { inTurn, meant, visit } from './builder.ts'
import { errorText, fail, failAll, failureOf, misuse } from './fail.ts'
import { bool, text } from './flags.ts'
import { err, getInfo, goResource, type Kit, listObjects, out, patchObject } from './kit.ts'
import { resourceNamed } from './mapper.ts'
import { dryRunOf, report } from './output.ts'
import type { Steps } from './want.ts'

const node = resourceByKind('v1', 'Node')!

/** The nodes that arguments or a selector name. */
export function* chosen(kit: Kit, verb: string): Steps<any[]> {
  const selector = text(kit.flags, 'selector')
  const names = kit.flags.args
  if (names.length === 0 && selector === '') return misuse(verb, `USAGE: ${verb} NODE [flags]`)
  if (names.length > 0 && selector !== '') misuse(verb, 'error: cannot specify both a node name and a --selector option')
  dryRunOf(kit) // A wrong value is said before anything is read.
  if (selector !== '') return yield* listObjects(kit, node, '', { labelSelector: selector })
  const found = []
  for (const { type, name } of (yield* meant(kit, names.map(asNode))).named) {
    const object = yield* getInfo(kit, type, kit.namespace, name)
    if (type !== node) fail(`error: expected resource of type node, got ${JSON.stringify(goResource(type))}`)
    found.push(object)
  }
  return found
}

const asNode = (name: string): string => (name.includes('/') ? name : `nodes/${name}`)

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

type Removal = Pick<Taint, 'key' | 'effect'>

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function* taint(kit: Kit): Steps<void> {
  dryRunOf(kit)
  const { args } = kit.flags
  const isTaint = (a: string) => /[=:]|-$/.test(a)
  const first = args.findIndex(isTaint)
  const [words, specs] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)]
  const late = specs.find(a => !isTaint(a))
  if (late !== undefined) fail(`all resources must be specified before taint changes: ${late}`)
  const [kind, ...named] = words
  if (kind === undefined) return fail('one or more resources must be specified as <resource> <name>')
  if (specs.length === 0) return fail('at least one taint update is required')
  const { add, remove } = parse(specs)
  if ((yield* resourceNamed(kit, kind.toLowerCase(), true)) !== node) fail(`invalid resource type ${kind}, only node types are supported`)
  const both = remove.filter(r => add.some(t => matches(t, r))).map(r => `${r.key}=${r.effect}`)
  if (both.length > 0) fail(`can not both modify and remove the following taint(s) in the same command: ${both.join(', ')}`)
  const selector = text(kit.flags, 'selector')
  const all = bool(kit.flags, 'all')
  if (all && selector !== '') fail("setting 'all' parameter with a non empty selector is prohibited")
  if (named.length === 0 && selector === '' && !all) return fail("at least one resource name must be specified since '--all' parameter is not set")
  const visited = yield* visit(kit, all || selector !== '' ? { args: ['node'] } : { args: named.map(name => `node/${name}`) })
  yield* inTurn(visited, info => taintOne(kit, info.object, add, remove))
}

/** `key=value:Effect`, `key:Effect`, `key-`, `key:Effect-`. */
function parse(specs: string[]): { add: Taint[]; remove: Removal[] } {
  const add: Taint[] = []
  const remove: Removal[] = []
  for (const spec of specs) {
    const taint = parseOne(spec.replace(/-$/, ''))
    if (spec.endsWith('-')) {
      remove.push({ key: taint.key, effect: taint.effect })
      continue
    }
    if (taint.effect === '') misuse('taint', `invalid taint spec: ${spec}`)
    if (add.some(t => matches(t, taint)))
      misuse('taint', `duplicated taints with the same key and effect: {${taint.key} ${taint.value ?? ''} ${taint.effect} <nil>}`)
    add.push(taint)
  }
  return { add, remove }
}

function parseOne(spec: string): Taint {
  const [left = '', effect, ...more] = spec.split(':')
  const [key = '', value = '', ...values] = effect === undefined ? [left] : left.split('=')
  if (more.length > 0) misuse('taint', `invalid taint spec: ${spec}`)
  if (effect !== undefined && !EFFECTS.includes(effect)) misuse('taint', `invalid taint effect: ${effect}, unsupported taint effect`)
  if (values.length > 0) misuse('taint', `invalid taint spec: ${spec}`)
  for (const wrong of [labelValue(value), qualifiedName(key)]) if (wrong.length > 0) misuse('taint', `invalid taint spec: ${spec}, ${wrong.join('; ')}`)
  return { key, ...(value === '' ? {} : { value }), effect: effect ?? '' }
}

const matches = (a: Taint, b: Removal): boolean => a.key === b.key && (b.effect === '' || a.effect === b.effect)

function* taintOne(kit: Kit, n: any, add: Taint[], remove: Removal[]): Steps<void> {
  const { mode, query } = dryRunOf(kit)
  const old: Taint[] = n.spec.taints ?? []
  const { name } = n.metadata
  const overwrite = bool(kit.flags, 'overwrite')
  const clash = overwrite ? [] : add.filter(t => old.some(o => matches(o, t)))
  if (clash.length > 0) fail(`node ${name} already has ${clash.map(t => t.key).join(',')} taint(s) with same effect(s) and --overwrite is false`)
  const all = [...add, ...old.filter(o => !add.some(t => matches(o, t)))]
  const lost = remove.filter(r => !all.some(o => matches(o, r)))
  failAll(lost.map(r => ({ is: 'plain', text: `taint "${r.key}${r.effect === '' ? '' : `:${r.effect}`}" not found` })))
  const taints = all.filter(o => !remove.some(r => matches(o, r)))
  const added = all.length !== old.length
  const word = overwrite || (added && remove.length > 0) ? 'modified' : added ? 'tainted' : 'untainted'
  const { taints: _, ...spec } = n.spec
  const made = { ...n, spec: taints.length > 0 ? { ...spec, taints } : spec }
  const wish = { type: node, namespace: '', name, how: 'strategic' as const, patch: { spec: { taints: taints.length > 0 ? taints : null } } }
  const sent = { ...query, fieldManager: text(kit.flags, 'field-manager') || 'kubectl-taint', fieldValidation: 'Strict' }
  yield* report(kit, mode === 'client' ? made : yield* patchObject(kit, { ...wish, query: sent }), word)
}
