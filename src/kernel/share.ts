// share.ts: marks values that nobody changes any more, so that copies of a world share them.
// Models nothing of any one domain
// Differs: nothing known

/** To give private fields to values that others made: what extends this is the value itself. No copy, key or JSON shows such a field. */
export class Itself {
  constructor(value: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for
    return value
  }
}

/** The mark. A WeakSet would do the same at twenty times the price: the collector has to visit its every entry. */
class Shared extends Itself {
  #shared = true
  static has(value: object): boolean {
    return #shared in value
  }
}

/** Marks a value as immutable for ever, and returns it. Copies of the world hold the same value. */
export function share<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Shared.has(value) && Object.isExtensible(value)) new Shared(value)
  return value
}

/** Copies plain data, Maps, Sets and typed arrays; shares what is marked. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Shared.has(value)) return value
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
