// clients.ts: the programs of a place: kubectl (the game's own), factory (cuts and restores a factory's power), sleep.

import fs from 'node:fs'
import path from 'node:path'
import { powerOff, powerOn } from '../../src/cluster/cluster.ts'
import type { User } from '../../src/cluster/user.ts'
import type { Input, World } from '../../src/kernel/world.ts'
import { kubectl } from '../../src/kubectl/kubectl.ts'
import type { Steps, Want } from '../../src/kubectl/want.ts'

const START = 300 // Simulated ms that a kubectl takes to start, as long as it took in the recordings.
const USER = 'user/admin'

/** What a client says to its program's process. */
type Words = { out: string } | { err: string } | { read: true } | { edit: string; editor: string } | { exit: number }

interface Hands {
  world: World
  apply(input: Input): void
  say(words: Words): void
}

interface Greeting {
  name: string
  argv: string[]
  cwd: string
  env: Record<string, string | undefined>
}

export interface Client {
  /** Does what can be done now; false if it must wait. */
  serve(): boolean
  /** What it waits for: an answer of the cluster, the next line of a watch, time, its own process; undefined when it is done. */
  waits(): 'request' | 'watch' | 'time' | 'process' | undefined
  /** Simulated ms at which it wants to be served again at the latest. */
  deadline(): number
  hear(line: any): void
  leave(): void
  /** Ends the program with a status. */
  dismiss(status: number): void
}

let ids = 0

export function newClient(greeting: Greeting, hands: Hands): Client {
  if (greeting.name === 'kubectl') return kubectlClient(greeting, hands)
  if (greeting.name === 'sleep') return waiter(hands, Number.parseFloat(greeting.argv[0] ?? '0') * 1000)
  const [verb, factory] = greeting.argv
  if (verb === 'stop') powerOff(hands.world, `factory-${factory}`)
  else powerOn(hands.world, `factory-${factory}`)
  return waiter(hands, 0)
}

function waiter(hands: Hands, ms: number): Client {
  const until = hands.world.now + ms
  let done = false
  return {
    serve() {
      if (done || hands.world.now < until) return false
      done = true
      hands.say({ exit: 0 })
      return true
    },
    waits: () => (done ? undefined : 'time'),
    deadline: () => until,
    hear() {},
    leave() {},
    dismiss(status) {
      done = true
      hands.say({ exit: status })
    },
  }
}

/** The command, or one of several things that it does at once. */
interface Part {
  steps: Steps<unknown>
  want?: Want
  /** The number of its request. */
  asked: number
  /** Simulated ms at which its wish is over. */
  until: number
  /** What it does at once, while it wishes for that. */
  parts: Part[]
  ended?: { value: unknown } | { thrown: unknown }
}

const newPart = (steps: Steps<unknown>, until = Number.POSITIVE_INFINITY): Part => ({ steps, asked: 0, until, parts: [] })

/** What a part goes on with. */
type Ready = { value: any } | { thrown: unknown }

function kubectlClient(greeting: Greeting, hands: Hands): Client {
  const { world, apply, say } = hands
  const variables = Object.fromEntries(Object.entries(greeting.env).filter(([, v]) => v !== undefined)) as Record<string, string>
  const command = newPart(kubectl(greeting.argv, { server: 'https://127.0.0.1:6443', token: 'admin-token', variables }), world.now + START)
  const user = () => world.actors.get(USER)!.state as User
  const file = (name: string) => path.resolve(greeting.cwd, name)
  const opened = new Map<number, number>() // Open watches, and how many lines of each were taken.
  let heard: { value: any } | undefined
  let finished = false

  const tell = (type: string, body: any) => apply({ input: 'post', to: USER, type, body })
  /** The answer to a part's present want, or undefined if it is not there yet. */
  function answer(part: Part, w: Want): Ready | undefined {
    switch (w.want) {
      case 'request':
      case 'watch':
      case 'stream': {
        const got = user().answers.get(part.asked)
        if (!got) return undefined
        tell('forget', { id: part.asked })
        if (!got.ok) return { value: { error: got.error } }
        return { value: w.want === 'request' ? got.value : { ...got.value, watch: part.asked } }
      }
      case 'next': {
        const watch = user().watches.get(w.watch)
        const taken = opened.get(w.watch) ?? 0
        const line = watch?.lines[taken - watch.first]
        if (line) {
          opened.set(w.watch, taken + 1)
          tell('took', { id: w.watch, upTo: taken + 1 })
          return { value: 'text' in line ? line : { event: line } }
        }
        if (!watch || watch.closed) return { value: { closed: true, status: watch?.status } }
        return world.now >= part.until ? { value: { timeout: true } } : undefined
      }
      case 'close':
        opened.delete(w.watch)
        tell('unwatch', { id: w.watch })
        return { value: undefined }
      case 'pause':
        return world.now >= part.until ? { value: undefined } : undefined
      case 'now':
        return { value: world.now }
      case 'print':
        say(w.to === 'out' ? { out: w.text } : { err: w.text })
        return { value: undefined }
      case 'write':
        return { value: attempt(() => fs.writeFileSync(file(w.path), w.text) ?? true) ?? false }
      case 'list':
        return { value: attempt(() => fs.readdirSync(file(w.path)).sort()) }
      case 'read':
        if (w.path === '-') return heard
        return { value: attempt(() => fs.readFileSync(file(w.path), 'utf8')) }
      case 'edit':
        return heard && { value: heard.value.status === 0 ? heard.value.text : undefined }
      case 'together':
        return resultOf(part.parts)
    }
  }
  /** What must be done once when a want comes up. */
  function begin(part: Part, w: Want): void {
    part.until = Number.POSITIVE_INFINITY
    part.parts = []
    if (w.want === 'request' || w.want === 'watch' || w.want === 'stream') {
      part.asked = ++ids
      if (w.want !== 'request') opened.set(part.asked, 0)
      tell('ask', { id: part.asked, request: w.request, open: w.want !== 'request' })
    } else if (w.want === 'pause') part.until = world.now + w.ms
    else if (w.want === 'next' && w.ms !== undefined) part.until = world.now + w.ms
    else if ((w.want === 'read' && w.path === '-') || w.want === 'edit') {
      heard = undefined
      say(w.want === 'read' ? { read: true } : { edit: w.text, editor: variables['KUBE_EDITOR'] ?? variables['EDITOR'] ?? 'vi' })
    } else if (w.want === 'together') {
      part.parts = w.parts.map(steps => newPart(steps))
      for (const p of part.parts) go(p, { value: undefined })
    }
  }
  function go(part: Part, got: Ready): void {
    try {
      const next = 'thrown' in got ? part.steps.throw(got.thrown) : part.steps.next(got.value)
      if (next.done) part.ended = { value: next.value }
      else {
        part.want = next.value
        begin(part, next.value)
      }
    } catch (thrown) {
      part.ended = { thrown }
    }
  }
  /** Goes on where something has come; false if there is nothing. */
  function serve(part: Part): boolean {
    let served = false
    for (const p of part.parts) if (!p.ended && serve(p)) served = true
    const got = part.want === undefined ? (world.now < part.until ? undefined : { value: undefined }) : answer(part, part.want)
    if (!got) return served
    go(part, got)
    return true
  }
  const waiting = (part: Part): Part[] => (part.want?.want === 'together' ? part.parts.filter(p => !p.ended).flatMap(waiting) : [part])
  function waitsFor(part: Part): 'request' | 'watch' | 'time' | 'process' {
    const { want } = part
    if (want === undefined) return 'request' // It starts: nobody holds it up.
    if (want.want === 'pause') return 'time'
    if (want.want === 'next') return 'watch'
    return want.want === 'read' || want.want === 'edit' ? 'process' : 'request'
  }
  return {
    serve() {
      if (finished || !serve(command)) return false
      if (!command.ended) return true
      if ('thrown' in command.ended) throw command.ended.thrown
      finished = true
      say({ exit: command.ended.value as number })
      return true
    },
    waits() {
      if (finished) return undefined
      const all = waiting(command).map(waitsFor)
      return (['request', 'watch', 'time', 'process'] as const).find(w => all.includes(w)) ?? 'request'
    },
    deadline: () => Math.min(...waiting(command).map(p => p.until)),
    hear(line) {
      heard = { value: line.read ?? line.edit }
    },
    dismiss(status) {
      finished = true
      say({ exit: status })
    },
    leave() {
      finished = true
      for (const id of opened.keys()) tell('unwatch', { id })
    },
  }
}

/** What several parts came to: all that they returned, or what one of them threw. */
function resultOf(parts: Part[]): Ready | undefined {
  const values: unknown[] = []
  let all = true
  for (const { ended } of parts) {
    if (!ended) all = false
    else if ('thrown' in ended) return ended
    else values.push(ended.value)
  }
  return all ? { value: values } : undefined
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
