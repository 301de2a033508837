// fieldset.ts: sets of fields, in the form in which managedFields shows them: a tree whose leaves, and nodes with '.', are in the set.
// Models sigs.k8s.io/structured-merge-diff/v6/fieldpath/{set,serialize}.go
// Differs: nothing known

/** `{ 'f:spec': { 'f:replicas': {} } }`; the empty root is the empty set. */
export type FieldSet = Record<string, any>

const isLeaf = (node: FieldSet): boolean => {
  for (const _ in node) return false
  return true
}
export const isEmpty = isLeaf
const isMember = (node: FieldSet): boolean => isLeaf(node) || '.' in node

/** A set under construction: what is below it, in the order in which it came. `.` stands among the keys where the node became a member beside others. */
export interface Draft {
  member: boolean
  keys: string[]
  below: Draft[]
}

export const newDraft = (): Draft => ({ member: false, keys: [], below: [] })
const DOT = newDraft()

/** Puts the first `length` elements of a path into the draft. */
export function insert(draft: Draft, path: string[], length = path.length): void {
  let node = draft
  for (let i = 0; i < length; i++) {
    const key = path[i]!
    let at = node.keys.length - 1
    if (at >= 0 && node.keys[at] !== key) at = node.keys.indexOf(key)
    let next = node.below[at]
    const isLast = i === length - 1
    if (next === undefined) {
      next = { member: isLast, keys: [], below: [] }
      node.keys.push(key)
      node.below.push(next)
    } else if (isLast ? !next.member && next.keys.length > 0 : next.member && next.keys.length === 0) {
      next.member = true
      next.keys.push('.')
      next.below.push(DOT)
    } else if (isLast) next.member = true
    node = next
  }
}

/** The set that was drafted. */
export function finished({ keys, below }: Draft): FieldSet {
  if (keys.length === 0) return NOTHING
  const set: FieldSet = {}
  for (let i = 0; i < keys.length; i++) set[keys[i]!] = finished(below[i]!)
  return set
}

/** The empty set, which also is every leaf; nobody changes it. */
export const NOTHING: FieldSet = {}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isLeaf(a)) return b
  return isLeaf(b) ? a : join(a, b)
}

/** Members of either, neither being the root of an empty set. */
export function join(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a
  if (isLeaf(b)) return isMember(a) ? a : { '.': {}, ...a }
  let out = isLeaf(a) ? { '.': {} as FieldSet } : a
  for (const key in b) {
    const has = out[key as '.']
    const next = has === undefined ? b[key] : key === '.' ? has : join(has, b[key])
    if (next === has) continue
    if (out === a) out = { ...out }
    out[key as '.'] = next
  }
  return out
}

/** Members of `a` that are not in `b`; the same set if none is. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isLeaf(a) || isLeaf(b)) return a
  return without(a, b) ?? {}
}

function without(a: FieldSet, b: FieldSet, root = true): FieldSet | undefined {
  if (isLeaf(a)) return isMember(b) ? undefined : a
  let out = a
  for (const key in b) {
    if (key === '.' || a[key] === undefined) continue
    const next = without(a[key], b[key], false)
    if (next === a[key]) continue
    if (out === a) out = { ...a }
    if (next === undefined) delete out[key]
    else out[key] = next
  }
  if (!root && '.' in out && isMember(b)) {
    if (out === a) out = { ...a }
    delete out['.']
    if (isLeaf(out)) return undefined
  }
  if (out === a) return a
  if (isLeaf(out)) return root ? out : undefined
  return '.' in out && Object.keys(out).length === 1 ? {} : out
}

/** Members of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return isLeaf(a) || isLeaf(b) ? {} : (common(a, b, true) ?? {})
}

function common(a: FieldSet, b: FieldSet, root = false): FieldSet | undefined {
  const both = !root && isMember(a) && isMember(b)
  const out: FieldSet = {}
  let children = false
  for (const key in a) {
    if (key === '.' || b[key] === undefined) continue
    const next = common(a[key], b[key])
    if (next === undefined) continue
    out[key] = next
    children = true
  }
  if (!children) return both || root ? {} : undefined
  if (both) out['.'] = {}
  return out
}

/** Are all members of `b` in `a`? */
export function covers(a: FieldSet, b: FieldSet): boolean {
  for (const key in b) {
    if (key === '.') continue
    const mine = a[key]
    if (mine === undefined) return false
    if (isMember(b[key]) && !isMember(mine)) return false
    if (!isLeaf(b[key]) && !covers(mine, b[key])) return false
  }
  return true
}

/** Members as paths, in order. */
export function paths(set: FieldSet, at: string[] = []): string[][] {
  const found: string[][] = []
  for (const key of Object.keys(set).sort()) {
    if (key === '.') continue
    const path = [...at, key]
    if (isMember(set[key])) found.push(path)
    found.push(...paths(set[key], path))
  }
  return found
}

/** `.spec.template.spec.containers[name="web"].image` */
export function pathText(path: string[]): string {
  return path
    .map(element => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`
      if (element.startsWith('i:')) return `[${element.slice(2)}]`
      const keys = JSON.parse(element.slice(2)) as Record<string, unknown>
      return `[${Object.keys(keys)
        .sort()
        .map(key => `${key}=${JSON.stringify(keys[key])}`)
        .join(',')}]`
    })
    .join('')
}
