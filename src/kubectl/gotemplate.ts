// gotemplate.ts: {{.metadata.name}} and its like.
// Models Go's text/template
// Differs: fields, range, if, else, end, len, index, printf, eq, ne, not, and, or, pipes between them; no variables but those of range

import { fail } from './fail.ts'

type Node =
  | { text: string }
  | { expr: string }
  | { range: string; names: string[]; body: Node[]; otherwise: Node[] }
  | { cond: string; body: Node[]; otherwise: Node[] }
type Scope = Record<string, unknown>

export function goTemplate(template: string, data: unknown): string {
  const tokens = template.split(/(\{\{-?.*?-?\}\})/s)
  const at = { i: 0 }
  const nodes = parse(tokens, at)
  return render(nodes, data, { $: data })
}

function parse(tokens: string[], at: { i: number }): Node[] {
  const out: Node[] = []
  while (at.i < tokens.length) {
    const token = tokens[at.i]!
    const inner = /^\{\{-?\s*(.*?)\s*-?\}\}$/s.exec(token)?.[1]
    if (inner === undefined) {
      let text = token
      if (tokens[at.i - 1]?.endsWith('-}}')) text = text.replace(/^\s+/, '')
      if (tokens[at.i + 1]?.startsWith('{{-')) text = text.replace(/\s+$/, '')
      out.push({ text })
      at.i++
    } else if (inner === 'end' || inner === 'else' || inner.startsWith('else ')) return out
    else if (inner.startsWith('range ') || inner.startsWith('if ')) {
      at.i++
      const body = parse(tokens, at)
      let otherwise: Node[] = []
      if (/^\{\{-?\s*else/.test(tokens[at.i] ?? '')) {
        at.i++
        otherwise = parse(tokens, at)
      }
      at.i++
      if (inner.startsWith('if ')) out.push({ cond: inner.slice(3), body, otherwise })
      else {
        const m = /^range\s+(?:((?:\$\w+\s*,\s*)?\$\w+)\s*:=\s*)?(.*)$/s.exec(inner)!
        out.push({ range: m[2]!, names: m[1]?.split(',').map(n => n.trim()) ?? [], body, otherwise })
      }
    } else {
      if (!inner.startsWith('/*')) out.push({ expr: inner })
      at.i++
    }
  }
  return out
}

function render(nodes: Node[], dot: unknown, scope: Scope): string {
  let out = ''
  for (const node of nodes) {
    if ('text' in node) out += node.text
    else if ('expr' in node) out += shown(evaluate(node.expr, dot, scope))
    else if ('cond' in node) out += render(truth(evaluate(node.cond, dot, scope)) ? node.body : node.otherwise, dot, scope)
    else {
      const over: any = evaluate(node.range, dot, scope)
      const entries: [unknown, unknown][] = Array.isArray(over)
        ? over.map((v, i) => [i, v])
        : Object.keys(over ?? {})
            .sort()
            .map(k => [k, over[k]])
      if (entries.length === 0) out += render(node.otherwise, dot, scope)
      for (const [key, value] of entries) {
        const inner = { ...scope }
        if (node.names.length === 1) inner[node.names[0]!] = value
        else if (node.names.length === 2) Object.assign(inner, { [node.names[0]!]: key, [node.names[1]!]: value })
        out += render(node.body, value, inner)
      }
    }
  }
  return out
}

const truth = (v: any): boolean =>
  !(v === undefined || v === null || v === false || v === 0 || v === '' || (typeof v === 'object' && Object.keys(v).length === 0))
const shown = (v: unknown): string =>
  v === undefined || v === null
    ? '<no value>'
    : typeof v === 'object'
      ? `map[${Object.entries(v as object)
          .map(([k, x]) => `${k}:${shown(x)}`)
          .join(' ')}]`
      : String(v)

function evaluate(expr: string, dot: unknown, scope: Scope): unknown {
  let value: unknown
  const stages = split(expr, '|')
  stages.forEach((stage, i) => {
    const words = split(stage.trim(), ' ').filter(w => w !== '')
    const args = words.slice(1).map(w => operand(w, dot, scope))
    if (i > 0) args.push(value)
    value = words.length === 1 && i === 0 ? single(words[0]!, dot, scope) : call(words[0]!, args)
  })
  return value
}

const single = (word: string, dot: unknown, scope: Scope): unknown => operand(word, dot, scope)

function operand(word: string, dot: any, scope: Scope): unknown {
  if (word.startsWith('(')) return evaluate(word.slice(1, -1), dot, scope)
  if (/^".*"$/s.test(word)) return word.slice(1, -1).replace(/\\(n|t|.)/g, (_, c) => ({ n: '\n', t: '\t' })[c as 'n'] ?? c)
  if (/^`.*`$/s.test(word)) return word.slice(1, -1)
  if (/^-?\d+$/.test(word)) return Number(word)
  if (word === 'true' || word === 'false') return word === 'true'
  if (word === '.') return dot
  const m = /^(\$\w*)?((?:\.[\w-]+)*)$/.exec(word)
  if (!m) return fail(`error parsing template: unexpected ${JSON.stringify(word)}`)
  const from = m[1] === undefined ? dot : scope[m[1]]
  return m[2]!
    .split('.')
    .filter(p => p !== '')
    .reduce((v: any, p) => v?.[p], from)
}

function call(name: string, args: any[]): unknown {
  switch (name) {
    case 'len':
      return Array.isArray(args[0]) || typeof args[0] === 'string' ? args[0].length : Object.keys(args[0] ?? {}).length
    case 'index':
      return args.slice(1).reduce((v, k) => v?.[k], args[0])
    case 'printf': {
      let i = 1
      return String(args[0]).replace(/%([svdq%])/g, (_, c) => (c === '%' ? '%' : c === 'q' ? JSON.stringify(args[i++]) : shown(args[i++])))
    }
    case 'print':
      return args.map(shown).join('')
    case 'eq':
      return args.slice(1).some(a => a === args[0])
    case 'ne':
      return args[0] !== args[1]
    case 'not':
      return !truth(args[0])
    case 'and':
      return args.find(a => !truth(a)) ?? args.at(-1)
    case 'or':
      return args.find(truth) ?? args.at(-1)
    default:
      return fail(`error parsing template, template: output:1: function ${JSON.stringify(name)} not defined`)
  }
}

/** Splits at a separator outside quotes and parentheses. */
function split(text: string, by: string): string[] {
  const out = ['']
  let depth = 0
  let quote = ''
  for (const c of text) {
    if (quote !== '') {
      if (c === quote) quote = ''
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
