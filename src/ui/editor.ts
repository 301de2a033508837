// editor.ts: the editor for small texts in the prompt. Pure: a key goes in, the next text comes out.

export interface Editor {
  lines: string[]
  row: number
  column: number
  changed: boolean
  /** Esc was pressed once; once more leaves, and what was typed is lost. */
  leaving?: boolean
  /** What Ctrl-U goes back to, the newest last. */
  past: Pick<Editor, 'lines' | 'row' | 'column' | 'changed'>[]
}

/** Lines, and characters a line, that an edited text may have; steps that can be undone. */
const LINES_MAX = 500
const WIDTH_MAX = 500
const PAST_MAX = 200

export const openEditor = (text: string): Editor => ({ lines: text.replace(/\n$/, '').split('\n'), row: 0, column: 0, changed: false, past: [] })

/** One line feed at the end, whatever empty lines a paste left there; nothing at all where nothing was written. */
export const textOfEditor = (editor: Editor): string => {
  const text = editor.lines.join('\n').replace(/\n+$/, '')
  return text === '' ? '' : `${text}\n`
}

/** What the key makes of the text; undefined: none of an editor's keys. `page`: lines in view. */
export function edited(editor: Editor, key: string, page = 10): Editor | undefined {
  const { lines, row, column } = editor
  const line = lines[row]!
  const to = (r: number, c: number): Editor => {
    const next = Math.max(0, Math.min(lines.length - 1, r))
    const at = Math.max(0, Math.min(lines[next]!.length, c))
    return { ...editor, row: next, column: isHalf(lines[next]!, at) ? at - 1 : at }
  }
  const put = (next: string[], r: number, c: number): Editor => changedTo(editor, next, r, c)
  switch (key) {
    case 'up':
    case 'Ctrl-P':
      return to(row - 1, column)
    case 'down':
    case 'Ctrl-N':
      return to(row + 1, column)
    case 'left':
    case 'Ctrl-B':
      return column === 0 && row > 0 ? to(row - 1, lines[row - 1]!.length) : to(row, column - 1)
    case 'right':
    case 'Ctrl-F':
      if (column === line.length) return row < lines.length - 1 ? to(row + 1, 0) : editor
      return to(row, column + (isHalf(line, column + 1) ? 2 : 1))
    case 'Home':
    case 'Ctrl-A':
      return to(row, 0)
    case 'End':
    case 'Ctrl-E':
      return to(row, line.length)
    case 'PgUp':
      return to(row - page, column)
    case 'PgDn':
      return to(row + page, column)
    case 'Enter': {
      if (lines.length >= LINES_MAX) return editor
      const indent = indentAfter(line.slice(0, column))
      return put([...lines.slice(0, row), line.slice(0, column), indent + line.slice(column), ...lines.slice(row + 1)], row + 1, indent.length)
    }
    case 'Backspace': {
      if (column > 0) {
        // In the indentation, one press goes back one level.
        const back = column % 2 === 0 && /^ +$/.test(line.slice(0, column)) ? 2 : isHalf(line, column - 1) ? 2 : 1
        return put(lines.with(row, line.slice(0, column - back) + line.slice(column)), row, column - back)
      }
      if (row === 0) return editor
      return put([...lines.slice(0, row - 1), lines[row - 1]! + line, ...lines.slice(row + 1)], row - 1, lines[row - 1]!.length)
    }
    case 'Delete':
      if (column < line.length) return put(lines.with(row, line.slice(0, column) + line.slice(column + (isHalf(line, column + 1) ? 2 : 1))), row, column)
      if (row === lines.length - 1) return editor
      return put([...lines.slice(0, row), line + lines[row + 1]!, ...lines.slice(row + 2)], row, column)
    case 'Ctrl-K':
      return lines.length === 1 ? put([''], 0, 0) : put([...lines.slice(0, row), ...lines.slice(row + 1)], Math.min(row, lines.length - 2), 0)
    case 'Ctrl-U': {
      const last = editor.past.at(-1)
      return last === undefined ? editor : { ...last, past: editor.past.slice(0, -1) }
    }
    case 'Tab':
      return insertText(editor, '  ')
    case 'space':
      return insertText(editor, ' ')
  }
  return [...key].length === 1 ? insertText(editor, key) : undefined
}

/** Does the place lie inside of a character that takes two code units? */
const isHalf = (line: string, at: number): boolean => /[\udc00-\udfff]/.test(line[at] ?? '') && /[\ud800-\udbff]/.test(line[at - 1] ?? '')

/** A new line begins where the one before it does; deeper after `key:`, and behind the dash after `- key: value`. */
function indentAfter(line: string): string {
  const [, blanks = '', dash = ''] = /^( *)((?:- +)?)/.exec(line)!
  return ' '.repeat(blanks.length + dash.length + (/:\s*$/.test(line) && !/^\s*#/.test(line) ? 2 : 0))
}

function changedTo(editor: Editor, lines: string[], row: number, column: number): Editor {
  const { lines: l, row: r, column: c, changed } = editor
  return { lines, row, column, changed: true, past: [...editor.past, { lines: l, row: r, column: c, changed }].slice(-PAST_MAX) }
}

/** A paste keeps its lines. */
export function insertText(editor: Editor, text: string): Editor {
  const { lines, row, column } = editor
  const line = lines[row]!
  const parts = text
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, '  ')
    .replace(/[\x00-\x09\x0b-\x1f\x7f]/g, '')
    .split('\n')
  const first = line.slice(0, column) + parts[0]!
  const rest = line.slice(column)
  const middle = parts.length === 1 ? [first + rest] : [first, ...parts.slice(1, -1), parts.at(-1)! + rest]
  const next = [...lines.slice(0, row), ...middle, ...lines.slice(row + 1)].slice(0, LINES_MAX).map(l => l.slice(0, WIDTH_MAX))
  const nextRow = Math.min(next.length - 1, row + parts.length - 1)
  const nextColumn = parts.length === 1 ? first.length : parts.at(-1)!.length
  return changedTo(editor, next, nextRow, Math.min(nextColumn, next[nextRow]!.length))
}
