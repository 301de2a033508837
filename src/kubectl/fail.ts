// fail.ts: what goes wrong in a command, and how kubectl says it.
// Models k8s.io/kubectl/pkg/cmd/util/helpers.go
// Differs: nothing known

import type { Status } from '../api/status.ts'
import type { Unreachable } from './want.ts'

export type Failure =
  /** The API server refused. */
  | { is: 'status'; status: Status; source?: string }
  /** Printed with `error: ` before it, unless it stands among others. */
  | { is: 'plain'; text: string }
  /** Several at once; nested as upstream's aggregates are. */
  | { is: 'many'; failures: Failure[] }
  /** Ends the command with this text as it stands. */
  | { is: 'exit'; text: string; code: number }
  | { is: 'unreachable'; error: Unreachable['error']; server: string }

/** Thrown to end a command: only `kubectl` and the commands that go on after a failure catch it. */
export class Fail extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.is)
    this.failure = failure
  }
}

/** Ends the command with `error: TEXT`. */
export function fail(text: string): never {
  throw new Fail({ is: 'plain', text })
}

/** Ends the command with `error: TEXT` and where to read more. */
export function misuse(command: string, text: string): never {
  return fail(`${text}\nSee 'kubectl ${command} -h' for help and examples`)
}

/** What is said where nothing says which objects are meant. */
export const NOTHING_MEANT =
  "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"

export function refuse(status: Status): never {
  throw new Fail({ is: 'status', status })
}

/** Ends the command if anything went wrong on the way. */
export function failAll(failures: Failure[]): void {
  const [one, ...more] = failures
  if (one !== undefined) throw new Fail(more.length === 0 ? one : { is: 'many', failures })
}

/** The failure of what `Fail` was thrown; anything else is our own mistake and goes on. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Fail) return error.failure
  throw error
}

export const isNotFound = (failure: Failure): boolean => failure.is === 'status' && failure.status.reason === 'NotFound'
export const isConflict = (failure: Failure): boolean => failure.is === 'status' && failure.status.reason === 'Conflict'

/** `error when creating "STDIN": …`, as upstream's AddSourceToErr. */
export function withSource(verb: string, source: string, failure: Failure): Failure {
  if (source === '') return failure
  if (failure.is === 'status') {
    const message = `error when ${verb} ${JSON.stringify(source)}: ${failure.status.message ?? ''}`
    return { is: 'status', status: { ...failure.status, message } }
  }
  return { is: 'plain', text: `error when ${verb} ${JSON.stringify(source)}: ${errorText(failure)}` }
}

/** Go's err.Error(). */
export function errorText(failure: Failure): string {
  switch (failure.is) {
    case 'status':
      return failure.status.message ?? ''
    case 'plain':
      return failure.text
    case 'exit':
      return failure.text
    case 'many': {
      const texts = [...new Set(failure.failures.map(errorText))]
      return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
    }
    case 'unreachable':
      return unreachableText(failure)
  }
}

/** What is printed on standard error at the end, and the exit status. */
export function lastWords(failure: Failure): { text: string; code: number } {
  const one = failure.is === 'many' && failure.failures.length === 1 ? failure.failures[0]! : failure
  if (one.is === 'exit') return { text: one.text, code: one.code }
  if (one.is === 'status' && one.status.reason === 'Invalid') return { text: invalidText(one.status), code: 1 }
  if (one.is === 'many') return { text: one.failures.map(f => `${standardText(f) ?? errorText(f)}\n`).join(''), code: 1 }
  const standard = standardText(one)
  if (standard !== undefined) return { text: standard, code: 1 }
  const text = errorText(one)
  return { text: text.startsWith('error: ') ? text : `error: ${text}`, code: 1 }
}

/** `Error from server (NotFound): …`, or undefined where the failure is no answer of a server. */
export function standardText(failure: Failure): string | undefined {
  if (failure.is === 'unreachable') return unreachableText(failure)
  if (failure.is !== 'status') return undefined
  const { reason, message = '' } = failure.status
  if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`
  return reason ? `Error from server (${reason}): ${message}` : `Error from server: ${message}`
}

function unreachableText(failure: { error: Unreachable['error']; server: string }): string {
  const host = failure.server.replace(/^https?:\/\//, '')
  if (failure.error === 'refused') return `The connection to the server ${host} was refused - did you specify the right host or port?`
  return `Unable to connect to the server: ${failure.error === 'timeout' ? 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)' : 'EOF'}`
}

function invalidText(status: Status): string {
  const details = status.details
  let text = 'The request is invalid'
  if (details === undefined) return status.message ? `${text}: ${status.message}` : text
  const causes = details.causes ?? []
  if (details.kind || details.name) text = `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`
  else if (status.message && causes.length === 0) text += `: ${status.message}`
  if (causes.length === 0) return text
  const lines = [...new Set(causes.map(cause => `${cause.field ?? ''}: ${cause.message ?? ''}`))]
  return lines.length === 1 ? `${text}: ${lines[0]}` : `${text}: \n${lines.map(line => `* ${line}\n`).join('')}`
}
