// names.ts: names made of names: a wire `from>to`, a timer's `~type`. They are few and used by every message, so each is put together once.
// Models nothing of any one domain
// Differs: nothing known

const wires = new Map<string, Map<string, string>>()

export function wireOf(from: string, to: string): string {
  const row = wires.get(from)
  const known = row?.get(to)
  if (known !== undefined) return known
  const wire = `${from}>${to}`
  if (row) row.set(to, wire)
  else wires.set(from, new Map([[to, wire]]))
  return wire
}

const timed = new Map<string, string>()
const plain = new Map<string, string>()

/** The type under which a timer's message waits. */
export const timedType = (type: string): string => timed.get(type) ?? remember(timed, type, `~${type}`)

/** The type under which it is heard. */
export const plainType = (type: string): string => plain.get(type) ?? remember(plain, type, type.slice(1))

function remember(names: Map<string, string>, name: string, made: string): string {
  names.set(name, made)
  return made
}
