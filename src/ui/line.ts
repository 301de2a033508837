// line.ts: one line being typed: cursor and history. Pure: a key goes in, the next line comes out.

export interface Line {
  text: string
  cursor: number
  /** How far back in the history; 0: the line being typed. */
  back: number
  draft: string
}

/** Characters that a typed line may have. */
const LINE_MAX = 2_000

export const emptyLine = (text = ''): Line => ({ text, cursor: text.length, back: 0, draft: '' })

/** What the key makes of the line; undefined: the key is none of a line's. */
export function typed(line: Line, key: string, history: readonly string[]): Line | undefined {
  const { text, cursor } = line
  const at = (next: number): Line => ({ ...line, cursor: Math.max(0, Math.min(text.length, next)) })
  switch (key) {
    case 'left':
      return at(cursor - 1)
    case 'right':
      return at(cursor + 1)
    case 'Home':
    case 'Ctrl-A':
      return at(0)
    case 'End':
    case 'Ctrl-E':
      return at(text.length)
    case 'Backspace':
      return cursor === 0 ? line : { ...line, text: text.slice(0, cursor - 1) + text.slice(cursor), cursor: cursor - 1 }
    case 'Delete':
    case 'Ctrl-D':
      return { ...line, text: text.slice(0, cursor) + text.slice(cursor + 1) }
    case 'Ctrl-U':
      return { ...line, text: text.slice(cursor), cursor: 0 }
    case 'Ctrl-K':
      return { ...line, text: text.slice(0, cursor) }
    case 'Ctrl-W': {
      const kept = text.slice(0, cursor).replace(/\S*\s*$/, '')
      return { ...line, text: kept + text.slice(cursor), cursor: kept.length }
    }
    case 'up':
    case 'Ctrl-P':
      return recall(line, line.back + 1, history)
    case 'down':
    case 'Ctrl-N':
      return recall(line, line.back - 1, history)
    case 'space':
      return insert(line, ' ')
  }
  return [...key].length === 1 ? insert(line, key) : undefined
}

/** Puts text where the cursor is; line feeds in a paste become blanks, so that pasting never runs anything. */
export function insert(line: Line, text: string): Line {
  const one = text.replace(/\s*[\r\n]+\s*/g, ' ').slice(0, LINE_MAX - line.text.length)
  return { ...line, text: line.text.slice(0, line.cursor) + one + line.text.slice(line.cursor), cursor: line.cursor + one.length }
}

function recall(line: Line, back: number, history: readonly string[]): Line {
  if (back < 0 || back > history.length) return line
  const draft = line.back === 0 ? line.text : line.draft
  const text = back === 0 ? draft : history[history.length - back]!
  return { text, cursor: text.length, back, draft }
}
