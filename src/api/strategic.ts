// strategic.ts: strategic merge patches: applying them.
// Models k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (mergeMap)
// Differs: lists longer than 20 whose order a patch sets are sorted by the same rule as shorter ones

import { isRecord, sameJson } from './patch.ts'
import type { Field, Struct, Type } from './schema.ts'
import { structOf } from './schema.ts'

export const DIRECTIVE = '$patch'
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList'
export const SET_ORDER = '$setElementOrder'
export const RETAIN_KEYS = '$retainKeys'

/** Why a patch cannot be applied; caught where the module is entered. */
export class PatchRefusal extends Error {}

/** What the schema says of a place: a struct with fields, a map (all keys alike), or nothing known. */
export type Meta = { struct: Struct } | { of: Type } | undefined

/** Which patches are merged: a server merges into an object, a client merges two patches. */
export interface MergeOptions {
  mergeParallelLists: boolean
  ignoreUnmatchedNulls: boolean
}

/** The object of struct `id` (`apps/v1.Deployment`) with the patch merged in, sharing what did not change; or upstream's error text. */
export function applyStrategicMergePatch(id: string, original: any, patch: any): { value: any } | { error: string } {
  try {
    const options = { mergeParallelLists: true, ignoreUnmatchedNulls: true }
    return { value: mergeMap(original, patch, { struct: structOf(id) }, options) }
  } catch (refusal) {
    if (refusal instanceof PatchRefusal) return { error: refusal.message }
    throw refusal
  }
}

export function mergeMap(original: Record<string, any>, given: Record<string, any>, meta: Meta, options: MergeOptions): Record<string, any> {
  if (DIRECTIVE in given) return directed(given)
  const out = { ...original }
  let patch = given
  if (hasDirectives(given)) {
    patch = { ...given }
    retainKeys(out, patch, options)
    setOrders(out, patch, meta, options)
  }
  for (const name of Object.keys(patch)) {
    const value = patch[name]
    const deleting = name.startsWith(DELETE_FROM_LIST)
    if (deleting && !options.mergeParallelLists) {
      out[name] = value
      continue
    }
    const key = deleting ? name.slice(name.indexOf('/') + 1) : name
    if (deleting && !name.includes('/')) throw new PatchRefusal('invalid patch format of primitive list')
    if (value === null) {
      delete out[key]
      if (options.ignoreUnmatchedNulls) continue
    }
    if (!(key in out) || kindOf(out[key]) !== kindOf(value)) {
      if (!deleting) place(out, key, value, options)
    } else if (isRecord(value)) {
      const { strategy, inner } = lookup(meta, key)
      out[key] = strategy === 'replace' ? value : mergeMap(out[key], value, inner, options)
    } else if (Array.isArray(value)) {
      const { strategy, inner, mergeKey } = lookup(meta, key)
      out[key] = strategy === 'merge' || deleting ? mergeSlice(out[key], value, inner, mergeKey, deleting, options) : value
    } else place(out, key, value, options)
  }
  return sameShallow(original, out) ? original : out
}

/** Does the patch say how it is to be merged, beside what? */
function hasDirectives(patch: Record<string, any>): boolean {
  for (const name in patch) if (name.charCodeAt(0) === DOLLAR) return true
  return false
}

const DOLLAR = 36

/** Merge strategy, key and schema of a field; maps and unknown places have none. */
export function lookup(meta: Meta, key: string): { strategy: string; retain: boolean; mergeKey: string; inner: Meta } {
  let field: Field | undefined
  let type: Type | undefined
  if (meta !== undefined && 'struct' in meta) {
    field = meta.struct.byName.get(key)
    if (field === undefined) throw new PatchRefusal(`unable to find api field in struct ${structName(meta.struct)} for the json field "${key}"`)
    type = field.type
  } else type = meta?.of
  const strategies = field?.patchStrategies ?? []
  if (type?.is === 'list') type = type.of
  return {
    strategy: strategies.find(s => s !== 'retainKeys') ?? '',
    retain: strategies.includes('retainKeys'),
    mergeKey: field?.mergeKey ?? '',
    inner: type?.is === 'struct' ? { struct: structOf(type.id) } : type?.is === 'map' ? { of: type.of } : undefined,
  }
}

/** null, list, map, or the kind of scalar. */
export function kindOf(value: unknown): string {
  return value === null ? 'nil' : Array.isArray(value) ? 'list' : typeof value === 'object' ? 'map' : typeof value
}

/** `list element types are not identical` and so on; 'none' for empty lists. */
export function elementKind(...lists: any[][]): string {
  let kind = 'none'
  for (const list of lists) {
    for (const item of list) {
      const mine = kindOf(item)
      if (mine === 'list') throw new PatchRefusal('lists of lists are not supported')
      if (kind !== 'none' && kind !== mine) throw new PatchRefusal(`list element types are not identical: ${goPrint(lists)}`)
      kind = mine
    }
  }
  return kind
}

/** Items in the order of another list; those it does not know come first, as upstream's comparison makes it. Deletions come last. */
export function normalizeSliceOrder(items: any[], order: any[], mergeKey: string): any[] {
  const maps = items.length > 0 && isRecord(items[0])
  const deletions = maps ? items.filter(i => i[DIRECTIVE] === 'delete') : []
  const list = maps ? items.filter(i => i[DIRECTIVE] !== 'delete') : [...items]
  if (maps) for (const item of [...items, ...order]) requireKey(item, mergeKey)
  const less = (a: any, b: any): boolean => {
    const i = indexIn(order, a, mergeKey)
    const j = i < 0 ? -1 : indexIn(order, b, mergeKey)
    return j < 0 ? true : i < j
  }
  for (let i = 1; i < list.length; i++) {
    for (let j = i; j > 0 && less(list[j], list[j - 1]); j--) [list[j - 1], list[j]] = [list[j], list[j - 1]]
  }
  return [...list, ...deletions]
}

export function requireKey(item: any, mergeKey: string): unknown {
  if (!isRecord(item)) throw new PatchRefusal(`expected a map, but received a ${kindOf(item)}`)
  if (!(mergeKey in item)) throw new PatchRefusal(`map: ${goPrint(item)} does not contain declared merge key: ${mergeKey}`)
  return item[mergeKey]
}

function directed(patch: Record<string, any>): Record<string, any> {
  const { [DIRECTIVE]: directive, ...rest } = patch
  if (directive === 'replace') return rest
  if (directive === 'delete') return {}
  throw new PatchRefusal(`unknown patch type: ${directive} in map: ${goPrint(patch)}`)
}

function retainKeys(out: Record<string, any>, patch: Record<string, any>, options: MergeOptions): void {
  const keys = patch[RETAIN_KEYS]
  if (keys === undefined) return
  delete patch[RETAIN_KEYS]
  if (!options.mergeParallelLists) {
    if (RETAIN_KEYS in out && !sameJson(out[RETAIN_KEYS], keys)) {
      const both = `${goPrint(out[RETAIN_KEYS])} and ${goPrint(keys)}`
      throw new PatchRefusal(`${both} are not deep equal: this may happen when calculating the 3-way diff patch`)
    }
    out[RETAIN_KEYS] = keys
    return
  }
  if (!Array.isArray(keys)) throw new PatchRefusal('invalid patch format of retainKeys')
  for (const key of Object.keys(patch)) {
    if (patch[key] === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER)) continue
    if (!keys.includes(key)) throw new PatchRefusal('invalid patch format of retainKeys')
  }
  for (const key of Object.keys(out)) if (!keys.includes(key)) delete out[key]
}

/** Lists whose order the patch sets: merged and ordered here, and taken out of the patch. */
function setOrders(out: Record<string, any>, patch: Record<string, any>, meta: Meta, options: MergeOptions): void {
  for (const name of Object.keys(patch)) {
    if (!name.startsWith(SET_ORDER)) continue
    const order = patch[name]
    if (!options.mergeParallelLists) {
      if (name in out && !sameJson(out[name], order)) throw new PatchRefusal('invalid patch format of setElementOrder list')
      out[name] = order
    }
    delete patch[name]
    if (!Array.isArray(order)) throw new PatchRefusal(`expected a list, but received a ${kindOf(order)}`)
    if (!name.includes('/')) throw new PatchRefusal('invalid patch format of setElementOrder list')
    const key = name.slice(name.indexOf('/') + 1)
    const mine = out[key]
    const theirs = patch[key]
    for (const list of [mine, theirs]) {
      if (list !== undefined && !Array.isArray(list)) throw new PatchRefusal(`expected a list, but received a ${kindOf(list)}`)
    }
    const { strategy, inner, mergeKey } = lookup(meta, key)
    checkOrder(theirs ?? [], order, mergeKey)
    let merged: any[]
    let serverOrder: any[] = mine ?? []
    if (mine !== undefined && theirs !== undefined) {
      serverOrder = [...mine]
      merged = strategy === 'merge' ? mergeSlice(mine, theirs, inner, mergeKey, false, options, serverOrder) : theirs
    } else if (mine !== undefined) merged = mine
    else if (theirs !== undefined) merged = withoutDirectives(theirs) as any[]
    else continue
    const [inOrder, others] = partition(merged, order, mergeKey)
    if (elementKind(mine ?? [], theirs ?? []) === 'none') throw new PatchRefusal('no elements in any of the given slices')
    out[key] = ordered(inOrder, others, order, serverOrder, mergeKey)
    delete patch[key]
  }
}

function checkOrder(patchList: any[], order: any[], mergeKey: string): void {
  if (order.length === 0 || patchList.length === 0) return
  const items = mergeKey === '' ? patchList : patchList.filter(i => i?.[DIRECTIVE] !== 'delete')
  let at = 0
  let inOrder = 0
  while (at < items.length && inOrder < order.length) {
    if (isRecord(items[at]) && DIRECTIVE in items[at]) {
      at++
      continue
    }
    const same = mergeKey === '' ? items[at] === order[inOrder] : requireKey(items[at], mergeKey) === requireKey(order[inOrder], mergeKey)
    if (same) at++
    inOrder++
  }
  if (at < items.length && inOrder >= order.length) {
    throw new PatchRefusal(`The order in patch list:\n${goPrint(patchList)}\n doesn't match $setElementOrder list:\n${goPrint(order)}\n`)
  }
}

/**
 * Upstream edits the original list in place, and later orders by what is left in it: deletions shift it, additions fill the freed end.
 * `leftover`, a copy of the original, is edited in the same way.
 */
function mergeSlice(original: any[], patch: any[], meta: Meta, mergeKey: string, deleting: boolean, options: MergeOptions, leftover?: any[]): any[] {
  if (original.length === 0 && patch.length === 0) return original
  if (elementKind(original, patch) !== 'map') {
    if (options.mergeParallelLists && deleting) return original.filter(item => !patch.includes(item))
    const merged = deduplicate([...original, ...patch])
    const [inPatch, others] = partition(merged, patch, '')
    return ordered(inPatch, others, patch, original, '')
  }
  if (mergeKey === '') {
    const name = meta !== undefined && 'struct' in meta ? structName(meta.struct) : ''
    throw new PatchRefusal(`cannot merge lists without merge key for ${name}`)
  }
  let base = [...original]
  let items: any[] = []
  let replace = false
  for (const item of patch) {
    if (!(DIRECTIVE in item)) items.push(item)
    else if (item[DIRECTIVE] === 'delete') {
      const key = requireKey(item, mergeKey)
      base = base.filter(b => !(mergeKey in b) || b[mergeKey] !== key)
      leftover?.splice(0, base.length, ...base)
    } else if (item[DIRECTIVE] === 'replace') replace = true
    else if (item[DIRECTIVE] === 'merge') throw new PatchRefusal('merging lists cannot yet be specified in the patch')
    else throw new PatchRefusal(`unknown patch type: ${item[DIRECTIVE]} in map: ${goPrint(item)}`)
  }
  if (replace) {
    base = items
    items = []
  }
  const merged = [...base]
  // Items that are all there, and stand in the order of the patch, stay where they are.
  let inOrder = true
  let last = -1
  for (const item of items) {
    const key = requireKey(item, mergeKey)
    const at = merged.findIndex(m => mergeKey in m && m[mergeKey] === key)
    if (at <= last) inOrder = false
    last = at
    if (at >= 0) merged[at] = mergeMap(merged[at], item, meta, options)
    else {
      if (leftover !== undefined && merged.length < leftover.length) leftover[merged.length] = item
      merged.push(item)
    }
  }
  if (inOrder && areDistinct(base, mergeKey)) return merged
  const [inPatch, others] = partition(merged, items, mergeKey)
  return ordered(inPatch, others, items, base, mergeKey)
}

/** Has every item a key of its own? */
function areDistinct(items: any[], mergeKey: string): boolean {
  const keys = new Set<unknown>()
  for (const item of items) if (mergeKey in item) keys.add(item[mergeKey])
  return keys.size === items.length
}

/** Those that the other list names too, and the rest. */
function partition(list: any[], by: any[], mergeKey: string): [any[], any[]] {
  const named: any[] = []
  const rest: any[] = []
  for (const item of list) {
    const found = mergeKey === '' ? by.includes(item) : by.some(b => mergeKey in b && b[mergeKey] === requireKey(item, mergeKey))
    ;(found ? named : rest).push(item)
  }
  return [named, rest]
}

function ordered(inPatch: any[], others: any[], patchOrder: any[], serverOrder: any[], mergeKey: string): any[] {
  const right = normalizeSliceOrder(inPatch, patchOrder, mergeKey)
  const left = normalizeSliceOrder(others, serverOrder, mergeKey)
  const out: any[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    if (i >= left.length) out.push(right[j++])
    else if (j >= right.length) out.push(left[i++])
    else {
      const li = indexIn(serverOrder, left[i], mergeKey)
      const ri = indexIn(serverOrder, right[j], mergeKey)
      out.push(li >= 0 && ri >= 0 && li < ri ? left[i++] : right[j++])
    }
  }
  return out
}

function indexIn(list: any[], item: any, mergeKey: string): number {
  if (isRecord(item)) return list.findIndex(l => isRecord(l) && l[mergeKey] === item[mergeKey])
  return list.indexOf(item)
}

function place(out: Record<string, any>, key: string, value: unknown, options: MergeOptions): void {
  const kept = withoutDirectives(options.ignoreUnmatchedNulls ? withoutNulls(value) : value)
  if (kept === undefined) delete out[key]
  else out[key] = kept
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isRecord(value)) return value
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(value)) if (value[key] !== null) out[key] = withoutNulls(value[key])
  return out
}

/** Undefined for what is nothing but a directive. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter(item => item !== undefined)
  if (!isRecord(value)) return value
  if (DIRECTIVE in value) return undefined
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const kept = withoutDirectives(value[key])
    if (kept !== undefined) out[key] = kept
  }
  return out
}

/** Upstream's way: the last item takes the place of a double. */
export function deduplicate(list: any[]): any[] {
  const out = [...list]
  for (let i = 0; i < out.length; i++) {
    for (let j = i + 1; j < out.length; j++) {
      if (out[i] !== out[j]) continue
      out[j] = out[out.length - 1]
      out.pop()
      j--
    }
  }
  return out
}

function sameShallow(a: Record<string, any>, b: Record<string, any>): boolean {
  let count = 0
  for (const key in a) {
    if (a[key] !== b[key] || !(key in b)) return false
    count++
  }
  for (const _ in b) count--
  return count === 0
}

const structName = (struct: Struct): string => struct.go.slice(struct.go.indexOf('.') + 1)

/** Go's %v of plain data: `map[a:1 b:x]`, `[a b]`. */
export function goPrint(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`
  if (!isRecord(value)) return String(value)
  return `map[${Object.keys(value)
    .sort()
    .map(key => `${key}:${goPrint(value[key])}`)
    .join(' ')}]`
}
