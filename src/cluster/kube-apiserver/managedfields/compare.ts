// compare.ts: which fields two objects differ in, which fields an object has, and how one is laid over the other.
// Models sigs.k8s.io/structured-merge-diff/v6/typed/{compare,tofieldset,merge,remove}.go
// Differs: kinds whose schema is not carried have granular maps and atomic lists

import { isRecord, sameJson } from '../../../api/patch.ts'
import { type Field, structOf, type Type } from '../../../api/schema.ts'
import { type Draft, type FieldSet, finished, insert, join, NOTHING, newDraft } from './fieldset.ts'

type Shape = 'leaf' | 'struct' | 'map' | 'list' | 'set' | 'any'

/** What the schema says of a place; `field` tells how lists and maps merge. */
export interface Place {
  type: Type | undefined
  field: Field | undefined
  shape: Shape
  /** Names by which items of a list are told apart, in order. */
  keys: string[]
  /** Of a struct, by name; found when first asked for. */
  below: Map<string, Place>
  /** Of a map or a list. */
  item: Place | undefined
  /** How items are named that were named before, by the value of the one key. */
  named: Map<string, string>
}

const newPlace = (type: Type | undefined, field: Field | undefined): Place => ({
  type,
  field,
  shape: shapeOf(type, field),
  keys: [...(field?.listMapKeys ?? [])].sort(),
  below: new Map(),
  item: undefined,
  named: new Map(),
})

function shapeOf(type: Type | undefined, field: Field | undefined): Shape {
  if (type === undefined) return 'any'
  switch (type.is) {
    case 'struct':
      return field?.listType === 'atomic' || structOf(type.id).atomic ? 'leaf' : 'struct'
    case 'map':
      return field?.listType === 'atomic' ? 'leaf' : 'map'
    case 'list':
      return field?.listType === 'map' ? 'list' : field?.listType === 'set' ? 'set' : 'leaf'
    default:
      return 'leaf'
  }
}

const ANY: Place = newPlace(undefined, undefined)
const roots = new Map<string, Place>()

/** The place of a whole object of that struct. */
export function rootOf(structId: string | undefined): Place {
  if (structId === undefined) return ANY
  let root = roots.get(structId)
  if (root === undefined) {
    root = newPlace({ is: 'struct', id: structId, pointer: false }, undefined)
    roots.set(structId, root)
  }
  return root
}

function childOf(place: Place, key: string): Place {
  const { type } = place
  if (type === undefined) return ANY
  if (type.is === 'struct') {
    const known = place.below.get(key)
    if (known !== undefined) return known
    const field = structOf(type.id).byName.get(key)
    if (field === undefined) return ANY
    const child = placeOf(field)
    place.below.set(key, child)
    return child
  }
  if (type.is !== 'map' && type.is !== 'list') return ANY
  place.item ??= newPlace(type.of, undefined)
  return place.item
}

const places = new WeakMap<Field, Place>()
function placeOf(field: Field): Place {
  let place = places.get(field)
  if (place === undefined) {
    place = newPlace(field.type, field)
    places.set(field, place)
  }
  return place
}

const NAMED_MAX = 1_000

/** How an item of a list is named: `k:{"name":"a"}`, `v:"x"`. Missing keys take the schema's default (only protocol has one). */
function elementOf(place: Place, item: any): string {
  if (place.shape === 'set') return `v:${JSON.stringify(item)}`
  if (place.keys.length === 1) {
    const value = item?.[place.keys[0]!]
    if (typeof value === 'string') {
      let name = place.named.get(value)
      if (name === undefined) {
        name = `k:{${JSON.stringify(place.keys[0])}:${JSON.stringify(value)}}`
        if (place.named.size >= NAMED_MAX) place.named.clear()
        place.named.set(value, name)
      }
      return name
    }
  }
  const keys: Record<string, unknown> = {}
  for (const key of place.keys) {
    const value = item?.[key] ?? (key === 'protocol' ? 'TCP' : undefined)
    if (value !== undefined) keys[key] = value
  }
  return `k:${JSON.stringify(keys)}`
}

const isContainer = (shape: Shape, value: unknown): boolean =>
  value === null || (shape === 'list' || shape === 'set' ? Array.isArray(value) : shape === 'any' ? isRecord(value) : shape !== 'leaf' && isRecord(value))

export interface Comparison {
  added: FieldSet
  modified: FieldSet
  removed: FieldSet
}

/** Fields that are passed over: by name what is below; true: with all that is below. `.`: the place itself. */
export interface Ignored {
  [name: string]: Ignored | true
}

/** What was found below a place; undefined: nothing of that sort. */
interface Found {
  added: FieldSet | undefined
  modified: FieldSet | undefined
  removed: FieldSet | undefined
}

const ADDED: Found = { added: NOTHING, modified: undefined, removed: undefined }
const MODIFIED: Found = { added: undefined, modified: NOTHING, removed: undefined }
const REMOVED: Found = { added: undefined, modified: undefined, removed: NOTHING }

export function compare(root: Place, a: any, b: any, ignored?: Ignored): Comparison {
  const found = compareAt(root, a, b, ignored, true)
  return { added: found?.added ?? NOTHING, modified: found?.modified ?? NOTHING, removed: found?.removed ?? NOTHING }
}

function compareAt(place: Place, a: any, b: any, ignored: Ignored | undefined, isRoot = false): Found | undefined {
  if (a === b) return undefined
  const { shape } = place
  const containers = (a === undefined || isContainer(shape, a)) && (b === undefined || isContainer(shape, b)) && !(a == null && b == null)
  if (shape === 'leaf' || !containers || (shape === 'any' && !isRecord(a) && !isRecord(b)))
    return a === undefined ? ADDED : b === undefined ? REMOVED : sameJson(a, b) ? undefined : MODIFIED
  let found: Found | undefined
  if (shape === 'list' || shape === 'set') found = compareLists(place, a, b)
  else {
    const before = a ?? {}
    const after = b ?? {}
    for (const key in after) if (after[key] !== before[key]) found = compareField(place, key, before[key], after[key], ignored?.[key], found)
    for (const key in before) if (!(key in after)) found = compareField(place, key, before[key], undefined, ignored?.[key], found)
  }
  if (isRoot || ignored?.['.'] !== undefined || (a !== undefined && b !== undefined)) return found
  if (found === undefined) return a === undefined ? ADDED : REMOVED
  if (a === undefined) found.added = withItself(found.added)
  else found.removed = withItself(found.removed)
  return found
}

/** The set of what is below a place, with the place. */
function withItself(set: FieldSet | undefined): FieldSet {
  if (set === undefined) return NOTHING
  set['.'] = NOTHING
  return set
}

function compareField(place: Place, key: string, a: any, b: any, ignored: Ignored | true | undefined, found: Found | undefined): Found | undefined {
  if (ignored === true) return found
  const inner = compareAt(childOf(place, key), a, b, ignored)
  return inner === undefined ? found : under(found, `f:${key}`, inner)
}

/** What was found so far, and what was found below one more key; the first is changed in place. */
function under(found: Found | undefined, key: string, inner: Found): Found {
  const out = found ?? { added: undefined, modified: undefined, removed: undefined }
  if (inner.added !== undefined) out.added = put(out.added, key, inner.added)
  if (inner.modified !== undefined) out.modified = put(out.modified, key, inner.modified)
  if (inner.removed !== undefined) out.removed = put(out.removed, key, inner.removed)
  return out
}

function put(set: FieldSet | undefined, key: string, inner: FieldSet): FieldSet {
  const out = set ?? {}
  out[key] = out[key] === undefined ? inner : join(out[key], inner)
  return out
}

const ALIGNED_MAX = 20

/** Have both lists the same items at the same places, each with a name of its own? */
function areAligned({ keys }: Place, a: any[], b: any[]): boolean {
  if (keys.length !== 1 || a.length !== b.length || b.length > ALIGNED_MAX) return false
  const key = keys[0]!
  for (let i = 0; i < b.length; i++) {
    const name = b[i]?.[key]
    if (typeof name !== 'string' || a[i]?.[key] !== name) return false
    for (let j = 0; j < i; j++) if (b[j][key] === name) return false
  }
  return true
}

function compareLists(place: Place, a: any[] | null | undefined, b: any[] | null | undefined): Found | undefined {
  const item = childOf(place, '')
  let found: Found | undefined
  if (a && b && areAligned(place, a, b)) {
    for (let i = 0; i < b.length; i++) {
      if (a[i] === b[i]) continue
      const inner = compareAt(item, a[i], b[i], undefined)
      if (inner !== undefined) found = under(found, elementOf(place, b[i]), inner)
    }
    return found
  }
  const before = new Map<string, any>()
  for (const value of a ?? []) before.set(elementOf(place, value), value)
  const seen = new Set<string>()
  for (const value of b ?? []) {
    const element = elementOf(place, value)
    seen.add(element)
    const inner = compareAt(item, before.get(element), value, undefined)
    if (inner !== undefined) found = under(found, element, inner)
  }
  for (const [element, value] of before) {
    if (seen.has(element)) continue
    const inner = compareAt(item, value, undefined, undefined)
    if (inner !== undefined) found = under(found, element, inner)
  }
  return found
}

/** All fields of a configuration: what its applier comes to own. */
export function fieldsOf(root: Place, value: any): FieldSet {
  const draft = newDraft()
  collect(root, value, [], draft)
  return finished(draft)
}

function collect(place: Place, value: any, path: string[], set: Draft): void {
  const { shape } = place
  if (shape === 'leaf' || !isContainer(shape, value) || value === null) {
    if (path.length > 0) insert(set, path)
    return
  }
  if (shape === 'list' || shape === 'set') {
    const item = childOf(place, '')
    for (const entry of value) {
      path.push(elementOf(place, entry))
      collect(item, entry, path, set)
      insert(set, path)
      path.pop()
    }
    return
  }
  const declared = place.type?.is === 'struct' ? structOf(place.type.id).byName : undefined
  for (const key in value) {
    path.push(`f:${key}`)
    collect(childOf(place, key), value[key], path, set)
    if (value[key] === null || (isRecord(value[key]) && Object.keys(value[key]).length === 0) || declared?.has(key) !== true) insert(set, path)
    path.pop()
  }
}

/** The configuration laid over the live object. */
export function merge(place: Place, live: any, config: any): any {
  if (config === undefined) return live
  if (live === undefined || live === null || config === null) return config
  const { shape } = place
  if (shape === 'leaf' || !isContainer(shape, live) || !isContainer(shape, config)) return config
  if (shape === 'list' || shape === 'set') return mergeLists(place, live, config)
  const out = { ...live }
  for (const key in config) out[key] = merge(childOf(place, key), live[key], config[key])
  return out
}

function mergeLists(place: Place, live: any[], config: any[]): any[] {
  const item = childOf(place, '')
  const mine = new Map(config.map(value => [elementOf(place, value), value]))
  const theirs = new Map(live.map(value => [elementOf(place, value), value]))
  const out: any[] = []
  const done = new Set<string>()
  let l = 0
  let c = 0
  while (l < live.length || c < config.length) {
    const left = l < live.length ? elementOf(place, live[l]) : undefined
    if (left !== undefined && (done.has(left) || !mine.has(left))) {
      if (!done.has(left)) out.push(live[l])
      done.add(left)
      l++
      continue
    }
    if (c < config.length) {
      const right = elementOf(place, config[c])
      if (!done.has(right)) out.push(merge(item, theirs.get(right), config[c]))
      done.add(right)
      c++
      if (left === right) l++
      continue
    }
    l++
  }
  return out
}

/** The object without what is in the set and in no set of `kept`; containers that become empty go too. */
export function removeItems(place: Place, value: any, set: FieldSet, kept: FieldSet): any {
  const { shape } = place
  if (shape === 'leaf' || value === null || value === undefined || !isContainer(shape, value)) return value
  if (shape === 'list' || shape === 'set') {
    const item = childOf(place, '')
    const out: any[] = []
    for (const entry of value) {
      const element = elementOf(place, entry)
      const next = removeOne(item, entry, set[element], kept[element])
      if (next !== undefined) out.push(next)
    }
    return out.length === 0 && value.length > 0 ? undefined : out
  }
  const out: Record<string, any> = {}
  let left = false
  let dropped = false
  for (const key in value) {
    const next = removeOne(childOf(place, key), value[key], set[`f:${key}`], kept[`f:${key}`])
    if (next === undefined) dropped = true
    else {
      out[key] = next
      left = true
    }
  }
  return dropped && !left ? undefined : out
}

function removeOne(place: Place, value: any, mine: FieldSet | undefined, kept: FieldSet | undefined): any {
  if (mine === undefined) return value
  const member = '.' in mine || Object.keys(mine).length === 0
  if (member && kept === undefined) return undefined
  const inner = removeItems(place, value, mine, kept ?? {})
  return inner === undefined && kept !== undefined && ('.' in kept || Object.keys(kept).length === 0)
    ? Array.isArray(value)
      ? []
      : isRecord(value)
        ? {}
        : value
    : inner
}
