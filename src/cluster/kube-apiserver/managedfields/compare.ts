// compare.ts: which fields two objects differ in, which fields an object has, and how one is laid over the other.
// Models sigs.k8s.io/structured-merge-diff/v6/typed/{compare,tofieldset,merge,remove}.go
// Differs: kinds whose schema is not carried have granular maps and atomic lists

import { isRecord, sameJson } from '../../../api/patch.ts'
import { type Field, type Struct, structOf, type Type } from '../../../api/schema.ts'
import { type FieldSet, finished, insert } from './fieldset.ts'

/** What the schema says of a place; `field` tells how lists and maps merge. */
export interface Place {
  type: Type | undefined
  field: Field | undefined
}

export const rootOf = (structId: string | undefined): Place =>
  structId === undefined ? { type: undefined, field: undefined } : { type: { is: 'struct', id: structId, pointer: false }, field: undefined }

type Shape = 'leaf' | 'struct' | 'map' | 'list' | 'set' | 'any'

function shapeOf({ type, field }: Place): Shape {
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

const ANY: Place = { type: undefined, field: undefined }

function childOf(place: Place, key: string): Place {
  const { type } = place
  if (type === undefined) return ANY
  if (type.is === 'struct') {
    const field = (structOf(type.id) as Struct).byName.get(key)
    return field === undefined ? ANY : placeOf(field)
  }
  return type.is === 'map' || type.is === 'list' ? { type: type.of, field: undefined } : ANY
}

const places = new WeakMap<Field, Place>()
function placeOf(field: Field): Place {
  let place = places.get(field)
  if (place === undefined) {
    place = { type: field.type, field }
    places.set(field, place)
  }
  return place
}

/** How an item of a list is named: `k:{"name":"a"}`, `v:"x"`. Missing keys take the schema's default (only protocol has one). */
function elementOf(place: Place, item: any): string {
  if (place.field?.listType === 'set') return `v:${JSON.stringify(item)}`
  const keys: Record<string, unknown> = {}
  for (const key of [...(place.field?.listMapKeys ?? [])].sort()) {
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

export function compare(root: Place, a: any, b: any): Comparison {
  const result: Comparison = { added: {}, modified: {}, removed: {} }
  compareAt(root, a, b, [], result)
  finished(result.added)
  finished(result.modified)
  finished(result.removed)
  return result
}

function compareAt(place: Place, a: any, b: any, path: string[], out: Comparison): void {
  if (a === b) return
  const shape = shapeOf(place)
  const containers = (a === undefined || isContainer(shape, a)) && (b === undefined || isContainer(shape, b)) && !(a == null && b == null)
  if (shape === 'leaf' || !containers || (shape === 'any' && !isRecord(a) && !isRecord(b))) {
    if (a === undefined) insert(out.added, path)
    else if (b === undefined) insert(out.removed, path)
    else if (!sameJson(a, b)) insert(out.modified, path)
    return
  }
  if (shape === 'list' || shape === 'set') compareLists(place, a, b, path, out)
  else {
    const [before, after] = [a ?? {}, b ?? {}]
    for (const key in after) {
      if (after[key] === before[key]) continue
      path.push(`f:${key}`)
      compareAt(childOf(place, key), before[key], after[key], path, out)
      path.pop()
    }
    for (const key in before) {
      if (key in after) continue
      path.push(`f:${key}`)
      compareAt(childOf(place, key), before[key], undefined, path, out)
      path.pop()
    }
  }
  if (path.length === 0) return
  if (a === undefined) insert(out.added, path)
  else if (b === undefined) insert(out.removed, path)
}

function compareLists(place: Place, a: any[] | null | undefined, b: any[] | null | undefined, path: string[], out: Comparison): void {
  const item = childOf(place, '')
  const before = new Map<string, any>()
  for (const value of a ?? []) before.set(elementOf(place, value), value)
  const seen = new Set<string>()
  for (const value of b ?? []) {
    const element = elementOf(place, value)
    seen.add(element)
    path.push(element)
    compareAt(item, before.get(element), value, path, out)
    path.pop()
  }
  for (const [element, value] of before) {
    if (seen.has(element)) continue
    path.push(element)
    compareAt(item, value, undefined, path, out)
    path.pop()
  }
}

/** All fields of a configuration: what its applier comes to own. */
export function fieldsOf(root: Place, value: any): FieldSet {
  const set: FieldSet = {}
  collect(root, value, [], set)
  return finished(set)
}

function collect(place: Place, value: any, path: string[], set: FieldSet): void {
  const shape = shapeOf(place)
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
  const shape = shapeOf(place)
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
  const shape = shapeOf(place)
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
