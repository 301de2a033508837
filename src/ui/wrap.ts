// wrap.ts: breaks sentences into lines of a given width; words that are longer are cut hard.

import { widthOf } from './canvas.ts'
import { safe } from './safe.ts'

/** At most `max` lines; the last one ends in `cut` if more was said. */
export function wrap(text: string, width: number, max = Number.POSITIVE_INFINITY, cut = '…'): string[] {
  const lines: string[] = []
  for (const paragraph of safe(text).split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      const candidate = line === '' ? word : `${line} ${word}`
      if (widthOf(candidate) <= width) {
        line = candidate
        continue
      }
      if (line !== '') lines.push(line)
      line = word
      while (widthOf(line) > width) {
        const head = headOf(line, width)
        lines.push(head)
        line = line.slice(head.length)
      }
    }
    lines.push(line)
  }
  if (lines.length <= max) return lines
  const kept = lines.slice(0, max)
  kept[max - 1] = headOf(kept[max - 1]!, width - 1).trimEnd() + cut
  return kept
}

/** As many whole characters as fit; at least one. */
function headOf(text: string, width: number): string {
  let head = ''
  for (const char of text) {
    if (widthOf(head + char) > width && head !== '') break
    head += char
  }
  return head
}
