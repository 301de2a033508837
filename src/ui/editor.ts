// editor.ts: the editor for small texts in the prompt. Pure: a key goes in, the next text comes out.

export interface Editor {
  lines: string[]
  row: number
  column: number
  changed: boolean
}

/** Lines, and characters a line, that an edited text may have. */
const LINES_MAX = 500
const WIDTH_MAX = 500

export const openEditor = (text: string): Editor => ({ lines: text.replace(/\n$/, '').split('\n'), row: 0, column: 0, changed: false })

export const textOfEditor = (editor: Editor): string => `${editor.lines.join('\n')}\n`

/** What the key makes of the text; undefined: none of an editor's keys. */
export function edited(editor: Editor, key: string): Editor | undefined {
  const { lines, row, column } = editor
  const line = lines[row]!
  const to = (r: number, c: number): Editor => {
    const next = Math.max(0, Math.min(lines.length - 1, r))
    return { ...editor, row: next, column: Math.max(0, Math.min(lines[next]!.length, c)) }
  }
  const put = (changedLines: string[], r: number, c: number): Editor => ({ lines: changedLines, row: r, column: c, changed: true })
  switch (key) {
    case 'up':
      return to(row - 1, column)
    case 'down':
      return to(row + 1, column)
    case 'left':
      return column === 0 && row > 0 ? to(row - 1, lines[row - 1]!.length) : to(row, column - 1)
    case 'right':
      return column === line.length && row < lines.length - 1 ? to(row + 1, 0) : to(row, column + 1)
    case 'Home':
    case 'Ctrl-A':
      return to(row, 0)
    case 'End':
    case 'Ctrl-E':
      return to(row, line.length)
    case 'PgUp':
      return to(row - 10, column)
    case 'PgDn':
      return to(row + 10, column)
    case 'Enter': {
      if (lines.length >= LINES_MAX) return editor
      const indent = /^ */.exec(line.slice(0, column))![0]
      return put([...lines.slice(0, row), line.slice(0, column), indent + line.slice(column), ...lines.slice(row + 1)], row + 1, indent.length)
    }
    case 'Backspace':
      if (column > 0) return put(lines.with(row, line.slice(0, column - 1) + line.slice(column)), row, column - 1)
      if (row === 0) return editor
      return put([...lines.slice(0, row - 1), lines[row - 1]! + line, ...lines.slice(row + 1)], row - 1, lines[row - 1]!.length)
    case 'Delete':
      if (column < line.length) return put(lines.with(row, line.slice(0, column) + line.slice(column + 1)), row, column)
      if (row === lines.length - 1) return editor
      return put([...lines.slice(0, row), line + lines[row + 1]!, ...lines.slice(row + 2)], row, column)
    case 'Ctrl-K':
      return lines.length === 1 ? put([''], 0, 0) : put([...lines.slice(0, row), ...lines.slice(row + 1)], Math.min(row, lines.length - 2), 0)
    case 'Tab':
      return insertText(editor, '  ')
    case 'space':
      return insertText(editor, ' ')
  }
  return [...key].length === 1 ? insertText(editor, key) : undefined
}

/** A paste keeps its lines. */
export function insertText(editor: Editor, text: string): Editor {
  const { lines, row, column } = editor
  const line = lines[row]!
  const parts = text.replace(/\r\n?/g, '\n').replace(/\t/g, '  ').split('\n')
  const first = line.slice(0, column) + parts[0]!
  const rest = line.slice(column)
  const middle = parts.length === 1 ? [first + rest] : [first, ...parts.slice(1, -1), parts.at(-1)! + rest]
  const next = [...lines.slice(0, row), ...middle, ...lines.slice(row + 1)].slice(0, LINES_MAX).map(l => l.slice(0, WIDTH_MAX))
  const nextRow = Math.min(next.length - 1, row + parts.length - 1)
  const nextColumn = parts.length === 1 ? first.length : parts.at(-1)!.length
  return { lines: next, row: nextRow, column: Math.min(nextColumn, next[nextRow]!.length), changed: true }
}
