// place.ts: where recordings are played: a simulated cluster, and programs on PATH that speak to it while bash runs the commands.
// Simulated time passes only while somebody waits: a request, a sleep, a watch. Real time decides nothing but who has come to the counter.

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { System } from '../../src/kernel/machine.ts'
import { advance, apply, type World } from '../../src/kernel/world.ts'
import { type Client, newClient } from './clients.ts'

const COMMAND_MAX = 600_000 // Simulated ms that one command may take.
const COME = 150 // Real ms in which a client that was started beside a sleeping one comes to the counter.

/** A place where commands are run. `onAdvance` is called after each message of the simulation. */
export interface Place {
  world: World
  /** Runs a command in a fresh bash → its exit status and output; simulated time passes as its programs wait. */
  run(cmd: string): Promise<{ status: number; out: string; err: string }>
  /** Lets simulated time pass until `until`, ms. */
  pass(until: number): void
  close(): void
}

export function openPlace(system: System, world: World, onAdvance: () => void = () => {}): Promise<Place> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'place-'))
  const socketPath = path.join(dir, 'socket')
  const program = path.join(import.meta.dirname, 'program.mjs')
  for (const name of ['kubectl', 'factory', 'sleep'])
    fs.writeFileSync(path.join(dir, name), `#!/bin/bash\nexec ${process.execPath} ${program} ${name} "$@"\n`, { mode: 0o755 })

  const clients = new Set<Client>()
  let cameLast = 0
  let turning = false
  let broken = false
  let began = world.now
  const move = (until: number) => {
    const message = advance(system, world, until)
    onAdvance()
    return message
  }
  /** Serves everybody; a mistake of ours ends this recording's programs with 70, and not the run. */
  async function turn(): Promise<void> {
    if (turning) return
    turning = true
    try {
      await serve()
    } catch (error) {
      broken = true
      console.error(error)
    }
    if (broken || world.now - began > COMMAND_MAX) for (const client of clients) client.dismiss(broken ? 70 : 124)
    turning = false
  }
  /** Lets time pass while all clients wait. */
  async function serve(): Promise<void> {
    for (let n = 0; clients.size > 0 && !broken && world.now - began <= COMMAND_MAX; n++) {
      let served = false
      for (const client of [...clients]) if (client.serve()) served = true
      if (served) continue
      // While a program reads its standard input or edits, only requests go on; sleepers and watchers get their time when nobody else comes.
      const waiting = [...clients].filter(c => c.waits() !== undefined && c.waits() !== 'process')
      if (waiting.length === 0) break
      const reading = waiting.length < clients.size
      if (!waiting.some(c => c.waits() === 'request')) {
        const rest = (reading ? 2 * COME : COME) - (Date.now() - cameLast)
        if (rest > 0) {
          await new Promise(done => setTimeout(done, rest))
          continue
        }
      }
      const until = Math.min(...waiting.map(c => c.deadline()))
      if (move(until) === undefined && until === Number.POSITIVE_INFINITY) break
      if (n % 64 === 0) await new Promise(done => setImmediate(done))
    }
  }

  const server = net.createServer(connection => {
    let client: Client | undefined
    let buffered = ''
    connection.setEncoding('utf8')
    connection.on('data', (data: string) => {
      buffered += data
      for (let end = buffered.indexOf('\n'); end >= 0; end = buffered.indexOf('\n')) {
        const line = JSON.parse(buffered.slice(0, end))
        buffered = buffered.slice(end + 1)
        if (client) client.hear(line)
        else {
          client = newClient(line, { world, apply: input => apply(system, world, input), say: words => connection.write(`${JSON.stringify(words)}\n`) })
          clients.add(client)
          cameLast = Date.now()
        }
      }
      void turn()
    })
    connection.on('error', () => {})
    connection.on('close', () => {
      if (client) {
        clients.delete(client)
        client.leave()
      }
      void turn()
    })
  })

  const env = { ...process.env, PATH: `${dir}:${process.env['PATH']}`, HOME: dir, KUBECTL_KUBERC: 'false', FACTORY_SOCKET: socketPath, KUBECONFIG: undefined }
  const place: Place = {
    world,
    run: cmd =>
      new Promise(done => {
        began = world.now
        const bash = spawn('bash', ['-c', cmd], { env: env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] })
        let out = ''
        let err = ''
        bash.stdout.setEncoding('utf8').on('data', d => {
          out += d
        })
        bash.stderr.setEncoding('utf8').on('data', d => {
          err += d
        })
        bash.on('close', status => done({ status: status ?? 1, out, err }))
      }),
    pass(until) {
      try {
        while (!broken && move(until)) {}
      } catch (error) {
        broken = true
        console.error(error)
      }
      if (broken) world.now = until
    },
    close() {
      server.close()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
  return new Promise(done => server.listen(socketPath, () => done(place)))
}
