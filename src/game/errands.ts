// errands.ts: commands that somebody else gives: none of the player's, and seen only by what comes of them.

import type { KubectlEnv } from '../kubectl/want.ts'
import { begin, type Command, type Desk, ENV, newDesk, pump, type Surround } from './commands.ts'

/** Who gives them. */
const BOSS = 'user/admin'
const BOSS_ENV: KubectlEnv = { ...ENV, token: 'admin-token' }

/** One is under way, the others wait for it. */
export interface Errands {
  queue: Command[]
  desk: Desk
}

export const newErrands = (): Errands => ({ queue: [], desk: newDesk({}, BOSS) })

/** In a copy of the company: what is under way stays with the original. */
export const errandsBeside = ({ desk }: Errands): Errands => ({ queue: [], desk: { ...desk, taken: new Map() } })

/** Gives a command, which reads the files of the player's desk. */
export function send(errands: Errands, line: string, files: Desk['files'], around: Omit<Surround, 'print'>): void {
  const command = begin(line, BOSS_ENV)
  if (typeof command === 'string') throw new Error(`${line}: ${command}`)
  errands.desk.files = files
  errands.queue.push(command)
  if (errands.queue.length === 1) carry(errands, around, true)
}

/** Goes on with what has been answered. True: something moved. */
export function carry(errands: Errands, around: Omit<Surround, 'print'>, first = false): boolean {
  const quiet = { ...around, print: () => undefined }
  let moved = false
  let fresh = first
  for (let now = errands.queue[0]; now !== undefined; now = errands.queue[0]) {
    if (pump(now, errands.desk, quiet, fresh)) moved = true
    if (now.status === undefined) return moved
    errands.queue.shift()
    fresh = true
  }
  return moved
}
