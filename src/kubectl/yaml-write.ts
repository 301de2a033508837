// yaml-write.ts: values as YAML, as kubectl prints them.
// Models sigs.k8s.io/yaml over go.yaml.in/yaml/v2 ({encode,emitterc,resolve,sorter}.go)
// Differs: nothing known

const WIDTH = 80

/** A JSON value as a YAML document: keys sorted, indented by two, lists not indented under their key, lines folded at 80. */
export function yamlText(value: unknown): string {
  const w = new Emitter()
  if (isMap(value) && Object.keys(value).length > 0) w.map(value, 0, false)
  else if (Array.isArray(value) && value.length > 0) w.sequence(value, 0, false)
  else {
    w.leaf(value, 0)
    w.newline()
  }
  return w.text
}

class Emitter {
  text = ''
  private column = 0

  put(text: string): void {
    this.text += text
    this.column += [...text].length
  }

  newline(): void {
    this.text += '\n'
    this.column = 0
  }

  /** `started`: the line is begun already (after `- `). */
  map(value: Record<string, unknown>, indent: number, started: boolean): void {
    let first = started
    for (const key of Object.keys(value).sort(naturally)) {
      if (value[key] === undefined) continue
      if (!first) this.put(' '.repeat(indent))
      first = false
      this.scalar(key, indent, true)
      this.put(':')
      this.inside(value[key], indent)
    }
  }

  sequence(items: unknown[], indent: number, started: boolean): void {
    let first = started
    for (const item of items) {
      if (!first) this.put(' '.repeat(indent))
      first = false
      this.put('-')
      if (isMap(item) && Object.keys(item).length > 0) {
        this.put(' ')
        this.map(item, indent + 2, true)
      } else if (Array.isArray(item) && item.length > 0) {
        this.put(' ')
        this.sequence(item, indent + 2, true)
      } else {
        this.put(' ')
        this.leaf(item, indent + 2)
        this.newline()
      }
    }
  }

  private inside(value: unknown, indent: number): void {
    if (isMap(value) && Object.keys(value).length > 0) {
      this.newline()
      this.map(value, indent + 2, false)
    } else if (Array.isArray(value) && value.length > 0) {
      this.newline()
      this.sequence(value, indent, false)
    } else {
      this.put(' ')
      this.leaf(value, indent + 2)
      this.newline()
    }
  }

  leaf(value: unknown, indent: number): void {
    if (typeof value === 'string') this.scalar(value, indent, false)
    else if (Array.isArray(value)) this.put('[]')
    else if (isMap(value)) this.put('{}')
    else this.put(value === null || value === undefined ? 'null' : String(value))
  }

  private scalar(text: string, indent: number, key: boolean): void {
    const shape = analyse(text)
    const literal = text.includes('\n')
    if (literal && !key && shape.block) {
      this.literal(text, indent)
      return
    }
    if (!literal && resolvesToText(text) && shape.plain) {
      this.folded(text, indent, key, '')
      return
    }
    if (!literal && resolvesToText(text) && shape.single) {
      this.folded(text, indent, key, "'")
      return
    }
    this.doubleQuoted(text, indent, key)
  }

  private folded(text: string, indent: number, key: boolean, quote: string): void {
    this.put(quote)
    const chars = [...text]
    let spaces = false
    chars.forEach((c, i) => {
      const inner = quote === '' || (i > 0 && i < chars.length - 1)
      if (c === ' ' && !key && !spaces && this.column > WIDTH && inner && chars[i + 1] !== ' ') {
        this.newline()
        this.put(' '.repeat(indent))
      } else this.put(c === "'" && quote !== '' ? "''" : c)
      spaces = c === ' '
    })
    this.put(quote)
  }

  private literal(text: string, indent: number): void {
    const hint = /^[ \n]/.test(text) ? '2' : ''
    const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
    this.put(`|${hint}${chomp}`)
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
    for (const line of lines) {
      this.newline()
      if (line !== '') this.put(' '.repeat(indent) + line)
    }
  }

  private doubleQuoted(text: string, indent: number, key: boolean): void {
    this.put('"')
    const chars = [...text]
    let spaces = false
    chars.forEach((c, i) => {
      if (!printable(c) || c === '"' || c === '\\' || c === '\n' || c === '\uFEFF') {
        this.put(escaped(c))
        spaces = false
      } else if (c === ' ') {
        if (!key && !spaces && this.column > WIDTH && i > 0 && i < chars.length - 1) {
          this.newline()
          this.put(' '.repeat(indent))
          if (chars[i + 1] === ' ') this.put('\\')
        } else this.put(c)
        spaces = true
      } else {
        this.put(c)
        spaces = false
      }
    })
    this.put('"')
  }
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Which styles a text allows. */
function analyse(text: string): { plain: boolean; single: boolean; block: boolean } {
  if (text === '') return { plain: false, single: true, block: false }
  let indicators = text.startsWith('---') || text.startsWith('...')
  let special = false
  let lineBreaks = false
  let spaceBreak = false
  let breakSpace = false
  const chars = [...text]
  chars.forEach((c, i) => {
    const next = chars[i + 1]
    const ends = next === undefined || /[ \t\n\r]/.test(next)
    if (i === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(c) || ('?:-'.includes(c) && ends)) indicators = true
    } else if ((c === ':' && ends) || (c === '#' && /[ \t\n]/.test(chars[i - 1]!))) indicators = true
    if (!printable(c) || c === '\uFEFF') special = true
    if (c === '\n') lineBreaks = true
    if (c === ' ' && next === '\n') spaceBreak = true
    if (c === '\n' && next === ' ') breakSpace = true
  })
  const edge = /^[ \n]|[ \n]$/.test(text)
  return {
    plain: !indicators && !edge && !breakSpace && !spaceBreak && !special && !lineBreaks,
    single: !breakSpace && !spaceBreak && !special,
    block: !text.endsWith(' ') && !spaceBreak && !special,
  }
}

function printable(c: string): boolean {
  const n = c.codePointAt(0)!
  return n === 0x0a || (n >= 0x20 && n <= 0x7e) || (n >= 0xa0 && n <= 0xd7ff) || (n >= 0xe000 && n <= 0xfffd) || n >= 0x10000
}

const ESCAPES: Record<string, string> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
}

function escaped(c: string): string {
  const n = c.codePointAt(0)!
  const hex = n.toString(16).toUpperCase()
  return ESCAPES[c] ?? (n <= 0xff ? `\\x${hex.padStart(2, '0')}` : n <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`)
}

const WORDS = new Set(
  'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF <<'.split(
    ' ',
  ),
)

/** Would a reader of YAML 1.1 take it for a text without quotes? */
function resolvesToText(text: string): boolean {
  if (text === '' || WORDS.has(text)) return false
  if (!/^[-+.0-9]/.test(text)) return true
  const plain = text.replaceAll('_', '')
  if (/^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|\d+)$/.test(plain)) {
    if (!/^[-+]?0\d*[89]/.test(plain)) return false
  }
  if (/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(plain)) return false
  if (/^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/.test(text)) return false
  return !/^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/.test(text)
}

const isLetter = (c: string): boolean => /[A-Za-z\u00aa-\uffff]/.test(c)
const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9'

/** go-yaml's order of keys: numbers inside count as numbers, other signs come before letters. */
function naturally(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a[i]!
    const y = b[i]!
    if (x === y) continue
    if (isLetter(x) && isLetter(y)) return x < y ? -1 : 1
    if (isLetter(x) || isLetter(y)) return isLetter(y) ? -1 : 1
    let m = 0
    let n = 0
    if (x === '0' || y === '0') {
      for (let j = i - 1; j >= 0 && isDigit(a[j]); j--) {
        if (a[j] !== '0') {
          m = 1
          n = 1
          break
        }
      }
    }
    let ai = i
    for (; isDigit(a[ai]); ai++) m = m * 10 + Number(a[ai])
    let bi = i
    for (; isDigit(b[bi]); bi++) n = n * 10 + Number(b[bi])
    if (m !== n) return m - n
    if (ai !== bi) return ai - bi
    return x < y ? -1 : 1
  }
  return a.length - b.length
}
