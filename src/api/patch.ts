// patch.ts: JSON patches and JSON merge patches. Strategic merge patches are in strategic.ts.
// Models RFC 6902, RFC 7386 and k8s.io/apiserver/pkg/endpoints/handlers/patch.go
// Differs: nothing known

/** Most operations of one JSON patch. */
export const JSON_PATCH_OPERATIONS_MAX = 10_000

export interface JsonPatchOperation {
  op: string
  path: string
  from?: string
  value?: unknown
}

/** The patched value; or the reason, which the API server never tells (it answers `unprocessable()`). Undecodable patches: `decoding`. */
export function applyJsonPatch(document: any, patch: unknown): { value: any } | { error: string; decoding?: true } {
  if (!Array.isArray(patch)) {
    return {
      error: `json: cannot unmarshal ${typeof patch === 'object' ? 'object' : typeof patch} into Go value of type []handlers.jsonPatchOp`,
      decoding: true,
    }
  }
  let value = document
  for (const operation of patch as JsonPatchOperation[]) {
    const next = applyOne(value, operation)
    if ('error' in next) return next
    value = next.value
  }
  return { value }
}

/** RFC 7386: null deletes, objects merge, everything else replaces. */
export function applyMergePatch(target: any, patch: any): any {
  if (!isRecord(patch)) return patch
  const out: Record<string, any> = isRecord(target) ? { ...target } : {}
  for (const key of Object.keys(patch)) {
    if (patch[key] === null) delete out[key]
    else set(out, key, applyMergePatch(out[key], patch[key]))
  }
  return out
}

/** The merge patch that makes `modified` of `original`. */
export function createMergePatch(original: any, modified: any): Record<string, any> {
  const patch: Record<string, any> = {}
  for (const key of Object.keys(modified)) {
    if (!(key in original)) set(patch, key, modified[key])
    else if (isRecord(original[key]) && isRecord(modified[key])) {
      const inner = createMergePatch(original[key], modified[key])
      if (Object.keys(inner).length > 0) patch[key] = inner
    } else if (!sameJson(original[key], modified[key])) patch[key] = modified[key]
  }
  for (const key of Object.keys(original)) if (!(key in modified)) patch[key] = null
  return patch
}

/** What kubectl apply sends for kinds without a schema: additions and changes from current to modified, deletions from original to modified. */
export function createThreeWayJsonMergePatch(original: any, modified: any, current: any): Record<string, any> {
  const changes = keep(createMergePatch(current, modified), value => value !== null)
  const deletions = keep(createMergePatch(original ?? {}, modified), value => value === null)
  return applyKeepingNulls(deletions, changes)
}

/** Equal as JSON: key order does not count. */
export function sameJson(a: any, b: any): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a)) {
    if (a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!sameJson(a[i], b[i])) return false
    return true
  }
  let keys = 0
  for (const key in a) {
    if (!(key in b) || !sameJson(a[key], b[key])) return false
    keys++
  }
  for (const _ in b) keys--
  return keys === 0
}

export function isRecord(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function applyOne(document: any, operation: JsonPatchOperation): { value: any } | { error: string } {
  if (!isRecord(operation) || typeof operation.path !== 'string') return { error: 'missing path' }
  const path = pointer(operation.path)
  if (path === undefined) return { error: `invalid path ${operation.path}` }
  switch (operation.op) {
    case 'add':
      return 'value' in operation ? edit(document, path, () => ({ put: operation.value, insert: true })) : { error: 'missing value' }
    case 'replace':
      return edit(document, path, old => (old === undefined ? undefined : { put: operation.value ?? null, insert: false }))
    case 'remove':
      return edit(document, path, old => (old === undefined ? undefined : { remove: true }))
    case 'test': {
      const found = lookup(document, path)
      return sameJson(found === undefined ? null : found, operation.value ?? null) ? { value: document } : { error: `testing value ${operation.path} failed` }
    }
    case 'move':
    case 'copy': {
      const from = pointer(operation.from ?? '')
      const value = from === undefined ? undefined : lookup(document, from)
      if (from === undefined || value === undefined) return { error: `missing ${operation.from}` }
      const base = operation.op === 'move' ? edit(document, from, () => ({ remove: true })) : { value: document }
      return 'error' in base ? base : edit(base.value, path, () => ({ put: value, insert: true }))
    }
    default:
      return { error: `unexpected kind ${operation.op}` }
  }
}

type Edit = { put: unknown; insert: boolean } | { remove: true } | undefined

/** Changes the value at a path in a copy that shares the rest. */
function edit(document: any, path: string[], decide: (old: unknown) => Edit): { value: any } | { error: string } {
  const [key, ...rest] = path
  if (key === undefined) {
    const made = decide(document)
    return made === undefined || 'remove' in made ? { error: 'cannot change the whole document' } : { value: made.put }
  }
  const missing = { error: `missing path ${path.join('/')}` }
  if (Array.isArray(document)) {
    const index = key === '-' ? document.length : /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1
    if (index < 0 || index > document.length) return missing
    const copy = [...document]
    if (rest.length > 0) {
      if (index >= copy.length) return missing
      const inner = edit(copy[index], rest, decide)
      if ('error' in inner) return inner
      copy[index] = inner.value
      return { value: copy }
    }
    const made = decide(copy[index])
    if (made === undefined) return missing
    if ('remove' in made) {
      if (index >= copy.length) return missing
      copy.splice(index, 1)
    } else if (made.insert) copy.splice(index, 0, made.put)
    else copy[index] = made.put
    return { value: copy }
  }
  if (!isRecord(document)) return missing
  const own = Object.hasOwn(document, key)
  const copy = { ...document }
  if (rest.length > 0) {
    if (!own) return missing
    const inner = edit(document[key], rest, decide)
    if ('error' in inner) return inner
    set(copy, key, inner.value)
    return { value: copy }
  }
  const made = decide(own ? document[key] : undefined)
  if (made === undefined || ('remove' in made && !own)) return missing
  if ('remove' in made) delete copy[key]
  else set(copy, key, made.put)
  return { value: copy }
}

function lookup(document: any, path: string[]): unknown {
  let value = document
  for (const key of path) {
    if (Array.isArray(value)) value = /^(0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined
    else value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
    if (value === undefined) return undefined
  }
  return value
}

/** `/a/b~1c` → ['a', 'b/c']; the empty text is the whole document. */
function pointer(text: string): string[] | undefined {
  if (text === '') return []
  if (!text.startsWith('/')) return undefined
  return text
    .slice(1)
    .split('/')
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Keys such as `__proto__` become plain properties. */
function set(record: Record<string, any>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  else record[key] = value
}

/** The leaves of a patch that pass, with the objects around them. */
function keep(patch: Record<string, any>, pass: (value: unknown) => boolean): Record<string, any> {
  const out: Record<string, any> = {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (isRecord(value)) {
      const inner = keep(value, pass)
      if (Object.keys(inner).length > 0 || (Object.keys(value).length === 0 && pass(value))) out[key] = inner
    } else if (pass(value)) out[key] = value
  }
  return out
}

function applyKeepingNulls(base: Record<string, any>, over: Record<string, any>): Record<string, any> {
  const out = { ...base }
  for (const key of Object.keys(over)) out[key] = isRecord(out[key]) && isRecord(over[key]) ? applyKeepingNulls(out[key], over[key]) : over[key]
  return out
}
