// labels.ts: label selectors, as text and as objects.
// Models k8s.io/apimachinery/pkg/labels/selector.go and pkg/apis/meta/v1/helpers.go
// Differs: nothing known

import type { FieldError } from './field.ts'
import { errorText, invalidValue, notSupported } from './field.ts'
import { labelValue, qualifiedName } from './name.ts'
import type { LabelSelector } from './pod.ts'

export type Labels = Record<string, string> | undefined
export type SelectorOperator = 'in' | '=' | '==' | 'notin' | '!=' | 'exists' | '!' | 'gt' | 'lt'

export interface Requirement {
  key: string
  operator: SelectorOperator
  values: string[]
}

/** All requirements must hold; no requirement matches everything. Sorted by key. */
export type Selector = Requirement[]

/** The requirements of a selector text such as `app=web,tier in (a,b),!old`, or upstream's error text. */
export function parseSelector(text: string): Selector | { error: string } {
  const parser = new Parser(scan(text))
  const parsed = parser.parse()
  return Array.isArray(parsed) ? sorted(parsed) : parsed
}

export function selectorMatches(selector: Selector, labels: Labels): boolean {
  for (const requirement of selector) if (!requirementMatches(requirement, labels)) return false
  return true
}

/** A label's value; what every JavaScript object has is none. */
const labelOf = (labels: Labels, key: string): string | undefined => (labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined)

/** A selector object against labels: null or undefined matches nothing, `{}` everything. Unknown operators match nothing. */
export function labelSelectorMatches(selector: LabelSelector | null | undefined, labels: Labels): boolean {
  if (selector === null || selector === undefined) return false
  for (const key in selector.matchLabels) if (labels?.[key] !== selector.matchLabels[key]) return false
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const value = labelOf(labels, key)
    if (operator === 'In') {
      if (value === undefined || !values?.includes(value)) return false
    } else if (operator === 'NotIn') {
      if (value !== undefined && values?.includes(value)) return false
    } else if (operator === 'Exists') {
      if (value === undefined) return false
    } else if (operator !== 'DoesNotExist' || value !== undefined) return false
  }
  return true
}

/** Does it ask for nothing? */
export const isEmptySelector = (selector: LabelSelector | null | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0

/** All pairs of a plain map (a Service's selector) are among the labels. */
export function mapMatches(map: Record<string, string> | undefined, labels: Labels): boolean {
  for (const key in map) if (labels?.[key] !== map[key]) return false
  return true
}

/** `app=web,tier in (a,b)`: how a selector object prints; `<none>` for none, `<error>` where it cannot be read. */
export function formatLabelSelector(selector: LabelSelector | null | undefined): string {
  if (selector === null || selector === undefined) return '<none>'
  const compiled = selectorOf(selector)
  if ('error' in compiled) return '<error>'
  return compiled.length === 0 ? '<none>' : selectorText(compiled)
}

/** The requirements of a selector object, or upstream's error text. */
export function selectorOf(selector: LabelSelector): Selector | { error: string } {
  const requirements: Requirement[] = []
  for (const key of Object.keys(selector.matchLabels ?? {}).sort()) {
    const made = requirementOf(key, '=', [selector.matchLabels![key]!])
    if ('error' in made) return made
    requirements.push(made)
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const op = OPERATORS[operator]
    if (op === undefined) return { error: `${JSON.stringify(operator)} is not a valid label selector operator` }
    const made = requirementOf(key, op, [...(values ?? [])])
    if ('error' in made) return made
    requirements.push(made)
  }
  return sorted(requirements)
}

/** `a=1,b!=2,c in (x,y),!d`; values sorted. */
export function selectorText(selector: Selector): string {
  return selector.map(requirementText).join(',')
}

/** A requirement that obeys the rules, or the complaints as upstream words them. */
export function requirementOf(key: string, operator: SelectorOperator, values: string[]): Requirement | { error: string } {
  const errors: FieldError[] = []
  const complaints = qualifiedName(key)
  if (complaints.length > 0) errors.push(invalidValue('key', key, complaints.join('; ')))
  if (operator === 'in' || operator === 'notin') {
    if (values.length === 0) errors.push(invalidValue('values', values, "for 'in', 'notin' operators, values set can't be empty"))
  } else if (operator === '=' || operator === '==' || operator === '!=') {
    if (values.length !== 1) errors.push(invalidValue('values', values, 'exact-match compatibility requires one single value'))
  } else if (operator === 'exists' || operator === '!') {
    if (values.length !== 0) errors.push(invalidValue('values', values, 'values set must be empty for exists and does not exist'))
  } else if (operator === 'gt' || operator === 'lt') {
    if (values.length !== 1) errors.push(invalidValue('values', values, "for 'Gt', 'Lt' operators, exactly one value is required"))
    values.forEach((value, i) => {
      if (!INTEGER.test(value)) errors.push(invalidValue(`values[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    })
  } else errors.push(notSupported('operator', operator, ['in', 'notin', '=', '==', '!=', 'gt', 'lt', 'exists', '!']))
  values.forEach((value, i) => {
    const bad = labelValue(value)
    if (bad.length > 0) errors.push(invalidValue(`values[${i}][${key}]`, value, bad.join('; ')))
  })
  if (errors.length === 0) return { key, operator, values }
  const texts = [...new Set(errors.map(errorText))]
  return { error: texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]` }
}

const INTEGER = /^[+-]?\d+$/
const OPERATORS: Record<string, SelectorOperator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }

function requirementMatches({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labelOf(labels, key)
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value)
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    default: {
      if (value === undefined || !INTEGER.test(value)) return false
      const [mine, theirs] = [BigInt(value.replace(/^\+/, '')), BigInt(values[0]!.replace(/^\+/, ''))]
      return operator === 'gt' ? mine > theirs : mine < theirs
    }
  }
}

function requirementText({ key, operator, values }: Requirement): string {
  const list = [...values].sort().join(',')
  switch (operator) {
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`
    case 'gt':
      return `${key}>${list}`
    case 'lt':
      return `${key}<${list}`
    default:
      return `${key}${operator}${list}`
  }
}

function sorted(requirements: Requirement[]): Requirement[] {
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

type Token = 'end' | 'identifier' | 'error' | ')' | ',' | '!' | '==' | '=' | '>' | 'in' | '<' | '!=' | 'notin' | '('
interface Scanned {
  token: Token
  literal: string
}

const END: Scanned = { token: 'end', literal: '' }
const TOKENS: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', 'in', '<', '!=', 'notin', '('])
const SPECIAL = '=!(),><'
const SPACE = ' \t\r\n'

function scan(text: string): Scanned[] {
  const items: Scanned[] = []
  let i = 0
  for (;;) {
    while (i < text.length && SPACE.includes(text[i]!)) i++
    if (i >= text.length) return [...items, { token: 'end', literal: '' }]
    let buffer = ''
    if (SPECIAL.includes(text[i]!)) {
      let last: Scanned | undefined
      while (i < text.length && SPECIAL.includes(text[i]!)) {
        const longer = buffer + text[i]
        if (TOKENS.has(longer)) last = { token: longer as Token, literal: longer }
        else if (last !== undefined) break
        buffer = longer
        i++
      }
      items.push(last ?? { token: 'error', literal: `error expected: keyword found '${buffer}'` })
    } else {
      while (i < text.length && !SPECIAL.includes(text[i]!) && !SPACE.includes(text[i]!)) buffer += text[i++]
      items.push({ token: TOKENS.has(buffer) ? (buffer as Token) : 'identifier', literal: buffer })
    }
  }
}

class Parser {
  #at = 0
  readonly #items: Scanned[]
  constructor(items: Scanned[]) {
    this.#items = items
  }

  parse(): Requirement[] | { error: string } {
    const requirements: Requirement[] = []
    for (;;) {
      const { token, literal } = this.#look()
      if (token === 'end') return requirements
      if (token !== 'identifier' && token !== '!') return { error: `found '${literal}', expected: !, identifier, or 'end of string'` }
      const requirement = this.#requirement()
      if ('error' in requirement) return { error: `unable to parse requirement: ${requirement.error}` }
      requirements.push(requirement)
      const next = this.#take()
      if (next.token === 'end') return requirements
      if (next.token !== ',') return { error: `found '${next.literal}', expected: ',' or 'end of string'` }
      const after = this.#look()
      if (after.token !== 'identifier' && after.token !== '!') return { error: `found '${after.literal}', expected: identifier after ','` }
    }
  }

  #requirement(): Requirement | { error: string } {
    let first = this.#take()
    const negated = first.token === '!'
    if (negated) first = this.#take()
    if (first.token !== 'identifier') return { error: `found '${first.literal}', expected: identifier` }
    const key = first.literal
    const complaints = qualifiedName(key)
    if (complaints.length > 0) return { error: `<nil>: Invalid value: ${JSON.stringify(key)}: ${complaints.join('; ')}` }
    const next = this.#look().token
    if (negated) return requirementOf(key, '!', [])
    if (next === 'end' || next === ',') return requirementOf(key, 'exists', [])
    const { token, literal } = this.#take(true)
    switch (token) {
      case 'in':
      case 'notin': {
        const values = this.#values()
        return 'error' in values ? values : requirementOf(key, token, unique(values))
      }
      case '=':
      case '==':
      case '!=':
      case '>':
      case '<': {
        const operator = token === '>' ? 'gt' : token === '<' ? 'lt' : token
        const ahead = this.#look().token
        if (ahead === 'end' || ahead === ',') return requirementOf(key, operator, [''])
        const value = this.#take()
        if (value.token !== 'identifier') return { error: `found '${value.literal}', expected: identifier` }
        return requirementOf(key, operator, [value.literal])
      }
      default:
        return { error: `found '${literal}', expected: in, notin, =, ==, !=, gt, lt` }
    }
  }

  #values(): string[] | { error: string } {
    const open = this.#take()
    if (open.token !== '(') return { error: `found '${open.literal}' expected: '('` }
    const ahead = this.#look()
    if (ahead.token === ')') {
      this.#take()
      return ['']
    }
    if (ahead.token !== 'identifier' && ahead.token !== ',') return { error: `found '${ahead.literal}', expected: ',', ')' or identifier` }
    const values = this.#identifiers()
    if ('error' in values) return values
    if (this.#take().token !== ')') return { error: `found '${ahead.literal}', expected: ')'` }
    return values
  }

  #identifiers(): string[] | { error: string } {
    const values: string[] = []
    for (;;) {
      const { token, literal } = this.#take()
      const ahead = this.#look()
      if (token === 'identifier') {
        values.push(literal)
        if (ahead.token === ')') return values
        if (ahead.token !== ',') return { error: `found '${ahead.literal}', expected: ',' or ')'` }
      } else if (token === ',') {
        if (values.length === 0) values.push('')
        if (ahead.token === ')') return [...values, '']
        if (ahead.token === ',') values.push('')
      } else return { error: `found '${literal}', expected: ',', or identifier` }
    }
  }

  #look(): Scanned {
    return asValue(this.#items[this.#at] ?? END)
  }

  /** Words like `in` are identifiers except where an operator stands. */
  #take(asOperator = false): Scanned {
    const item = this.#items[this.#at++] ?? END
    return asOperator ? item : asValue(item)
  }
}

function asValue(item: Scanned): Scanned {
  return item.token === 'in' || item.token === 'notin' ? { token: 'identifier', literal: item.literal } : item
}

function unique(values: string[]): string[] {
  return [...new Set(values)].sort()
}
