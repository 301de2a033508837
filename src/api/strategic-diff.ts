// strategic-diff.ts: strategic merge patches: making them, from two or three versions of an object.
// Models k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (diffMaps, CreateThreeWayMergePatch)
// Differs: nothing known

import { isRecord, sameJson } from './patch.ts'
import { structOf } from './schema.ts'
import type { Meta } from './strategic.ts'
import {
  DELETE_FROM_LIST,
  DIRECTIVE,
  deduplicate,
  elementKind,
  kindOf,
  lookup,
  mergeMap,
  normalizeSliceOrder,
  PatchRefusal,
  RETAIN_KEYS,
  requireKey,
  SET_ORDER,
} from './strategic.ts'

type Patch = Record<string, any>

interface DiffOptions {
  setElementOrder: boolean
  ignoreChangesAndAdditions?: boolean
  ignoreDeletions?: boolean
  retainKeys?: boolean
}

/** The patch that makes `modified` of `original`, both of struct `id` (`apps/v1.Deployment`); or upstream's error text. */
export function createTwoWayMergePatch(id: string, original: Patch, modified: Patch): { value: Patch } | { error: string } {
  return refusals(() => diffMaps(original, modified, { struct: structOf(id) }, { setElementOrder: true }))
}

/** What kubectl apply sends: changes from current to modified, deletions from original (what was applied last) to modified. */
export function createThreeWayMergePatch(id: string, original: Patch | undefined, modified: Patch, current: Patch): { value: Patch } | { error: string } {
  return refusals(() => {
    const meta: Meta = { struct: structOf(id) }
    const changes = diffMaps(current, modified, meta, { setElementOrder: true, ignoreDeletions: true })
    const deletions = diffMaps(original ?? {}, modified, meta, { setElementOrder: true, ignoreChangesAndAdditions: true })
    return mergeMap(deletions, changes, meta, { mergeParallelLists: false, ignoreUnmatchedNulls: false })
  })
}

function refusals(make: () => Patch): { value: Patch } | { error: string } {
  try {
    return { value: make() }
  } catch (refusal) {
    if (refusal instanceof PatchRefusal) return { error: refusal.message }
    throw refusal
  }
}

function diffMaps(original: Patch, modified: Patch, meta: Meta, options: DiffOptions): Patch {
  const patch: Patch = {}
  const retained: string[] = []
  for (const key of Object.keys(modified)) {
    const next = modified[key]
    if (options.retainKeys && next !== null) retained.push(key)
    if (!(key in original)) {
      if (!options.ignoreChangesAndAdditions) patch[key] = next
      continue
    }
    const old = original[key]
    if (key === DIRECTIVE) {
      if (typeof old !== 'string' || typeof next !== 'string') throw new PatchRefusal(`invalid value for special key: ${DIRECTIVE}`)
      if (old !== next) patch[key] = next
    } else if (kindOf(old) !== kindOf(next)) {
      if (!options.ignoreChangesAndAdditions) patch[key] = next
    } else if (isRecord(next)) diffField(key, old, next, patch, meta, options)
    else if (Array.isArray(next)) diffList(key, old, next, patch, meta, options)
    else replaceIfChanged(key, old, next, patch, options)
  }
  if (!options.ignoreDeletions) for (const key of Object.keys(original)) if (!(key in modified)) patch[key] = null
  const dropped = (): boolean => Object.keys(original).some(key => original[key] !== null && !(key in modified))
  if (retained.length > 0 && (Object.keys(patch).length > 0 || dropped())) patch[RETAIN_KEYS] = retained.sort()
  return patch
}

function diffField(key: string, old: Patch, next: Patch, patch: Patch, meta: Meta, options: DiffOptions): void {
  const { strategy, retain, inner } = lookup(meta, key)
  if (strategy === 'replace') {
    if (!options.ignoreChangesAndAdditions) patch[key] = next
    return
  }
  const changes = diffMaps(old, next, inner, { ...options, retainKeys: retain })
  if (Object.keys(changes).length > 0) patch[key] = changes
}

function diffList(key: string, old: any[], next: any[], patch: Patch, meta: Meta, options: DiffOptions): void {
  const { strategy, retain, inner, mergeKey } = lookup(meta, key)
  if (strategy !== 'merge') {
    replaceIfChanged(key, old, next, patch, options)
    return
  }
  const { add, remove, order } = diffLists(old, next, inner, mergeKey, { ...options, retainKeys: retain })
  if (add.length > 0) patch[key] = add
  if (remove.length > 0) patch[`${DELETE_FROM_LIST}/${key}`] = remove
  if (order.length > 0) patch[`${SET_ORDER}/${key}`] = order
}

function replaceIfChanged(key: string, old: unknown, next: unknown, patch: Patch, options: DiffOptions): void {
  if (!options.ignoreChangesAndAdditions && !sameJson(old, next)) patch[key] = next
}

interface ListDiff {
  add: any[]
  remove: any[]
  order: any[]
}

function diffLists(old: any[], next: any[], meta: Meta, mergeKey: string, options: DiffOptions): ListDiff {
  if (old.length === 0) return { add: options.ignoreChangesAndAdditions ? [] : next, remove: [], order: [] }
  if (elementKind(old, next) === 'map') {
    const { add, remove } = diffListsOfMaps(old, next, meta, mergeKey, options)
    const patchList = [...normalizeSliceOrder(add, next, mergeKey), ...remove]
    const sameOrder = old.length === next.length && next.every((item, i) => requireKey(old[i], mergeKey) === requireKey(item, mergeKey))
    const wanted = (!options.ignoreChangesAndAdditions && (patchList.length > 0 || !sameOrder)) || (!options.ignoreDeletions && patchList.length > 0)
    return { add: patchList, remove: [], order: options.setElementOrder && wanted ? next.map(item => ({ [mergeKey]: item[mergeKey] })) : [] }
  }
  const { add, remove } = diffListsOfScalars(old, next, options)
  const wanted = (!options.ignoreDeletions && remove.length > 0) || (!options.ignoreChangesAndAdditions && !sameJson(old, next))
  return { add: normalizeSliceOrder(add, next, mergeKey), remove, order: options.setElementOrder && wanted ? next : [] }
}

function diffListsOfMaps(old: any[], next: any[], meta: Meta, mergeKey: string, options: DiffOptions): { add: any[]; remove: any[] } {
  const add: any[] = []
  const remove: any[] = []
  const left = byText(old, item => requireKey(item, mergeKey))
  const right = byText(next, item => requireKey(item, mergeKey))
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    const mine = i < left.length ? String(left[i][mergeKey]) : undefined
    const theirs = j < right.length ? String(right[j][mergeKey]) : undefined
    if (mine !== undefined && theirs !== undefined && mine === theirs) {
      const changes = diffMaps(left[i], right[j], meta, options)
      if (Object.keys(changes).length > 0) add.push({ ...changes, [mergeKey]: right[j][mergeKey] })
      i++
      j++
    } else if (theirs !== undefined && (mine === undefined || mine > theirs)) {
      if (!options.ignoreChangesAndAdditions) add.push(right[j])
      j++
    } else {
      if (!options.ignoreDeletions) remove.push({ [mergeKey]: left[i][mergeKey], [DIRECTIVE]: 'delete' })
      i++
    }
  }
  return { add, remove }
}

function diffListsOfScalars(old: any[], next: any[], options: DiffOptions): { add: any[]; remove: any[] } {
  const add: any[] = []
  const remove: any[] = []
  const left = byText(old, item => item)
  const right = byText(next, item => item)
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    const mine = i < left.length ? String(left[i]) : undefined
    const theirs = j < right.length ? String(right[j]) : undefined
    if (mine !== undefined && mine === theirs) {
      i++
      j++
    } else if (theirs !== undefined && (mine === undefined || mine > theirs)) {
      if (!options.ignoreChangesAndAdditions) add.push(right[j])
      j++
    } else {
      if (!options.ignoreDeletions) remove.push(left[i])
      i++
    }
  }
  return { add, remove: deduplicate(remove) }
}

function byText(list: any[], key: (item: any) => unknown): any[] {
  return list
    .map((item, i) => ({ item, i, text: String(key(item)) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.i - b.i))
    .map(({ item }) => item)
}
