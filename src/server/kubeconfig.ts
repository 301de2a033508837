// kubeconfig.ts: the file by which a client finds the server, trusts it and shows who it is. Never the player's own.

import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const MARK = '# k8s-factory made this file, and removes it when it ends.\n'
const NAME = 'k8s-factory'

export interface Entry {
  port: number
  /** PEM. */
  authority: string
  token: string
}

export const kubeconfigText = ({ port, authority, token }: Entry): string =>
  `${MARK}apiVersion: v1
kind: Config
clusters:
- name: ${NAME}
  cluster:
    server: https://127.0.0.1:${port}
    certificate-authority-data: ${Buffer.from(authority).toString('base64')}
users:
- name: ${NAME}
  user:
    token: ${token}
contexts:
- name: ${NAME}
  context:
    cluster: ${NAME}
    user: ${NAME}
    namespace: default
current-context: ${NAME}
`

/** Writes the file for its owner's eyes alone. False: there is one that is not ours, and it stays as it is. */
export function writeKubeconfig(file: string, entry: Entry): boolean {
  if (!isOurs(file)) return false
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}`
  rmSync(temporary, { force: true })
  const handle = openSync(temporary, 'wx', 0o600)
  writeSync(handle, kubeconfigText(entry))
  fsyncSync(handle)
  closeSync(handle)
  chmodSync(temporary, 0o600)
  renameSync(temporary, file)
  return true
}

/** Removes it, if it is still the one of this server. */
export function removeKubeconfig(file: string, entry: Entry): void {
  if (textOf(file) === kubeconfigText(entry)) rmSync(file, { force: true })
}

function isOurs(file: string): boolean {
  const text = textOf(file)
  return text === undefined || text.startsWith(MARK)
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
