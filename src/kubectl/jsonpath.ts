// jsonpath.ts: templates such as {.items[*].metadata.name}.
// Models k8s.io/client-go/util/jsonpath
// Differs: nothing known

import { fail } from './fail.ts'
import { goSyntax } from './go.ts'
import { compactJson } from './json.ts'

type Part = { part: 'text'; text: string } | { part: 'path'; steps: Step[] } | { part: 'range'; over: Step[]; body: Part[] }

type Step =
  | { step: 'field'; name: string }
  | { step: 'deep'; name: string }
  | { step: 'all' }
  | { step: 'root' }
  | { step: 'index'; from: number | undefined; to: number | undefined; by: number; one: boolean }
  | { step: 'union'; names: (string | number)[] }
  | { step: 'filter'; left: Operand; op: string; right: Operand | undefined }

type Operand = { steps: Step[] } | { value: unknown }

/** Prints a template over an object; a missing field is an error unless `allowMissing`. */
export const printJsonPath = (template: string, data: unknown, allowMissing = true): string =>
  executed(template, data, () => run(parse(template), data, data, allowMissing))

/** What each path of a template leads to. */
export const resultsOf = (template: string, data: unknown): unknown[][] =>
  executed(template, data, () => parse(template).flatMap(part => (part.part === 'path' ? [walk(part.steps, [data], data, true)] : [])))

function executed<T>(template: string, data: unknown, steps: () => T): T {
  try {
    return steps()
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    return fail(
      `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(data)}\n\n\n`,
    )
  }
}

/** What goes wrong with a template that could be read. */
class Broken extends Error {}

/** All values that a path such as `.spec.replicas` or `{.spec.replicas}` leads to. */
export function valuesAt(path: string, data: unknown): unknown[] {
  const whole = path.startsWith('{') ? path : `{${path.startsWith('.') || path.startsWith('[') ? path : `.${path}`}}`
  const part = parse(whole)[0]
  if (part?.part !== 'path') return []
  try {
    return walk(part.steps, [data], data, true)
  } catch (error) {
    if (error instanceof Broken) return []
    throw error
  }
}

/** `.spec.replicas`, `{.spec.replicas}` or `spec.replicas` → braces around it, as flags allow it to be written. */
export function relaxed(path: string): string {
  const bare = /^\{?\.?([^{}]+)\}?$/.exec(path)?.[1]
  if (bare === undefined) fail(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`)
  return `{.${bare!.replace(/^\./, '')}}`
}

function run(parts: Part[], data: unknown, root: unknown, allowMissing: boolean): string {
  let out = ''
  for (const part of parts) {
    if (part.part === 'text') out += part.text
    else if (part.part === 'range') for (const item of walk(part.over, [data], root, allowMissing)) out += run(part.body, item, root, allowMissing)
    else out += walk(part.steps, [data], root, allowMissing).map(shown).join(' ')
  }
  return out
}

const shown = (value: unknown): string => (value === null || value === undefined ? '' : typeof value === 'object' ? compactJson(value) : String(value))

function walk(steps: Step[], from: unknown[], root: unknown, allowMissing: boolean): unknown[] {
  let values = from
  for (const step of steps) values = step.step === 'root' ? [root] : values.flatMap(v => take(step, v, root, allowMissing))
  return values
}

function take(step: Step, value: any, root: unknown, allowMissing: boolean): unknown[] {
  switch (step.step) {
    case 'field':
      if (typeof value === 'object' && value !== null && !Array.isArray(value) && step.name in value)
        return value[step.name] === undefined ? [] : [value[step.name]]
      if (!allowMissing) throw new Broken(`${step.name} is not found`)
      return []
    case 'all':
      if (Array.isArray(value)) return value
      return typeof value === 'object' && value !== null
        ? Object.keys(value)
            .sort()
            .map(k => value[k])
        : []
    case 'deep':
      return deep(value, step.name)
    case 'index': {
      if (!Array.isArray(value)) return []
      const n = value.length
      const at = (i: number) => (i < 0 ? i + n : i)
      if (step.one) {
        const i = at(step.from!)
        if (i < 0 || i >= n) throw new Broken(`array index out of bounds: index ${step.from! < 0 ? i : step.from!}, length ${n}`)
        return [value[i]]
      }
      const out: unknown[] = []
      for (let i = Math.max(0, at(step.from ?? 0)); i < Math.min(n, at(step.to ?? n)); i += step.by) out.push(value[i])
      return out
    }
    case 'union':
      return step.names.flatMap(name =>
        typeof name === 'string' && name.includes('.')
          ? name.split('.').reduce((v: any, k) => (v?.[k] === undefined ? undefined : v[k]), value) === undefined
            ? []
            : [name.split('.').reduce((v: any, k) => v?.[k], value)]
          : Array.isArray(value)
            ? value[Number(name)] === undefined
              ? []
              : [value[Number(name)]]
            : value?.[name] === undefined
              ? []
              : [value[name]],
      )
    case 'filter':
      return (Array.isArray(value) ? value : Object.values(value ?? {})).filter(item => passes(step, item, root))
    default:
      return []
  }
}

function deep(value: any, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  const here = !Array.isArray(value) && name in value ? [value[name]] : []
  return [...here, ...Object.values(value).flatMap(v => deep(v, name))]
}

function passes(step: Extract<Step, { step: 'filter' }>, item: unknown, root: unknown): boolean {
  const worth = (o: Operand): unknown => ('value' in o ? o.value : walk(o.steps, [item], root, true)[0])
  const left = worth(step.left)
  if (step.right === undefined) return left !== undefined
  const right = worth(step.right)
  if (left === undefined) return step.op === '!=' && false
  switch (step.op) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return (left as any) < (right as any)
    case '<=':
      return (left as any) <= (right as any)
    case '>':
      return (left as any) > (right as any)
    default:
      return (left as any) >= (right as any)
  }
}

// ---- parsing

function parse(template: string): Part[] {
  const stack: { over: Step[]; body: Part[] }[] = []
  let body: Part[] = []
  let i = 0
  while (i < template.length) {
    const open = template.indexOf('{', i)
    if (open < 0) {
      body.push({ part: 'text', text: template.slice(i) })
      break
    }
    if (open > i) body.push({ part: 'text', text: template.slice(i, open) })
    const close = closing(template, open)
    if (close < 0) fail('error parsing jsonpath ' + template + ', unclosed action')
    const inner = template.slice(open + 1, close).trim()
    i = close + 1
    if (inner.startsWith('range ')) {
      stack.push({ over: steps(inner.slice(6).trim(), template), body })
      body = []
    } else if (inner === 'end') {
      const range = stack.pop()
      if (!range) throw new Broken('not in range, nothing to end')
      range!.body.push({ part: 'range', over: range!.over, body })
      body = range!.body
    } else if (/^["'].*["']$/s.test(inner)) body.push({ part: 'text', text: unquote(inner) })
    else body.push({ part: 'path', steps: steps(inner, template) })
  }
  // A range without end goes to the end.
  for (const range of stack.reverse()) {
    range.body.push({ part: 'range', over: range.over, body })
    body = range.body
  }
  return body
}

/** The brace that closes the one at `open`, past quotes. */
function closing(text: string, open: number): number {
  let quote = ''
  for (let i = open + 1; i < text.length; i++) {
    const c = text[i]!
    if (quote !== '') {
      if (c === '\\') i++
      else if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if (c === '}') return i
  }
  return -1
}

const unquote = (text: string): string => text.slice(1, -1).replace(/\\(n|t|r|.)/g, (_, c) => ({ n: '\n', t: '\t', r: '\r' })[c as 'n'] ?? c)

function steps(path: string, template: string): Step[] {
  const out: Step[] = []
  let i = 0
  const name = (): string => {
    let found = ''
    for (; i < path.length && !'.[]'.includes(path[i]!); i++) {
      if (path[i] === '\\' && i + 1 < path.length) i++
      found += path[i]
    }
    return found
  }
  if (path[0] === '$') {
    out.push({ step: 'root' })
    i = 1
  } else if (path[0] === '@') i = 1
  else if (path[0] !== '.' && path[0] !== '[') out.push({ step: 'field', name: name() })
  while (i < path.length) {
    if (path.startsWith('..', i)) {
      i += 2
      out.push({ step: 'deep', name: name() })
    } else if (path[i] === '.') {
      i++
      if (i >= path.length) break
      if (path[i] === '[') continue
      const found = name()
      out.push(found === '*' ? { step: 'all' } : { step: 'field', name: found })
    } else if (path[i] === '[') {
      const close = bracket(path, i)
      if (close < 0) fail(`error parsing jsonpath ${template}, unterminated array`)
      out.push(subscript(path.slice(i + 1, close), template))
      i = close + 1
    } else
      fail(
        `error parsing jsonpath ${template}, unrecognized character in action: U+${path.charCodeAt(i).toString(16).toUpperCase().padStart(4, '0')} '${path[i]}'`,
      )
  }
  return out
}

function bracket(text: string, open: number): number {
  let depth = 0
  let quote = ''
  for (let i = open; i < text.length; i++) {
    const c = text[i]!
    if (quote !== '') {
      if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if (c === '[') depth++
    else if (c === ']' && --depth === 0) return i
  }
  return -1
}

function subscript(inner: string, template: string): Step {
  const body = inner.trim()
  if (body === '*') return { step: 'all' }
  if (body.startsWith('?(')) return filter(body.slice(2, body.lastIndexOf(')')), template)
  if (/^(['"]).*\1$/.test(body) && !/^(['"])[^'"]*\1\s*,/.test(body)) return { step: 'field', name: body.slice(1, -1) }
  if (body.includes(','))
    return {
      step: 'union',
      names: body
        .split(',')
        .map(x => x.trim())
        .map(x => (/^-?\d+$/.test(x) ? Number(x) : x.replace(/^['"]|['"]$/g, ''))),
    }
  const slice = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/.exec(body)
  if (!slice) return fail(`error parsing jsonpath ${template}, invalid array index ${body}`)
  const int = (x: string | undefined) => (x === undefined || x === '' ? undefined : Number(x))
  return { step: 'index', from: int(slice[1]), to: int(slice[2]), by: int(slice[3]) ?? 1, one: !body.includes(':') }
}

function filter(body: string, template: string): Step {
  if (/=~/.test(body)) fail(`error parsing jsonpath ${template}, unrecognized character in action: U+007E '~'`)
  const m = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/.exec(body)
  if (!m) return { step: 'filter', left: operand(body.trim(), template), op: '', right: undefined }
  return { step: 'filter', left: operand(m[1]!.trim(), template), op: m[2]!, right: operand(m[3]!.trim(), template) }
}

function operand(text: string, template: string): Operand {
  if (/^["'].*["']$/.test(text)) return { value: unquote(text) }
  if (/^-?\d+(\.\d+)?$/.test(text)) return { value: Number(text) }
  if (text === 'true' || text === 'false') return { value: text === 'true' }
  return { steps: steps(text, template) }
}
