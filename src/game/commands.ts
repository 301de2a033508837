// commands.ts: drives kubectl in a simulated world: the command wishes, the world answers in its own time.

import type { User } from '../cluster/user.ts'
import type { Input, World } from '../kernel/world.ts'
import type { KubectlEnv, Steps, Want } from '../kubectl/want.ts'
import { programOf } from './shell.ts'

export const PLAYER = 'user/you'
export const TOKEN = 'you-token'

export const ENV: KubectlEnv = { server: 'https://10.0.0.10:6443', token: TOKEN, variables: { HOME: '/home/you', KUBE_EDITOR: 'edit' } }

/** The status of a command that was ended by Ctrl-C. */
export const INTERRUPTED = 130

/** Lines that a command may print. */
const LINES_MAX = 2_000

/** A command, or one of several things that it does at once. */
interface Part {
  steps: Steps<unknown>
  /** What it waits for; undefined: it is done. */
  waits?: Waits
  ended?: { value: unknown } | { thrown: unknown }
}

export interface Command extends Part {
  line: string
  status?: number
}

type Waits =
  | { for: 'answer'; id: number; opens: boolean }
  | { for: 'line'; id: number; until?: number; taken: number }
  | { for: 'time'; until: number }
  /** `typed`: it is standard input, and not a text that was there. `written`: lines that were given one by one. `left`: how the editor was left. */
  | { for: 'editor'; text: string; typed: boolean; written: string[]; left?: string }
  | { for: 'parts'; parts: Part[] }

export interface Desk {
  /** Never changed in place: moments of the past hold on to it. */
  files: ReadonlyMap<string, string>
  /** The actor whose desk it is. */
  user: string
  /** Numbers of requests given so far. */
  asked: number
  /** How many lines of each open watch were taken. */
  taken: Map<number, number>
}

export const newDesk = (files: Record<string, string>, user = PLAYER): Desk => ({ user, files: new Map(Object.entries(files)), asked: 0, taken: new Map() })

/** `./tea.yaml` and `/home/you/tea.yaml` are the desk's `tea.yaml`. */
const pathOnDesk = (path: string): string => path.replace(/^(?:\.\/+|\/home\/you\/(?!\.))+/, '')

export const readFile = (desk: Desk, path: string): string | undefined => desk.files.get(pathOnDesk(path))

/** Names in a folder, in order; undefined: there is no such folder. The desk itself is `.`. */
function filesIn(desk: Desk, path: string): string[] | undefined {
  const folder = path.replace(/\/+$/, '')
  const home = folder === '.' || folder === '~' || folder === '/home/you'
  const names = [...desk.files.keys()].filter(name => (home ? !name.includes('/') : name.startsWith(`${folder}/`)))
  if (names.length === 0 && !home) return undefined
  return names.map(name => (home ? name : name.slice(folder.length + 1))).sort()
}

export interface Surround {
  world: () => World
  give: (input: Input) => void
  print: (to: 'out' | 'err', text: string) => void
}

/** A line as a command; a text: why it is none. */
export function begin(line: string, env = ENV): Command | string {
  const steps = programOf(line, env)
  return typeof steps === 'string' ? steps : { line, steps }
}

/** The text that a command waits to have edited, or typed on its standard input. */
export const opened = (command: Command | undefined): { text: string; typed: boolean } | undefined =>
  command?.waits?.for === 'editor' ? command.waits : undefined

/** Does it follow something that goes on by itself, as a watch and a log do? */
export const follows = (command: Command | undefined): boolean => command?.waits?.for === 'line'

/** The editor was left, with this text; undefined: unchanged. False: nobody waits for it. */
export function leave(command: Command | undefined, text: string | undefined): boolean {
  if (command?.waits?.for !== 'editor') return false
  command.waits.left = text ?? command.waits.text
  return true
}

/** Takes one line of a text that is given line by line; true: it was the last. */
export function write(command: Command | undefined, line: string): boolean {
  if (command?.waits?.for !== 'editor') return false
  const { written } = command.waits
  if (line !== '.') {
    if (written.length < LINES_MAX) written.push(line)
    return false
  }
  return leave(command, written.length === 0 ? undefined : `${written.join('\n')}\n`)
}

/** Answers as many wishes as the world can answer now. True: something moved. */
export function pump(command: Command, desk: Desk, around: Surround, first = false): boolean {
  const moved = go(command, desk, around, first)
  if (command.ended === undefined) return moved
  if ('thrown' in command.ended) throw command.ended.thrown
  command.status = command.ended.value as number
  closeAll(desk, around)
  return true
}

function go(part: Part, desk: Desk, around: Surround, first: boolean): boolean {
  let moved = first
  let ready: Ready | undefined = first ? { value: undefined } : undefined
  if (part.waits?.for === 'parts') {
    for (const p of part.waits.parts) if (p.ended === undefined && go(p, desk, around, false)) moved = true
    ready = resultOf(part.waits.parts)
  } else ready ??= answerTo(part, desk, around)
  for (let i = 0; ready !== undefined && i < LINES_MAX; i++) {
    moved = true
    try {
      const { value, done } = 'thrown' in ready ? part.steps.throw(ready.thrown) : part.steps.next(ready.value as never)
      if (!done) {
        ready = wish(value, part, desk, around)
        continue
      }
      part.ended = { value }
    } catch (thrown) {
      part.ended = { thrown }
    }
    delete part.waits
    return true
  }
  return moved
}

/** What several parts came to: all that they returned, or what one of them threw. */
function resultOf(parts: Part[]): Ready | undefined {
  for (const { ended } of parts)
    if (ended && 'thrown' in ended) {
      for (const other of parts) if (other.ended === undefined) other.steps.return(undefined)
      return ended
    }
  const values: unknown[] = []
  for (const { ended } of parts) {
    if (!ended || 'thrown' in ended) return undefined
    values.push(ended.value)
  }
  return { value: values }
}

/** Ends it as Ctrl-C does. */
export function stop(command: Command, desk: Desk, around: Surround): void {
  end(command, desk)
  command.status = INTERRUPTED
  closeAll(desk, around)
}

function end(part: Part, desk: Desk): void {
  if (part.waits?.for === 'parts') for (const p of part.waits.parts) if (p.ended === undefined) end(p, desk)
  // A watch that is only being opened is open as well.
  if (part.waits?.for === 'answer' && part.waits.opens) desk.taken.set(part.waits.id, 0)
  part.steps.return(INTERRUPTED)
  delete part.waits
}

/** A process that ends leaves nothing open. */
function closeAll(desk: Desk, around: Surround): void {
  for (const id of desk.taken.keys()) around.give(unwatch(id, desk.user))
  desk.taken.clear()
}

const unwatch = (id: number, user: string): Input => ({ input: 'post', to: user, type: 'unwatch', body: { id } })

/** Closes what is open in a world in which no command is under way. */
export function closeLeft({ world, give }: Pick<Surround, 'world' | 'give'>): void {
  for (const id of userOf(world(), PLAYER)?.watches.keys() ?? []) give(unwatch(id, PLAYER))
}

/** Has it begun something that would stay half done? What only looks, or waits for the clock, has not. */
export const halfDone = (part: Part | undefined): boolean =>
  part?.waits?.for === 'parts' ? part.waits.parts.some(halfDone) : part?.waits?.for === 'answer' && !part.waits.opens

const userOf = (world: World, user: string): User | undefined => world.actors.get(user)?.state

/** What a part goes on with. */
type Ready = { value: unknown } | { thrown: unknown }

/** The answer that has come, or undefined if it has not. */
function answerTo(part: Part, desk: Desk, around: Surround): Ready | undefined {
  const world = around.world()
  const user = userOf(world, desk.user)
  const { waits } = part
  if (waits === undefined || user === undefined) return undefined
  if (waits.for === 'time') return world.now >= waits.until ? { value: undefined } : undefined
  if (waits.for === 'editor') return waits.left === undefined ? undefined : { value: waits.left }
  if (waits.for === 'parts') return undefined
  if (waits.for === 'answer') {
    const answer = user.answers.get(waits.id)
    if (answer === undefined) return undefined
    around.give({ input: 'post', to: desk.user, type: 'forget', body: { id: waits.id } })
    if (!answer.ok) return { value: { error: answer.error } }
    if (waits.opens) desk.taken.set(waits.id, 0)
    return { value: waits.opens ? { ...answer.value, watch: waits.id } : answer.value }
  }
  const open = user.watches.get(waits.id)
  const taken = desk.taken.get(waits.id) ?? 0
  const line = open?.lines[taken - open.first]
  if (line !== undefined) {
    desk.taken.set(waits.id, taken + 1)
    around.give({ input: 'post', to: desk.user, type: 'took', body: { id: waits.id, upTo: taken + 1 } })
    return { value: 'text' in line ? line : { event: line } }
  }
  if (open === undefined || open.closed) return { value: { closed: true, ...(open?.status === undefined ? {} : { status: open.status }) } }
  return waits.until !== undefined && world.now >= waits.until ? { value: { timeout: true } } : undefined
}

/** Begins what is wished; the answer at once, or undefined: it has to wait. */
function wish(want: Want, part: Part, desk: Desk, around: Surround): Ready | undefined {
  delete part.waits
  switch (want.want) {
    case 'request':
    case 'watch':
    case 'stream': {
      const id = ++desk.asked
      const opens = want.want !== 'request'
      around.give({ input: 'post', to: desk.user, type: 'ask', body: { id, request: want.request, open: opens } })
      part.waits = { for: 'answer', id, opens }
      return undefined
    }
    case 'next':
      part.waits = { for: 'line', id: want.watch, taken: 0, ...(want.ms === undefined ? {} : { until: around.world().now + want.ms }) }
      return answerTo(part, desk, around)
    case 'close':
      around.give(unwatch(want.watch, desk.user))
      desk.taken.delete(want.watch)
      return { value: undefined }
    case 'pause':
      part.waits = { for: 'time', until: around.world().now + want.ms }
      return undefined
    case 'now':
      return { value: around.world().now }
    case 'print':
      around.print(want.to, want.text)
      return { value: undefined }
    case 'read':
      if (want.path !== '-') return { value: readFile(desk, want.path) }
      part.waits = { for: 'editor', text: '', typed: true, written: [] }
      return undefined
    case 'write':
      desk.files = new Map(desk.files).set(pathOnDesk(want.path), want.text)
      return { value: true }
    case 'list':
      return { value: filesIn(desk, want.path) }
    case 'edit':
      part.waits = { for: 'editor', text: want.text, typed: false, written: [] }
      return undefined
    case 'together': {
      const parts = want.parts.map((steps): Part => ({ steps }))
      for (const p of parts) go(p, desk, around, true)
      part.waits = { for: 'parts', parts }
      return resultOf(parts)
    }
  }
}
