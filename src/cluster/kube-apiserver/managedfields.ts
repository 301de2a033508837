// managedfields.ts: who owns which field: written down with every change.
// Models k8s.io/apimachinery/pkg/util/managedfields/internal/{fieldmanager,structuredmerge,managedfieldsupdater,capmanagers,stripmeta}.go
// Differs: fields are compared in the version of the request only

import { decode } from '../../api/decode.ts'
import type { KubeObject, ManagedFieldsEntry } from '../../api/object.ts'
import { isRecord } from '../../api/patch.ts'
import type { ResourceType } from '../../api/resources.ts'
import { structIdOf } from '../../api/schema.ts'
import { resetFields } from '../../api/strategy.ts'
import { rfc3339 } from '../../api/time.ts'
import { compare, type Ignored, rootOf } from './managedfields/compare.ts'
import { covers, difference, type FieldSet, finished, insert, intersection, isEmpty, newDraft, union } from './managedfields/fieldset.ts'
import { versionOf } from './versions.ts'

const UPDATES_MAX = 10 // More managers than that are merged into one.
const ANCIENT = 'ancient-changes'

const NEVER = ['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion']
/** Fields that nobody owns. */
const STRIPPED: FieldSet = { 'f:apiVersion': {}, 'f:kind': {}, 'f:metadata': { '.': {}, ...Object.fromEntries(NEVER.map(name => [`f:${name}`, {}])) } }

/** The fields that no one comes to own by a request to this subresource. */
export function ignoredFields(kind: string, subresource: string): FieldSet {
  const key = `${kind}/${subresource}`
  let set = ignored.get(key)
  if (set === undefined) {
    set = STRIPPED
    for (const path of resetFields(kind, subresource)) {
      const one = newDraft()
      insert(
        one,
        path.map(name => `f:${name}`),
      )
      set = union(set, finished(one))
    }
    ignored.set(key, set)
  }
  return set
}
const ignored = new Map<string, FieldSet>()

/** The same as a tree of names. */
function ignoredNames(kind: string, subresource: string): Ignored {
  const set = ignoredFields(kind, subresource)
  let names = ignoredTrees.get(set)
  if (names === undefined) {
    names = namesIn(set)
    ignoredTrees.set(set, names)
  }
  return names
}
const ignoredTrees = new Map<FieldSet, Ignored>()

function namesIn(set: FieldSet): Ignored {
  const names: Ignored = {}
  for (const key in set) names[key === '.' ? key : key.slice(2)] = isEmpty(set[key]) ? true : namesIn(set[key])
  return names
}

/** Drops ignored fields, with all that is below them. */
export function stripped(set: FieldSet, ignore: FieldSet): FieldSet {
  const out = cut(set, ignore)
  return out ?? {}
}

function cut(set: FieldSet, ignore: FieldSet): FieldSet | undefined {
  let out = set
  for (const key in ignore) {
    if (key === '.' || set[key] === undefined) continue
    const leaf = isEmpty(ignore[key])
    const next = leaf ? undefined : cut(set[key], ignore[key])
    if (next === set[key]) continue
    if (out === set) out = { ...set }
    if (next === undefined || isEmpty(next)) delete out[key]
    else out[key] = next
  }
  if ('.' in ignore && '.' in out) {
    out = { ...out }
    delete out['.']
  }
  return out !== set && isEmpty(out) ? undefined : out
}

const empties = new Map<string, any>()

/** An object of the kind in which nothing is set, as the server prints it. */
export function emptyOf(type: ResourceType): any {
  const id = structIdOf(type)
  if (id === undefined) return {}
  let empty = empties.get(id)
  if (empty === undefined) {
    const decoded = decode<any>(id, {})
    empty = 'error' in decoded ? {} : decoded.value
    empties.set(id, empty)
  }
  return empty
}

/** The new object, with its maker as manager of all its fields. */
export function recordCreate(type: ResourceType, object: KubeObject, manager: string, subresource: string, now: number): KubeObject {
  const given = subresource === '' ? object.metadata.managedFields : undefined
  const before = given === undefined || isReset(given) ? NONE : (readable(given) ?? NONE)
  return withEntries(object, account(type, before, emptyOf(type), object, manager, subresource, now))
}

/** The changed object, with the manager owning what it changed; others lose that. */
export function recordUpdate(type: ResourceType, old: KubeObject, object: KubeObject, manager: string, subresource: string, now: number): KubeObject {
  return withEntries(object, entriesAfter(type, old, object, manager, subresource, now) ?? [])
}

/** The managers of a changed object; undefined if nobody keeps account. What a request says of them itself holds, if it can be read. */
export function entriesAfter(
  type: ResourceType,
  old: KubeObject,
  object: KubeObject,
  manager: string,
  subresource: string,
  now: number,
): ManagedFieldsEntry[] | undefined {
  const given = object.metadata.managedFields
  const known = old.metadata.managedFields
  const own = given !== undefined && given !== known && subresource === ''
  if (own && isReset(given)) return undefined
  const before = own ? (readable(given) ?? known) : known
  return before === undefined ? undefined : account(type, before, old, object, manager, subresource, now)
}

const NONE: ManagedFieldsEntry[] = []

/** One empty entry: nobody is to keep account any more. */
const isReset = (entries: ManagedFieldsEntry[]): boolean => entries.length === 1 && isEmpty(entries[0] as any)

/** Managers as somebody wrote them, the last of those that are the same; undefined if they cannot be read. */
function readable(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] | undefined {
  const found = new Map<string, ManagedFieldsEntry>()
  for (const { manager = '', operation, apiVersion = '', time, fieldsType, fieldsV1 = {}, subresource = '' } of entries as Partial<ManagedFieldsEntry>[]) {
    if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === '' || fieldsType !== 'FieldsV1' || !isFieldSet(fieldsV1)) return undefined
    const entry = { ...entryOf(manager, apiVersion, fieldsV1, subresource, undefined, operation), ...(time === undefined ? {} : { time }) }
    found.set(JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]), entry)
  }
  return found.size === 0 ? undefined : [...found.values()]
}

const isFieldSet = (set: unknown): set is FieldSet =>
  isRecord(set) && Object.keys(set).every(key => key === '.' || (/^(f:.|i:-?\d+$|[kv]:)/.test(key) && isJson(key.slice(2), key[0]!) && isFieldSet(set[key])))

/** What a key or value of a list holds has to be JSON; other parts are names. */
function isJson(text: string, part: string): boolean {
  if (part !== 'k' && part !== 'v') return true
  try {
    return part === 'v' ? JSON.parse(text) !== undefined : isRecord(JSON.parse(text))
  } catch {
    return false
  }
}

/** The managers after a change. */
function account(
  type: ResourceType,
  before: ManagedFieldsEntry[],
  old: KubeObject,
  object: KubeObject,
  manager: string,
  subresource: string,
  now: number,
): ManagedFieldsEntry[] {
  const { added, modified, removed: gone } = compare(rootOf(structIdOf(type)), old, object, ignoredNames(type.kind, subresource))
  const taken = union(added, modified)
  if (isEmpty(taken) && isEmpty(gone)) return sorted(before)
  const apiVersion = versionOf(type)
  const mine = before.find(e => isOf(e, manager, apiVersion, subresource))
  const others: ManagedFieldsEntry[] = []
  for (const entry of before) {
    if (entry === mine) continue
    const left = difference(difference(entry.fieldsV1, taken), gone)
    if (left === entry.fieldsV1) others.push(entry)
    else if (!isEmpty(left)) others.push({ ...entry, fieldsV1: left })
  }
  const had = mine === undefined ? {} : difference(mine.fieldsV1, gone)
  const fields = isEmpty(taken) ? had : covers(had, taken) ? had : union(had, taken)
  if (!isEmpty(fields)) others.push(isEmpty(taken) && mine ? { ...mine, fieldsV1: fields } : entryOf(manager, apiVersion, fields, subresource, now))
  return sorted(capped(others))
}

const isOf = (entry: ManagedFieldsEntry, manager: string, apiVersion: string, subresource: string): boolean =>
  entry.operation === 'Update' && entry.manager === manager && entry.apiVersion === apiVersion && (entry.subresource ?? '') === subresource

export function entryOf(
  manager: string,
  apiVersion: string,
  fieldsV1: FieldSet,
  subresource: string,
  now: number | undefined,
  operation: 'Apply' | 'Update' = 'Update',
): ManagedFieldsEntry {
  return {
    manager,
    operation,
    apiVersion,
    ...(now === undefined ? {} : { time: rfc3339(now) }),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource === '' ? {} : { subresource }),
  }
}

export function withEntries(object: KubeObject, entries: ManagedFieldsEntry[]): KubeObject {
  const { metadata } = object
  if (metadata.managedFields === entries || (metadata.managedFields === undefined && entries.length === 0)) return object
  const next: any = {}
  for (const key in metadata) if (key !== 'managedFields') next[key] = (metadata as any)[key]
  if (entries.length > 0) next.managedFields = entries
  return { ...object, metadata: next }
}

/** Apply before Update, then by time, manager, version, subresource. */
export function sorted(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  for (let i = 1; i < entries.length; i++) if (order(entries[i - 1]!, entries[i]!) > 0) return [...entries].sort(order)
  return entries
}

function order(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    byUnit(a.operation, b.operation) ||
    byUnit(a.time ?? '', b.time ?? '') ||
    byUnit(a.manager, b.manager) ||
    byUnit(a.apiVersion, b.apiVersion) ||
    byUnit(a.subresource ?? '', b.subresource ?? '')
  )
}

const byUnit = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

/** The oldest managers become one when there are too many. */
function capped(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  if (entries.length <= UPDATES_MAX) return entries
  const updates = sorted(entries.filter(e => e.operation === 'Update'))
  let surplus = updates.length - UPDATES_MAX
  if (surplus <= 0) return entries
  let out = entries
  for (const entry of updates) {
    if (surplus <= 0) break
    const bucket = out.find(e => e.manager === ANCIENT && e.apiVersion === entry.apiVersion)
    if (entry === bucket) continue
    if (bucket === undefined) out = out.map(e => (e === entry ? { ...e, manager: ANCIENT, subresource: undefined } : e))
    else {
      out = out.filter(e => e !== entry).map(e => (e === bucket ? { ...e, fieldsV1: union(e.fieldsV1, entry.fieldsV1) } : e))
      surplus--
    }
  }
  return out.map(e => (e.subresource === undefined ? entryWithout(e) : e))
}

function entryWithout(entry: ManagedFieldsEntry): ManagedFieldsEntry {
  if (!('subresource' in entry)) return entry
  const { subresource: _, ...rest } = entry
  return rest
}

/** Owners of fields that the change touches: with whom an apply is at odds. */
export const touched = (entry: ManagedFieldsEntry, changed: FieldSet): FieldSet => intersection(entry.fieldsV1, changed)
