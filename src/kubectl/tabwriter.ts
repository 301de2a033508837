// tabwriter.ts: text whose tab-ended cells stand in columns: a column is as wide as its widest cell in neighbouring lines.
// Models Go's text/tabwriter
// Differs: padding is always spaces, and text is always to the left

/** Lays out text; `minWidth` of a cell with its padding. kubectl's tables have minWidth 6 and padding 3, describe 0 and 2. */
export function align(text: string, padding = 2, minWidth = 0): string {
  const lines = text.split('\n').map(line => line.split('\t'))
  const out: string[] = new Array(lines.length)
  const widths: number[] = []
  const write = (from: number, to: number): void => {
    for (let i = from; i < to; i++)
      out[i] = lines[i]!.map((cell, j) => (j < widths.length ? cell.padEnd(cell.length + Math.max(0, widths[j]! - widthOf(cell))) : cell)).join('')
  }
  const format = (from: number, to: number): void => {
    const column = widths.length
    let begin = from
    for (let i = from; i < to; i++) {
      if (column >= lines[i]!.length - 1) continue
      write(begin, i)
      begin = i
      let width = minWidth
      for (; i < to && column < lines[i]!.length - 1; i++) width = Math.max(width, widthOf(lines[i]![column]!) + padding)
      widths.push(width)
      format(begin, i)
      widths.pop()
      begin = i
    }
    write(begin, to)
  }
  format(0, lines.length)
  return out.join('\n')
}

/** Characters, as Go counts runes. */
const widthOf = (text: string): number => {
  let n = 0
  for (const _ of text) n++
  return n
}
