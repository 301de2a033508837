// served.ts: where a real kubectl plays: a cluster behind `serve`, in real time, and a bash whose KUBECONFIG leads there.

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { openCluster } from '../../src/cli/serve.ts'
import { powerOff, powerOn } from '../../src/cluster/cluster.ts'
import { writeKubeconfig } from '../../src/server/kubeconfig.ts'
import type { Place } from './place.ts'

const COMMAND_MAX = 90_000 // Real ms that a command may take.

/** The kubectl at that path, or the first on PATH; undefined: there is none. */
export function kubectlAt(named: string | undefined): string | undefined {
  const found = named === undefined ? (process.env['PATH'] ?? '').split(':').map(dir => path.join(dir, 'kubectl')) : [path.resolve(named)]
  return found.find(file => {
    try {
      fs.accessSync(file, fs.constants.X_OK)
      return fs.statSync(file).isFile()
    } catch {
      return false
    }
  })
}

export async function openServed(kubectl: string): Promise<Pick<Place, 'run' | 'close'>> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'served-'))
  const opened = await openCluster({ port: 0, speed: 1, seed: 1 })
  const config = path.join(dir, 'kubeconfig')
  writeKubeconfig(config, opened.entry)
  fs.symlinkSync(kubectl, path.join(dir, 'kubectl'))
  fs.writeFileSync(path.join(dir, 'factory'), `#!/bin/bash\nexec ${process.execPath} ${path.join(import.meta.dirname, 'program.mjs')} factory "$@"\n`, {
    mode: 0o755,
  })
  const socket = path.join(dir, 'socket')
  const power = net.createServer(connection => {
    connection.setEncoding('utf8').on('error', () => {})
    connection.once('data', data => {
      const [verb, factory] = JSON.parse(String(data)).argv
      if (verb === 'stop') powerOff(opened.world, `factory-${factory}`)
      else powerOn(opened.world, `factory-${factory}`)
      connection.write(`${JSON.stringify({ exit: 0 })}\n`)
    })
  })
  await new Promise<void>(done => power.listen(socket, done))
  const env = { ...process.env, PATH: `${dir}:${process.env['PATH']}`, HOME: dir, KUBECTL_KUBERC: 'false', KUBECONFIG: config, FACTORY_SOCKET: socket }
  return {
    run: cmd =>
      new Promise(done => {
        const bash = spawn('bash', ['-c', cmd], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: COMMAND_MAX })
        const told = { out: '', err: '' }
        bash.stdout.setEncoding('utf8').on('data', text => {
          told.out += text
        })
        bash.stderr.setEncoding('utf8').on('data', text => {
          told.err += text
        })
        bash.on('close', status => done({ status: status ?? 124, ...told }))
      }),
    close() {
      power.close()
      void opened.close()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}
