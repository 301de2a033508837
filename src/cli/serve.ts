// serve.ts: the command that opens the hatch to the player's own kubectl.

import { randomBytes, randomInt } from 'node:crypto'
import { join, resolve } from 'node:path'
import { EPOCH_MS } from '../api/time.ts'
import { newCluster, SYSTEM } from '../cluster/cluster.ts'
import { ADMIN_TOKEN, order, served } from '../game/served.ts'
import { advanceTo, type World } from '../kernel/world.ts'
import { newIdentity } from '../server/certificate.ts'
import { type Entry, removeKubeconfig, writeKubeconfig } from '../server/kubeconfig.ts'
import { listen } from '../server/server.ts'
import { newWire } from '../server/wire.ts'
import type { Command } from './args.ts'
import { BAD_INPUT, CANNOT_WRITE, OK, SIGNALS, Stop } from './exit.ts'
import { foldersOf } from './folders.ts'
import { filesOf } from './game.ts'
import type { Surroundings } from './play.ts'

const BOOT_MS = 3_500 // When the Nodes have been ready for a moment.

export interface Opened {
  world: World
  entry: Entry
  /** Rejects with a mistake of ours. */
  broken: Promise<never>
  close(): Promise<void>
}

/** A cluster that has just come up, behind a server on loopback. */
export async function openCluster(options: { port: number; speed: number; seed: number; files?: Record<string, string> }): Promise<Opened> {
  // Simulated time has no moment before its first: a wall clock that stands earlier is followed from there.
  const begin = Math.max(0, Date.now() - EPOCH_MS - BOOT_MS)
  const world = newCluster({ seed: options.seed, pace: 'recorded', proxies: false, begin })
  advanceTo(SYSTEM, world, begin + BOOT_MS)
  const ordered = order(SYSTEM, world, options.files ?? {})
  if (ordered.status !== 0) throw new Stop(BAD_INPUT, ordered.text.trim())
  const identity = newIdentity(Date.now())
  const token = randomBytes(24).toString('base64url')
  let report: (error: unknown) => void = () => {}
  const broken = new Promise<never>((_, reject) => {
    report = reject
  })
  broken.catch(() => {})
  const wire = newWire(served(SYSTEM, world), options.speed, error => report(error))
  const server = await listen({ ...identity, wire, port: options.port, keys: { outer: token, inner: ADMIN_TOKEN }, broken: error => report(error) })
  return {
    world,
    entry: { port: server.port, authority: identity.authority, token },
    broken,
    close: async () => {
      wire.stop()
      await server.close()
    },
  }
}

export async function serve(command: Extract<Command, { command: 'serve' }>, io: Surroundings): Promise<number> {
  const signalled = new Promise<number>(done => {
    for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => done(code))
  })
  const opened = await openCluster({
    port: command.port,
    speed: command.speed,
    seed: io.flags.seed ?? randomInt(1_000_000_000),
    files: filesOf(command.files),
  }).catch(error => {
    if (['EADDRINUSE', 'EACCES'].includes(error?.code)) throw new Stop(CANNOT_WRITE, `port ${command.port} is not free`)
    throw error
  })
  try {
    const file = command.kubeconfig === undefined ? join(foldersOf(io.env).state, `kubeconfig-${opened.entry.port}`) : resolve(command.kubeconfig)
    write(file, opened.entry)
    process.stdout.write(`export KUBECONFIG=${quoted(file)}\n`)
    process.stderr.write(`A cluster answers at https://127.0.0.1:${opened.entry.port} until you press Ctrl-C.\n`)
    try {
      const code = await Promise.race([signalled, opened.broken])
      return code === SIGNALS.SIGINT ? OK : code
    } finally {
      removeKubeconfig(file, opened.entry)
    }
  } finally {
    await opened.close()
  }
}

function write(file: string, entry: Entry): void {
  let written: boolean
  try {
    written = writeKubeconfig(file, entry)
  } catch (error) {
    throw new Stop(CANNOT_WRITE, `${file}: ${(error as Error).message}`)
  }
  if (!written) throw new Stop(CANNOT_WRITE, `${file} is not a file of ours, and stays as it is`)
}

const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
