// safe.ts: texts from anywhere become texts that cannot speak to a terminal.

/** Characters kept of one text; what is longer ends in a cut mark. */
const TEXT_MAX = 4_096

/** Combining marks kept on one character. */
const MARKS_MAX = 2

const PLAIN = /^[\x20-\x7e\n]*$/

/** Direction marks, isolates, zero widths, fillers, variation selectors, tags: no width, but a will of their own. */
const REMOVED = /[\u00ad\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]|\udb40[\udc00-\uddef]|\ud83c[\udffb-\udfff]/g
const SELECTORS = /\u034f|\u17b4|\u17b5|\u180b|\u180c|\u180d|\u180e|\u180f|[\ufe00-\ufe0f]/g
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f]/g
const REPLACED = /[\x80-\x9f\ufff9-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const MARKS = new RegExp(
  `([\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]{${MARKS_MAX}})[\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]+`,
  'g',
)

/** The same text, drawable: control characters in caret notation, nothing invisible, at most `max` characters. Line feeds stay. Idempotent. */
export function safe(text: string, max = TEXT_MAX): string {
  const whole = text.length > max ? `${text.slice(0, max)}…` : text
  if (PLAIN.test(whole)) return whole
  return whole
    .replace(REMOVED, '')
    .replace(SELECTORS, '')
    .replace(CONTROL, c => (c === '\t' ? '    ' : c === '\x7f' ? '^?' : `^${String.fromCharCode(c.charCodeAt(0) + 64)}`))
    .replace(/[\u2028\u2029]/g, ' ')
    .replace(REPLACED, '\ufffd')
    .replace(MARKS, '$1')
}
