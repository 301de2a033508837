// gotemplate.ts: {{.metadata.name}} and its like.
// Models Go's text/template and k8s.io/cli-runtime/pkg/printers/template.go
// Differs: no nested templates (define, template, block), no html, js, urlquery, slice and call

import { decodeBase64 } from '../api/base64.ts'
import { isRecord } from '../api/patch.ts'
import { fail } from './fail.ts'
import { goValue } from './go.ts'
import { sortedKeys } from './json.ts'

type Node = { is: 'text'; text: string } | { is: 'action'; pipe: string } | Block | { is: 'break' } | { is: 'continue' }

interface Block {
  is: 'range' | 'if' | 'with'
  pipe: string
  body: Node[]
  otherwise: Node[]
}

/** Variables by name; inner scopes see the outer ones. */
type Scope = Map<string, { value: unknown }>

/** What was written, and whether the range around it ends here, with this turn or altogether. */
interface Rendered {
  out: string
  stop?: 'break' | 'continue'
}

export function goTemplate(template: string, data: unknown): string {
  const tokens = tokensOf(template)
  const at = { i: 0, ranges: 0 }
  const nodes = parse(tokens, at, template)
  if (at.i < tokens.length) wrong(template, `unexpected {{${tokens[at.i]!.inner}}}`)
  return render(nodes, data, new Map([['$', { value: data }]]), template).out
}

function wrong(template: string, text: string): never {
  return fail(`error parsing template ${template}, template: output:1: ${text}`)
}

interface Token {
  text?: string
  inner?: string
}

/** Text and actions in turn; `{{-` and `-}}` eat the white space beside them. */
function tokensOf(template: string): Token[] {
  const out: Token[] = []
  let rest = template
  let trim = false
  for (;;) {
    const open = rest.indexOf('{{')
    let text = open < 0 ? rest : rest.slice(0, open)
    if (trim) text = text.replace(/^[ \t\r\n]+/, '')
    if (open < 0) {
      if (text !== '') out.push({ text })
      return out
    }
    const inner = insideOf(rest, open + 2)
    if (inner === undefined) return wrong(template, 'unclosed action')
    if (/^-\s/.test(inner)) text = text.replace(/[ \t\r\n]+$/, '')
    if (text !== '') out.push({ text })
    trim = /\s-$/.test(inner)
    const bare = inner.replace(/^-\s/, '').replace(/\s-$/, '').trim()
    if (!bare.startsWith('/*')) out.push({ inner: bare })
    rest = rest.slice(open + 4 + inner.length)
  }
}

function insideOf(text: string, from: number): string | undefined {
  let quote = ''
  for (let i = from; i < text.length; i++) {
    const c = text[i]!
    if (quote !== '') {
      if (c === '\\' && quote === '"') i++
      else if (c === quote) quote = ''
    } else if (c === '"' || c === '`') quote = c
    else if (c === '}' && text[i + 1] === '}') return text.slice(from, i)
  }
  return undefined
}

function parse(tokens: Token[], at: { i: number; ranges: number }, template: string): Node[] {
  const out: Node[] = []
  for (; at.i < tokens.length; at.i++) {
    const { text, inner = '' } = tokens[at.i]!
    const word = /^(range|if|with|end|else|break|continue)\b/.exec(inner)?.[1]
    if (text !== undefined) out.push({ is: 'text', text })
    else if (word === 'end' || word === 'else') return out
    else if (word === 'break' || word === 'continue') {
      if (at.ranges === 0) wrong(template, `{{${word}}} outside {{range}}`)
      out.push({ is: word })
    } else if (word === 'range' || word === 'if' || word === 'with') {
      at.i++
      out.push(block(word, inner.slice(word.length).trim(), tokens, at, template))
    } else if (inner === '') wrong(template, 'missing value for command')
    else {
      checked(inner, template)
      out.push({ is: 'action', pipe: inner })
    }
  }
  return out
}

/** From the body on to its end; leaves `at` on the token of the end. */
function block(word: 'range' | 'if' | 'with', pipe: string, tokens: Token[], at: { i: number; ranges: number }, template: string): Node {
  if (pipe === '') wrong(template, `missing value for ${word}`)
  if (word === 'range') at.ranges++
  const body = parse(tokens, at, template)
  if (word === 'range') at.ranges--
  if (at.i >= tokens.length) wrong(template, 'unexpected EOF')
  let otherwise: Node[] = []
  const again = /^else\s+(if|with)\s+(.*)$/s.exec(tokens[at.i]!.inner ?? '')
  if (again) {
    at.i++
    return { is: word, pipe, body, otherwise: [block(again[1] as 'if', again[2]!, tokens, at, template)] }
  }
  if (tokens[at.i]!.inner === 'else') {
    at.i++
    otherwise = parse(tokens, at, template)
    if (at.i >= tokens.length) wrong(template, 'unexpected EOF')
  }
  return { is: word, pipe, body, otherwise }
}

/** Functions that do not exist are found before anything is printed. */
function checked(pipe: string, template: string): void {
  for (const stage of split(pipe.replace(/^\$\w*\s*:?=\s*/, ''), '|')) {
    const word = split(stage.trim(), ' ')[0] ?? ''
    if (/^[a-zA-Z]\w*$/.test(word) && !Object.hasOwn(FUNCTIONS, word) && !['true', 'false', 'nil'].includes(word))
      wrong(template, `function ${JSON.stringify(word)} not defined`)
  }
}

function render(nodes: Node[], dot: unknown, scope: Scope, template: string): Rendered {
  let out = ''
  for (const node of nodes) {
    if (node.is === 'text') out += node.text
    else if (node.is === 'break' || node.is === 'continue') return { out, stop: node.is }
    else if (node.is === 'action') {
      const assigned = /^(\$\w*)\s*(:?=)\s*(.*)$/s.exec(node.pipe)
      if (!assigned) out += goText(evaluate(node.pipe, dot, scope, template))
      else {
        const value = evaluate(assigned[3]!, dot, scope, template)
        if (assigned[2] === ':=' || !scope.has(assigned[1]!)) scope.set(assigned[1]!, { value })
        else scope.get(assigned[1]!)!.value = value
      }
    } else {
      const did = node.is === 'range' ? ranged(node, dot, scope, template) : chosen(node, dot, scope, template)
      out += did.out
      if (did.stop) return { out, stop: did.stop }
    }
  }
  return { out }
}

function chosen(node: Block, dot: unknown, scope: Scope, template: string): Rendered {
  const inner: Scope = new Map(scope)
  const { names, pipe } = named(node.pipe)
  const value = evaluate(pipe, dot, scope, template)
  if (names[0]) inner.set(names[0], { value })
  return truth(value) ? render(node.body, node.is === 'with' ? value : dot, inner, template) : render(node.otherwise, dot, inner, template)
}

const named = (pipe: string): { names: string[]; pipe: string } => {
  const m = /^((?:\$\w+\s*,\s*)?\$\w+)\s*:=\s*(.*)$/s.exec(pipe)
  return m ? { names: m[1]!.split(',').map(n => n.trim()), pipe: m[2]! } : { names: [], pipe }
}

function ranged(node: Block, dot: unknown, scope: Scope, template: string): Rendered {
  const { names, pipe } = named(node.pipe)
  const over: any = evaluate(pipe, dot, scope, template)
  if (over !== undefined && over !== null && typeof over !== 'object')
    fail(`error executing template ${JSON.stringify(template)}: template: output:1: range can't iterate over ${goText(over)}`)
  const entries: [unknown, unknown][] = Array.isArray(over) ? over.map((v, i) => [i, v]) : sortedKeys(over ?? {}).map(k => [k, over[k]])
  if (entries.length === 0) return render(node.otherwise, dot, new Map(scope), template)
  let out = ''
  for (const [key, value] of entries) {
    const inner: Scope = new Map(scope)
    if (names.length === 1) inner.set(names[0]!, { value })
    if (names.length === 2) {
      inner.set(names[0]!, { value: key })
      inner.set(names[1]!, { value })
    }
    const did = render(node.body, value, inner, template)
    out += did.out
    if (did.stop === 'break') break
  }
  return { out }
}

const truth = (v: any): boolean =>
  !(v === undefined || v === null || v === false || v === 0 || v === '' || (typeof v === 'object' && Object.keys(v).length === 0))

const goText = (value: unknown): string => (value === undefined || value === null ? '<no value>' : goValue(value))

function evaluate(pipe: string, dot: unknown, scope: Scope, template: string): unknown {
  let value: unknown
  split(pipe, '|').forEach((stage, i) => {
    const words = split(stage.trim(), ' ').filter(w => w !== '')
    const first = words[0] ?? ''
    const args = words.slice(1).map(w => operand(w, dot, scope, template))
    if (i > 0) args.push(value)
    if (Object.hasOwn(FUNCTIONS, first)) value = FUNCTIONS[first]!(args, template)
    else value = operand(first, dot, scope, template)
  })
  return value
}

function operand(word: string, dot: any, scope: Scope, template: string): unknown {
  const paren = /^(\(.*\))((?:\.[\w-]+)*)$/s.exec(word)
  if (paren) return follow(evaluate(paren[1]!.slice(1, -1), dot, scope, template), paren[2]!)
  if (/^".*"$/s.test(word)) return word.slice(1, -1).replace(/\\(n|t|r|.)/g, (_, c) => ({ n: '\n', t: '\t', r: '\r' })[c as 'n'] ?? c)
  if (/^`.*`$/s.test(word)) return word.slice(1, -1)
  if (/^[-+]?\d+(\.\d+)?$/.test(word)) return Number(word)
  if (word === 'true' || word === 'false') return word === 'true'
  if (word === 'nil') return undefined
  if (word === '.') return dot
  const m = /^(\$\w*)?((?:\.[\w-]+)*)$/.exec(word)
  if (!m) return wrong(template, Object.hasOwn(FUNCTIONS, word) ? `unexpected ${JSON.stringify(word)}` : `function ${JSON.stringify(word)} not defined`)
  if (m[1] !== undefined && !scope.has(m[1])) return wrong(template, `undefined variable ${JSON.stringify(m[1])}`)
  return follow(m[1] === undefined ? dot : scope.get(m[1])!.value, m[2]!)
}

const follow = (from: unknown, path: string): unknown =>
  path
    .split('.')
    .filter(p => p !== '')
    .reduce((v: any, p) => fieldOf(v, p), from)

const fieldOf = (value: any, key: string): unknown => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined)

/** The first that passes, or the last. */
const firstOr = (args: unknown[], passes: (a: unknown) => boolean): unknown => args.at(args.findIndex(passes))

const FUNCTIONS: Record<string, (args: any[], template: string) => unknown> = {
  len: ([x], template) => {
    if (x === undefined || x === null) fail(`error executing template ${JSON.stringify(template)}: template: output:1: error calling len: len of nil pointer`)
    return Array.isArray(x) || typeof x === 'string' ? x.length : Object.keys(x).length
  },
  index: ([x, ...keys]) =>
    keys.reduce((v, k) => {
      if (Array.isArray(v) && (k < 0 || k >= v.length)) fail(`error executing template: error calling index: index out of range: ${k}`)
      return Array.isArray(v) ? v[k] : fieldOf(v, k)
    }, x),
  printf: args => format(String(args[0]), args.slice(1)),
  print: args => args.map((a, i) => (i > 0 && typeof a !== 'string' && typeof args[i - 1] !== 'string' ? ' ' : '') + goText(a)).join(''),
  println: args => `${args.map(goText).join(' ')}\n`,
  eq: ([first, ...rest]) => rest.some(x => x === first),
  ne: ([a, b]) => a !== b,
  lt: ([a, b]) => a < b,
  le: ([a, b]) => a <= b,
  gt: ([a, b]) => a > b,
  ge: ([a, b]) => a >= b,
  not: ([a]) => !truth(a),
  and: args => firstOr(args, a => !truth(a)),
  or: args => firstOr(args, truth),
  exists: ([x, ...keys]) => keys.reduce((v, k) => (Array.isArray(v) ? v[k] : fieldOf(v, k)), x) !== undefined,
  base64decode: ([text]) => decodeBase64(String(text)),
}

/** Go's Sprintf, as far as values of JSON need it. */
function format(pattern: string, args: unknown[]): string {
  let i = 0
  const done = pattern.replace(/%([-+0 #]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g, (_, flags: string, width: string, places: string | undefined, verb: string) => {
    if (verb === '%') return '%'
    if (i >= args.length) return `%!${verb}(MISSING)`
    const arg: any = args[i++]
    let text: string
    if (verb === 'q') text = JSON.stringify(goText(arg))
    else if (verb === 'd') text = typeof arg === 'number' ? String(Math.trunc(arg)) : `%!d(${typeof arg}=${goText(arg)})`
    else if (verb === 'f') text = Number(arg).toFixed(places === undefined ? 6 : Number(places))
    else if (verb === 'x') text = typeof arg === 'number' ? arg.toString(16) : goText(arg)
    else if (verb === 't') text = String(arg)
    else text = places === undefined ? goText(arg) : goText(arg).slice(0, Number(places))
    if (flags.includes('-')) return text.padEnd(Number(width || 0))
    return text.padStart(Number(width || 0), flags.includes('0') && typeof arg === 'number' ? '0' : ' ')
  })
  return i < args.length ? `${done}%!(EXTRA ${args.slice(i).map(goText).join(', ')})` : done
}

/** Splits at a separator outside quotes and parentheses. */
function split(text: string, by: string): string[] {
  const out = ['']
  let depth = 0
  let quote = ''
  for (const c of text) {
    if (quote !== '') {
      if (c === quote && !(quote === '"' && out.at(-1)!.endsWith('\\'))) quote = ''
    } else if (c === '"' || c === '`') quote = c
    else if (c === '(') depth++
    else if (c === ')') depth--
    else if (c === by && depth === 0) {
      out.push('')
      continue
    }
    out[out.length - 1] += c
  }
  return out
}
