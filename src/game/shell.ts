// shell.ts: what a typed line means: kubectl, and the few other programs of the desk, with their pipes and files.

import { commandsBelow } from '../kubectl/help.ts'
import { kubectl } from '../kubectl/kubectl.ts'
import type { KubectlEnv, Steps, Want } from '../kubectl/want.ts'

/** Commands joined by pipes. */
const PIPES_MAX = 8

type Program = (args: string[], env: KubectlEnv) => Steps<number>

/** Programs by name; they return their exit status. */
export const PROGRAMS: Record<string, Program> = { bind, kubectl, k: kubectl, cat, edit, ls, nano: edit, vi: edit, vim: edit }

export const isKubectl = (line: string): boolean => partsOf(line).some(part => /^\s*(kubectl|k|bind)(\s|$)/.test(part.text))

/** The line as something that can be carried out; a text: why it cannot. */
export function programOf(line: string, env: KubectlEnv): Steps<number> | string {
  const parts = partsOf(line)
  if (parts.length > 2 * PIPES_MAX) return 'too many pipes'
  let steps: Steps<number> | undefined
  for (const { sign, text } of parts) {
    const [word = '', ...args] = wordsOf(text)
    if (word === '') return `syntax error near unexpected token \`${sign === '' ? 'newline' : sign}'`
    if (sign === '>' || sign === '>>') steps = into(steps!, word, sign === '>>')
    else if (sign === '<') steps = fed(steps!, from(word))
    else if (sign !== '<<') {
      const program = Object.hasOwn(PROGRAMS, word) ? PROGRAMS[word]!(args, env) : undefined
      if (program === undefined) return notFound(word)
      steps = steps === undefined ? program : fed(program, heard(steps))
    }
  }
  return steps ?? ''
}

const notFound = (word: string): string =>
  `${word}: command not found; ${commandsBelow('').includes(word) ? `did you mean kubectl ${word}?` : 'here kubectl is spoken, and ls, cat, edit'}`

/** The parts of a line between `|`, `<`, `>`, `>>` and `<<`, each with the sign before it; quoted signs are text. */
export function partsOf(line: string): { sign: string; text: string }[] {
  const parts = [{ sign: '', text: '' }]
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quote === '' && '|<>'.includes(c)) {
      const sign = c !== '|' && line[i + 1] === c ? c + line[++i] : c
      parts.push({ sign, text: '' })
      continue
    }
    if (c === '\\' && quote !== "'" && i + 1 < line.length) {
      parts.at(-1)!.text += c + line[++i]
      continue
    }
    if (quote === c) quote = ''
    else if (quote === '' && (c === "'" || c === '"')) quote = c
    parts.at(-1)!.text += c
  }
  return parts
}

/** Splits as a shell does: quotes and backslashes. */
export function wordsOf(line: string): string[] {
  const words: string[] = []
  let word = ''
  let started = false
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quote !== '') {
      if (c === quote) quote = ''
      else if (c === '\\' && quote === '"' && /["\\$`]/.test(line[i + 1] ?? '')) word += line[++i]
      else word += c
    } else if (c === "'" || c === '"') {
      quote = c
      started = true
    } else if (c === '\\' && i + 1 < line.length) {
      word += line[++i]
      started = true
    } else if (c === ' ') {
      if (started || word !== '') words.push(word)
      word = ''
      started = false
    } else word += c
  }
  if (started || word !== '') words.push(word)
  return words
}

/** Runs steps with another hand on some of their wishes; what `hand` leaves undefined goes to whoever drives. */
function* handled<T>(steps: Steps<T>, hand: (want: Want) => { value: unknown } | undefined): Steps<T> {
  let step = steps.next()
  try {
    while (!step.done) {
      const want = step.value
      const own = hand(want)
      if (own !== undefined) {
        step = steps.next(own.value)
        continue
      }
      let answer: unknown
      try {
        answer = yield want.want === 'together' ? { ...want, parts: want.parts.map(part => handled(part, hand)) } : want
      } catch (thrown) {
        step = steps.throw(thrown)
        continue
      }
      step = steps.next(answer)
    }
    return step.value
  } finally {
    steps.return(undefined as T)
  }
}

/** Standard input comes from `text`. */
function* fed(steps: Steps<number>, text: Steps<string | undefined>): Steps<number> {
  const input = yield* text
  return input === undefined ? 1 : yield* handled(steps, want => (want.want === 'read' && want.path === '-' ? { value: input } : undefined))
}

function* from(path: string): Steps<string | undefined> {
  const body: string | undefined = yield { want: 'read', path }
  if (body === undefined) yield { want: 'print', to: 'err', text: `${path}: No such file or directory\n` }
  return body
}

/** All that steps print on standard output. */
function* heard(steps: Steps<number>): Steps<string> {
  return (yield* outOf(steps)).text
}

function* outOf(steps: Steps<number>): Steps<{ text: string; status: number }> {
  let text = ''
  const status = yield* handled(steps, want => {
    if (want.want !== 'print' || want.to !== 'out') return undefined
    text += want.text
    return { value: undefined }
  })
  return { text, status }
}

function* into(steps: Steps<number>, path: string, more: boolean): Steps<number> {
  const { text, status } = yield* outOf(steps)
  const before: string | undefined = more ? yield { want: 'read', path } : ''
  yield { want: 'write', path, text: (before ?? '') + text }
  return status
}

/** A Binding by hand, as `kubectl create --raw` sends it: `bind POD FACTORY`. */
function* bind([pod, place, ...more]: string[], env: KubectlEnv): Steps<number> {
  if (pod === undefined || place === undefined || more.length > 0) {
    yield { want: 'print', to: 'err', text: 'bind: a pod and a factory, such as bind tea q\n' }
    return 1
  }
  const name = place.length === 1 ? `factory-${place.toLowerCase()}` : place
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod }, target: { apiVersion: 'v1', kind: 'Node', name } }
  const path = `/api/v1/namespaces/default/pods/${pod}/binding`
  return yield* handled(kubectl(['create', '--raw', path, '-f', '-'], env), want =>
    want.want === 'read' && want.path === '-' ? { value: JSON.stringify(body) } : undefined,
  )
}

function* ls(args: string[]): Steps<number> {
  const path = args.find(a => !a.startsWith('-')) ?? '.'
  const names: string[] | undefined = yield { want: 'list', path }
  if (names === undefined) {
    const file: string | undefined = yield { want: 'read', path }
    const text = file === undefined ? `ls: cannot access '${path}': No such file or directory\n` : `${path}\n`
    yield { want: 'print', to: file === undefined ? 'err' : 'out', text }
    return file === undefined ? 2 : 0
  }
  if (names.length > 0) yield { want: 'print', to: 'out', text: `${names.join('  ')}\n` }
  return 0
}

function* cat(args: string[]): Steps<number> {
  let status = 0
  for (const path of args.length === 0 ? ['-'] : args) {
    const body: string | undefined = yield { want: 'read', path }
    if (body === undefined) status = 1
    yield { want: 'print', to: body === undefined ? 'err' : 'out', text: body ?? `cat: ${path}: No such file or directory\n` }
  }
  return status
}

/** A file of the desk in the editor; a name that is not there becomes a new file. */
function* edit(args: string[]): Steps<number> {
  const [path] = args.filter(a => !a.startsWith('-'))
  if (path === undefined) {
    yield { want: 'print', to: 'err', text: 'edit: which file? ls lists them; kubectl edit TYPE NAME changes an object\n' }
    return 1
  }
  const before: string | undefined = yield { want: 'read', path }
  const after: string | undefined = yield { want: 'edit', text: before ?? '' }
  if (after === undefined || after === (before ?? '')) {
    yield { want: 'print', to: 'out', text: `"${path}" unchanged\n` }
    return 0
  }
  yield { want: 'write', path, text: after }
  yield {
    want: 'print',
    to: 'out',
    text: `"${path}"${before === undefined ? ' [New]' : ''} ${after.split('\n').length - 1}L, ${new TextEncoder().encode(after).length}B written\n`,
  }
  return 0
}
