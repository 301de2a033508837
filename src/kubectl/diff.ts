// diff.ts: the difference of two texts, line by line.
// Models diff -u
// Differs: always the shortest edit script

const CONTEXT = 3

/** Hunks of a unified diff; '' where the texts are equal. */
export function unifiedDiff(from: string, to: string): string {
  const a = from === '' ? [] : from.replace(/\n$/, '').split('\n')
  const b = to === '' ? [] : to.replace(/\n$/, '').split('\n')
  const script = scriptOf(a, b)
  const out: string[] = []
  for (let i = 0; i < script.length; i++) {
    if (script[i]!.op === ' ') continue
    let end = i
    for (let j = i; j < script.length && j - end <= 2 * CONTEXT; j++) if (script[j]!.op !== ' ') end = j
    const first = Math.max(0, i - CONTEXT)
    const last = Math.min(script.length - 1, end + CONTEXT)
    const hunk = script.slice(first, last + 1)
    const before = script.slice(0, first)
    const [fromAt, toAt] = [before.filter(s => s.op !== '+').length, before.filter(s => s.op !== '-').length]
    const [fromLines, toLines] = [hunk.filter(s => s.op !== '+').length, hunk.filter(s => s.op !== '-').length]
    out.push(`@@ -${span(fromAt, fromLines)} +${span(toAt, toLines)} @@`, ...hunk.map(s => s.op + s.line))
    i = last
  }
  return out.length === 0 ? '' : `${out.join('\n')}\n`
}

const span = (at: number, lines: number): string => (lines === 1 ? String(at + 1) : `${lines === 0 ? at : at + 1},${lines}`)

interface Line {
  op: ' ' | '-' | '+'
  line: string
}

/** By the longest common subsequence. */
function scriptOf(a: string[], b: string[]): Line[] {
  const width = b.length + 1
  const length = new Int32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] = a[i] === b[j] ? length[(i + 1) * width + j + 1]! + 1 : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!)
  const out: Line[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ op: ' ', line: a[i]! })
      i++
      j++
    } else if (i < a.length && (j === b.length || length[(i + 1) * width + j]! >= length[i * width + j + 1]!)) out.push({ op: '-', line: a[i++]! })
    else out.push({ op: '+', line: b[j++]! })
  }
  return out
}
