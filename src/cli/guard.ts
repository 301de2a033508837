// guard.ts: a shell that outlives the game by a moment: if the pipe closes without a word, it puts the terminal back.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { RESTORE } from './terminal.ts'

export interface Guard {
  /** The game has put everything back itself; the guard goes away. */
  dismiss(): void
}

/** How the terminal was before we touched it, as `stty -g` says it; undefined: it cannot be asked. */
export function sttyState(): string | undefined {
  if (process.platform === 'win32') return undefined
  try {
    return execFileSync('stty', ['-g'], { stdio: ['inherit', 'pipe', 'ignore'], timeout: 1_000 })
      .toString()
      .trim()
  } catch {
    return undefined
  }
}

export function sttyRestore(state: string | undefined): void {
  if (state === undefined) return
  try {
    execFileSync('stty', [state], { stdio: ['inherit', 'ignore', 'ignore'], timeout: 1_000 })
  } catch {
    // The terminal is gone: nothing to put back.
  }
}

const octal = [...RESTORE].map(c => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`).join('')

// Waits for a word, or for the end of the pipe. Terminal signals of the game's group are not for it.
const SCRIPT = `trap '' HUP INT QUIT TERM TSTP; read -r word; [ "$word" = bye ] && exit 0; printf '${octal}' >&3 2>/dev/null; [ -n "$1" ] && stty "$1" <&4 2>/dev/null; exit 0`

export function startGuard(state: string | undefined): Guard {
  if (process.platform === 'win32') return { dismiss: () => undefined }
  let child: ChildProcess
  try {
    child = spawn('/bin/sh', ['-c', SCRIPT, 'k8s-factory-guard', state ?? ''], { detached: true, stdio: ['pipe', 'ignore', 'ignore', 1, 0] })
  } catch {
    return { dismiss: () => undefined }
  }
  child.on('error', () => undefined)
  child.stdin?.on('error', () => undefined)
  child.unref()
  ;(child.stdin as { unref?: () => void } | null)?.unref?.()
  return {
    dismiss: () => {
      child.stdin?.end('bye\n')
    },
  }
}
