// yaml.ts: reads YAML that a stranger wrote: plain data or a list of problems with their places, never a surprise.

import { isAlias, isCollection, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseAllDocuments, visit } from 'yaml'

export const TEXT_MAX = 256 * 1024 // Bytes of one file.
export const DEPTH_MAX = 32 // Collections in collections.
const INDENT_MAX = 200 // Columns before the first character of a line.
const PROBLEMS_MAX = 20

/** A mistake and its place; line and column count from 1. */
export interface Problem {
  path: string
  line: number
  col: number
  field: string
  message: string
}

export interface Read {
  value: unknown
  /** Where a field stands: its nearest node that exists. */
  place(field: (string | number)[]): { line: number; col: number }
}

/** `path:line:col field: message`, one line, nothing in it that a terminal would obey. */
export function sayProblem(p: Problem): string {
  return safe(`${p.path}:${p.line}:${p.col} ${p.field === '' ? '' : p.field + ': '}${p.message}`)
}

/** Makes any text safe to show: control characters visible, invisible and direction-changing ones gone, at most 4,096 characters. */
export function safe(text: string): string {
  let out = ''
  for (const c of text.length > 4096 ? text.slice(0, 4096) + '…' : text) {
    const code = c.codePointAt(0)!
    if (code === 10 || code === 9) out += c
    else if (code < 32) out += '^' + String.fromCharCode(code + 64)
    else if (code === 127) out += '^?'
    else if ((code >= 0x80 && code < 0xa0) || (code >= 0xd800 && code <= 0xdfff) || code === 0xffff || code === 0xfffe) out += '\ufffd'
    else if (!invisible(code)) out += c
  }
  return out
}

/** Zero-width, soft hyphen, variation selectors, direction marks. */
const invisible = (code: number): boolean =>
  code === 0xad ||
  code === 0x061c ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x206f) ||
  (code >= 0xfe00 && code <= 0xfe0f) ||
  code === 0xfeff

const forbidden = (code: number): boolean =>
  (code < 32 && code !== 9 && code !== 10 && code !== 13) ||
  (code >= 127 && code < 160) ||
  (code >= 0xd800 && code <= 0xdfff) ||
  code === 0xfffe ||
  code === 0xffff ||
  invisible(code)

/** Reads one document. Refused: anchors, aliases, tags, directives, control characters, doubtful numbers, duplicate or odd keys, depth, size. */
export function readYaml(path: string, text: string): Read | Problem[] {
  const problems: Problem[] = []
  const add = (line: number, col: number, message: string, field = '') => {
    if (problems.length < PROBLEMS_MAX) problems.push({ path, line, col, field, message })
  }
  if (text.length > TEXT_MAX) return [{ path, line: 1, col: 1, field: '', message: `larger than ${TEXT_MAX / 1024} KiB` }]
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
  scan(text, add)
  if (problems.length > 0) return problems
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, strict: true, logLevel: 'silent' })
  if (!Array.isArray(documents) || documents.length === 0) return [{ path, line: 1, col: 1, field: '', message: 'is empty' }]
  if (documents.length > 1) {
    const at = lines.linePos(documents[1]!.range?.[0] ?? 0)
    return [{ path, line: at.line, col: at.col, field: '', message: 'holds more than one document; one file is one level' }]
  }
  const document = documents[0]!
  for (const e of document.errors) {
    const at = lines.linePos(e.pos[0])
    add(at.line, at.col, e.message.split('\n')[0]!)
  }
  const at = (node: Node) => lines.linePos(node.range?.[0] ?? 0)
  let depth = 0
  visit(document, {
    Node(_, node, ancestors) {
      const place = at(node)
      depth = ancestors.filter(isCollection).length
      if (depth > DEPTH_MAX) {
        add(place.line, place.col, `nested deeper than ${DEPTH_MAX}`)
        return visit.BREAK
      }
      if (isAlias(node) || (!isAlias(node) && node.anchor !== undefined)) add(place.line, place.col, 'anchors and aliases are not allowed')
      if (!isAlias(node) && node.tag !== undefined) add(place.line, place.col, 'tags are not allowed')
      if (isScalar(node)) checkScalar(node, message => add(place.line, place.col, message))
      return undefined
    },
    Pair(_, pair) {
      const key = pair.key
      if (isNode(key)) {
        const place = at(key)
        if (!isScalar(key) || typeof key.value !== 'string') add(place.line, place.col, 'a key must be text; put it in quotes')
        else if (key.value === '__proto__' || key.value === 'constructor' || key.value === 'prototype')
          add(place.line, place.col, `the key ${key.value} is not allowed`)
      }
    },
  })
  if (problems.length > 0) return problems
  if (!isMap(document.contents)) return [{ path, line: 1, col: 1, field: '', message: 'must be a map of fields' }]
  return {
    value: document.toJS({ maxAliasCount: 0 }),
    place(field) {
      for (let n = field.length; n > 0; n--) {
        const node = document.getIn(field.slice(0, n), true)
        if (isNode(node)) return keyPlace(document.contents as Node, field.slice(0, n), lines) ?? at(node)
      }
      return { line: 1, col: 1 }
    },
  }
}

/** Where the key of a field stands, rather than its value. */
function keyPlace(root: Node, field: (string | number)[], lines: LineCounter): { line: number; col: number } | undefined {
  let node: unknown = root
  for (const [i, step] of field.entries()) {
    if (!isCollection(node)) return undefined
    if (i === field.length - 1 && isMap(node)) {
      const pair = node.items.find(p => isPair(p) && isScalar(p.key) && p.key.value === step)
      if (pair && isNode(pair.key)) return lines.linePos(pair.key.range?.[0] ?? 0)
    }
    node = node.get(step, true)
  }
  return undefined
}

function checkScalar(node: { value: unknown; source?: string; type?: string }, add: (message: string) => void): void {
  const { value, source = '' } = node
  if (typeof value === 'string') {
    for (const c of value) {
      const code = c.codePointAt(0)!
      if (forbidden(code)) {
        add(`contains the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`)
        break
      }
    }
  }
  if (typeof value === 'bigint') add(`the number ${source} is too large; put it in quotes if it is a name`)
  if (typeof value !== 'number') return
  if (/^[-+]?0[0-9]/.test(source) || /^[-+]?0[ox]/i.test(source))
    add(`the number ${source} could be read in two ways; put it in quotes, or write it as a plain number`)
  else if (!Number.isFinite(value)) add(`the number ${source} is not finite`)
  else if (Number.isInteger(value) && !Number.isSafeInteger(value)) add(`the number ${source} is too large; put it in quotes if it is a name`)
  else if (Object.is(value, -0)) add('the number -0 is not allowed')
}

/** What can be refused before parsing: it keeps the parser from deep recursion, and names the column of what cannot be seen. */
function scan(text: string, add: (line: number, col: number, message: string) => void): void {
  let line = 1
  let start = 0
  let flow = 0
  let blank = true
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const col = i - start + 1
    if (code === 10) {
      line++
      start = i + 1
      blank = true
      continue
    }
    if (code >= 0xd800 && code <= 0xdbff && text.charCodeAt(i + 1) >= 0xdc00 && text.charCodeAt(i + 1) <= 0xdfff) {
      i++
      blank = false
      continue
    }
    if (forbidden(code)) {
      add(line, col, `contains the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`)
      return
    }
    if (blank) {
      if (code === 9) {
        add(line, col, 'a tab cannot indent; use spaces')
        return
      }
      if (code === 37 && col === 1) {
        add(line, col, 'directives are not allowed')
        return
      }
      if (col > INDENT_MAX && code === 32) {
        add(line, col, `nested deeper than ${DEPTH_MAX}`)
        return
      }
      if (code !== 32) {
        blank = false
        if (/^(?:[-?:] +){33}/.test(text.slice(i, i + 400)) || /^(?:[-?:] ){33}/.test(text.slice(i, i + 100))) {
          add(line, col, `nested deeper than ${DEPTH_MAX}`)
          return
        }
      }
    }
    if (code === 91 || code === 123) {
      if (++flow > 64) {
        add(line, col, `nested deeper than ${DEPTH_MAX}`)
        return
      }
    } else if ((code === 93 || code === 125) && flow > 0) flow--
  }
}
