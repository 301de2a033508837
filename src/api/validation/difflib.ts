// difflib.ts: unified differences of lines, by the longest runs that both have in common.
// Models github.com/pmezard/go-difflib/difflib
// Differs: nothing known

const CONTEXT = 3
const MANY_LINES = 200 // Of so many lines those that occur in more than one of a hundred start no run.

interface Match {
  a: number
  b: number
  size: number
}

/** A run of lines that both have, or one that takes another's place. */
interface Change {
  equal: boolean
  a0: number
  a1: number
  b0: number
  b1: number
}

/** Hunks with three lines around each; '' if there is no difference. */
export function unifiedDiff(a: string[], b: string[]): string {
  return groups(changesOf(a, b))
    .map(group => {
      const [first, last] = [group[0]!, group[group.length - 1]!]
      const lines = group.flatMap(({ equal, a0, a1, b0, b1 }) => {
        if (equal) return a.slice(a0, a1).map(line => ` ${line}\n`)
        return [...a.slice(a0, a1).map(line => `-${line}\n`), ...b.slice(b0, b1).map(line => `+${line}\n`)]
      })
      return `@@ -${range(first.a0, last.a1)} +${range(first.b0, last.b1)} @@\n${lines.join('')}`
    })
    .join('')
}

function range(from: number, to: number): string {
  const length = to - from
  return length === 1 ? `${from + 1}` : `${length === 0 ? from : from + 1},${length}`
}

function changesOf(a: string[], b: string[]): Change[] {
  const places = placesOf(b)
  const changes: Change[] = []
  let [i, j] = [0, 0]
  for (const match of [...joined(matches(a, b, places, 0, a.length, 0, b.length)), { a: a.length, b: b.length, size: 0 }]) {
    if (i < match.a || j < match.b) changes.push({ equal: false, a0: i, a1: match.a, b0: j, b1: match.b })
    i = match.a + match.size
    j = match.b + match.size
    if (match.size > 0) changes.push({ equal: true, a0: match.a, a1: i, b0: match.b, b1: j })
  }
  return changes
}

/** Where each line stands, without those that stand everywhere. */
function placesOf(lines: string[]): Map<string, number[]> {
  const places = new Map<string, number[]>()
  for (const [i, line] of lines.entries()) {
    const list = places.get(line)
    if (list === undefined) places.set(line, [i])
    else list.push(i)
  }
  if (lines.length < MANY_LINES) return places
  const often = Math.floor(lines.length / 100) + 1
  for (const [line, list] of places) if (list.length > often) places.delete(line)
  return places
}

function matches(a: string[], b: string[], places: Map<string, number[]>, a0: number, a1: number, b0: number, b1: number): Match[] {
  const match = longest(a, b, places, a0, a1, b0, b1)
  if (match.size === 0) return []
  const before = a0 < match.a && b0 < match.b ? matches(a, b, places, a0, match.a, b0, match.b) : []
  const [a2, b2] = [match.a + match.size, match.b + match.size]
  const after = a2 < a1 && b2 < b1 ? matches(a, b, places, a2, a1, b2, b1) : []
  return [...before, match, ...after]
}

function longest(a: string[], b: string[], places: Map<string, number[]>, a0: number, a1: number, b0: number, b1: number): Match {
  const best: Match = { a: a0, b: b0, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = a0; i < a1; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i]!) ?? []) {
      if (j < b0) continue
      if (j >= b1) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) Object.assign(best, { a: i - size + 1, b: j - size + 1, size })
    }
    lengths = next
  }
  while (best.a > a0 && best.b > b0 && a[best.a - 1] === b[best.b - 1]) {
    best.a--
    best.b--
    best.size++
  }
  while (best.a + best.size < a1 && best.b + best.size < b1 && a[best.a + best.size] === b[best.b + best.size]) best.size++
  return best
}

/** Runs that touch are one. */
function joined(list: Match[]): Match[] {
  const out: Match[] = []
  for (const match of list) {
    const last = out[out.length - 1]
    if (last !== undefined && last.a + last.size === match.a && last.b + last.size === match.b) last.size += match.size
    else out.push({ ...match })
  }
  return out
}

/** Changes with what stands around them, apart where more than that lies between. */
function groups(changes: Change[]): Change[][] {
  if (changes.every(({ equal }) => equal)) return []
  const list = changes.map((change, i): Change => {
    if (!change.equal) return change
    if (i === 0) return { ...change, a0: Math.max(change.a0, change.a1 - CONTEXT), b0: Math.max(change.b0, change.b1 - CONTEXT) }
    if (i < changes.length - 1) return change
    return { ...change, a1: Math.min(change.a1, change.a0 + CONTEXT), b1: Math.min(change.b1, change.b0 + CONTEXT) }
  })
  const out: Change[][] = []
  let group: Change[] = []
  for (const change of list) {
    if (change.equal && change.a1 - change.a0 > 2 * CONTEXT) {
      out.push([...group, { ...change, a1: change.a0 + CONTEXT, b1: change.b0 + CONTEXT }])
      group = [{ ...change, a0: change.a1 - CONTEXT, b0: change.b1 - CONTEXT }]
    } else group.push(change)
  }
  return group.length === 0 || (group.length === 1 && group[0]!.equal) ? out : [...out, group]
}
