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

/** Puts a path into the set, in place. */
export function insert(set: FieldSet, path: string[]): void {
  let node = set
  for (let i = 0; i < path.length; i++) {
    const key = path[i]!
    let next: FieldSet | undefined = node[key]
    if (next === undefined) {
      next = {}
      node[key] = next
      if (i < path.length - 1) next[HOLE] = true
    } else if (i === path.length - 1) {
      if (next[HOLE]) {
        delete next[HOLE]
        if (!isLeaf(next)) next['.'] = {}
      } else if (!isLeaf(next)) next['.'] = {}
    } else if (next[HOLE]) {
      // A place that is passed through, and not itself in the set.
    } else if (isLeaf(next)) next['.'] = {}
    node = next
  }
}

/** Marks nodes under construction that are no members. */
const HOLE = '\u0000'

/** The finished set of one made by `insert`. */
export function finished(set: FieldSet): FieldSet {
  for (const key in set) {
    if (key === HOLE) delete set[key]
    else if (key !== '.') finished(set[key])
  }
  return set
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isLeaf(a)) return b
  return isLeaf(b) ? a : join(a, b)
}

function join(a: FieldSet, b: FieldSet): FieldSet {
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
