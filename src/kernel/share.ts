// share.ts: marks values that nobody changes any more, so that copies of a world share them.
// Models nothing of any one domain
// Differs: nothing known

const shared = new WeakSet<object>()

/** Marks a value as immutable for ever, and returns it. Copies of the world hold the same value. */
export function share<T>(value: T): T {
  if (typeof value === 'object' && value !== null) shared.add(value)
  return value
}

/** Copies plain data, Maps, Sets and typed arrays; shares what is marked. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || shared.has(value)) return value
  if (Array.isArray(value)) {
    const out: unknown[] = new Array(value.length)
    for (let i = 0; i < value.length; i++) out[i] = copy(value[i])
    return out as T
  }
  if (value instanceof Map) {
    const out = new Map()
    for (const [k, v] of value) out.set(k, copy(v))
    return out as T
  }
  if (value instanceof Set) return new Set(value) as T
  if (ArrayBuffer.isView(value)) return (value as any).slice()
  const out: Record<string, unknown> = {}
  for (const key in value) out[key] = copy((value as Record<string, unknown>)[key])
  return out as T
}
