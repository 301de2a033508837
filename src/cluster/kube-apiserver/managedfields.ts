// managedfields.ts: who owns which field: written down with every change.
// Models k8s.io/apimachinery/pkg/util/managedfields/internal/{fieldmanager,structuredmerge,managedfieldsupdater,capmanagers,stripmeta}.go
// Differs: fields are compared in the version of the request only

import { decode } from '../../api/decode.ts'
import type { KubeObject, ManagedFieldsEntry } from '../../api/object.ts'
import type { ResourceType } from '../../api/resources.ts'
import { structIdOf } from '../../api/schema.ts'
import { resetFields } from '../../api/strategy.ts'
import { rfc3339 } from '../../api/time.ts'
import { compare, rootOf } from './managedfields/compare.ts'
import { covers, difference, type FieldSet, insert, intersection, isEmpty, union } from './managedfields/fieldset.ts'
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
      const one: FieldSet = {}
      insert(
        one,
        path.map(name => `f:${name}`),
      )
      set = union(set, cleared(one))
    }
    ignored.set(key, set)
  }
  return set
}
const ignored = new Map<string, FieldSet>()

const cleared = (set: FieldSet): FieldSet =>
  Object.fromEntries(Object.entries(set).flatMap(([key, value]) => (key === '\u0000' ? [] : [[key, cleared(value)]])))

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
  if (object.metadata.managedFields?.length === 1 && isEmpty(object.metadata.managedFields[0] as any)) return withEntries(object, [])
  const root = rootOf(structIdOf(type))
  const { added, modified } = compare(root, emptyOf(type), object)
  const fields = stripped(union(added, modified), ignoredFields(type.kind, subresource))
  const given = object.metadata.managedFields ?? []
  return withEntries(object, sorted(isEmpty(fields) ? given : merged(given, entryOf(manager, versionOf(type), fields, subresource, now))))
}

/** The changed object, with the manager owning what it changed; others lose that. */
export function recordUpdate(type: ResourceType, old: KubeObject, object: KubeObject, manager: string, subresource: string, now: number): KubeObject {
  const given = object.metadata.managedFields
  if (given !== undefined && given !== old.metadata.managedFields && given.length === 1 && isEmpty(given[0] as any)) return withEntries(object, [])
  const before = old.metadata.managedFields
  if (before === undefined) return given === undefined ? object : withEntries(object, [])
  const { added, modified, removed } = compare(rootOf(structIdOf(type)), old, object)
  const ignore = ignoredFields(type.kind, subresource)
  const taken = stripped(union(added, modified), ignore)
  const gone = stripped(removed, ignore)
  if (isEmpty(taken) && isEmpty(gone)) return withEntries(object, before)
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
  return withEntries(object, sorted(capped(others)))
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

function merged(entries: ManagedFieldsEntry[], entry: ManagedFieldsEntry): ManagedFieldsEntry[] {
  const same = entries.find(e => isOf(e, entry.manager, entry.apiVersion, entry.subresource ?? ''))
  if (same === undefined) return [...entries, entry]
  return entries.map(e => (e === same ? { ...entry, fieldsV1: union(e.fieldsV1, entry.fieldsV1) } : e))
}

export function withEntries(object: KubeObject, entries: ManagedFieldsEntry[]): KubeObject {
  if (object.metadata.managedFields === entries) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } }
}

/** Apply before Update, then by time, manager, version, subresource. */
export function sorted(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  if (entries.length < 2) return entries
  const order = (e: ManagedFieldsEntry): string[] => [e.operation, e.time ?? '', e.manager, e.apiVersion, e.subresource ?? '']
  return [...entries].sort((a, b) => {
    const [x, y] = [order(a), order(b)]
    for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i]! < y[i]! ? -1 : 1
    return 0
  })
}

/** The oldest managers become one when there are too many. */
function capped(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
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
