// program.mjs: what stands on PATH as kubectl, factory and sleep while recordings are played: it hands its arguments to the simulated cluster.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

const [name, ...argv] = process.argv.slice(2)
const socket = net.connect(process.env.FACTORY_SOCKET)
const say = line => socket.write(JSON.stringify(line) + '\n')
say({ name, argv, cwd: process.cwd(), env: { EDITOR: process.env.EDITOR, KUBE_EDITOR: process.env.KUBE_EDITOR, KUBECONFIG: process.env.KUBECONFIG } })

let buffered = ''
socket.setEncoding('utf8')
socket.on('data', data => {
  buffered += data
  for (let end = buffered.indexOf('\n'); end >= 0; end = buffered.indexOf('\n')) {
    const line = JSON.parse(buffered.slice(0, end))
    buffered = buffered.slice(end + 1)
    if (line.out !== undefined) write(1, line.out)
    else if (line.err !== undefined) write(2, line.err)
    else if (line.read !== undefined) say({ read: fs.readFileSync(0, 'utf8') })
    else if (line.edit !== undefined) say({ edit: edit(line.edit, line.editor) })
    else if (line.exit !== undefined) process.exit(line.exit)
  }
})
socket.on('close', () => process.exit(1))
socket.on('error', () => process.exit(1))

// Whoever read has gone: so does a program that writes to it.
function write(to, text) {
  try {
    fs.writeSync(to, text)
  } catch {
    process.exit(141)
  }
}

function edit(text, editor) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'edit-')), 'kubectl-edit-1.yaml')
  fs.writeFileSync(file, text)
  const run = spawnSync('bash', ['-c', `${editor} ${file}`], { stdio: 'inherit' })
  const edited = fs.readFileSync(file, 'utf8')
  fs.rmSync(path.dirname(file), { recursive: true })
  return { status: run.status, text: edited }
}
