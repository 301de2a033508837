// kyaml.ts: values as KYAML: YAML in flow style, whose texts are always quoted.
// Models sigs.k8s.io/yaml/kyaml
// Differs: nothing known

/** One document with its `---`; keys stand in the order of the value. */
export const kyamlText = (value: unknown): string => `---\n${rendered(value, 0)}\n`

const pad = (level: number): string => '  '.repeat(level)

function rendered(value: unknown, level: number): string {
  if (typeof value === 'string') return quoted(value, level + 1)
  if (typeof value !== 'object' || value === null) return String(value ?? null)
  if (!Array.isArray(value)) {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined)
    if (entries.length === 0) return '{}'
    return `{\n${entries.map(([k, v]) => `${pad(level + 1)}${bare(k) ? k : JSON.stringify(k)}: ${rendered(v, level + 1)},\n`).join('')}${pad(level)}}`
  }
  if (value.length === 0) return '[]'
  if (value.every(item => typeof item === 'object' && item !== null)) return `[${value.map(item => rendered(item, level)).join(', ')}]`
  return `[\n${value.map(item => `${pad(level + 1)}${rendered(item, level + 1)},\n`).join('')}${pad(level)}]`
}

/** Texts of several lines are folded for the eye: each line end is written and followed by a break that does not count. */
function quoted(text: string, level: number): string {
  const inQuotes = (part: string) => JSON.stringify(part).slice(1, -1).replaceAll('\\t', '\t')
  if (!text.includes('\n')) return `"${inQuotes(text)}"`
  const lines = text.split('\n')
  const last = lines.pop()!
  const begun = (line: string) => `${pad(level)}${/^\s/.test(line) ? '\\' : ' '}${inQuotes(line)}`
  const body = lines.map(line => `${begun(line)}\\n\\\n`).join('')
  return `"\\\n${body}${last === '' ? '' : `${begun(last)}\\\n`}${pad(level)}"`
}

const WORDS = new Set('null ~ true false y n yes no on off t f 1 0 .inf -.inf +.inf .nan'.split(' '))

/** A key that nobody takes for anything but a text. */
function bare(key: string): boolean {
  if (key === '' || WORDS.has(key.toLowerCase())) return false
  const plain = key.replaceAll('_', '')
  if (plain !== '' && (/^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|\d+)$/.test(plain) || /^[-+]?(\.\d+|\d+\.?\d*)([eE][-+]?\d+)?$/.test(plain)))
    return false
  if (/^[-+]?(inf(inity)?|nan)$/i.test(plain) || /^\d{4}-\d{1,2}-\d{1,2}/.test(key)) return false
  return /^[A-Za-z0-9_]([A-Za-z0-9_./-]*[A-Za-z0-9_])?$/.test(key)
}
