// screens.ts: measures the bundle in a real pty: time to the first picture, cost at rest, cost while playing, memory.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IPty, spawn } from '@lydell/node-pty'

/** The product's name stands on the first picture, the ► on the first that listens. */
const FRAME = 'k8s-factory'
const MENU = '►'
const FRAME_MARK = '\u001B[?2026h'

const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

interface Run {
  pty: IPty
  text: () => string
  /** Milliseconds since the start at which the text was first written; waits for it. */
  saw: (text: string) => Promise<number>
  close: () => void
}

function start(bundle: string, args: string[], columns = 120, rows = 40): Run {
  const home = mkdtempSync(join(tmpdir(), 'k8s-factory-bench-'))
  const env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    LANG: 'C.UTF-8',
    HOME: home,
    XDG_DATA_HOME: home,
    XDG_STATE_HOME: home,
    XDG_CONFIG_HOME: home,
  }
  for (const name of ['CI', 'NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS']) delete env[name]
  const began = performance.now()
  const seen: { at: number; length: number }[] = []
  let text = ''
  const pty = spawn(process.execPath, [bundle, ...args], { cols: columns, rows, env, cwd: home })
  pty.onData(data => {
    text += data
    seen.push({ at: performance.now() - began, length: text.length })
  })
  return {
    pty,
    text: () => text,
    saw: async sign => {
      for (let i = 0; i < 3_000; i++) {
        const at = text.indexOf(sign)
        if (at >= 0) return seen.find(s => s.length > at)!.at
        await wait(2)
      }
      throw new Error(`never drew ${sign}`)
    },
    close: () => {
      try {
        pty.kill('SIGTERM')
      } catch {
        // It has gone by itself.
      }
      setTimeout(() => rmSync(home, { recursive: true, force: true }), 500).unref()
    },
  }
}

/** CPU seconds that a process has used. */
function cpuOf(pid: number): number {
  if (existsSync(`/proc/${pid}/stat`)) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  }
  const [minutes = '0', seconds = '0'] = execFileSync('ps', ['-o', 'cputime=', '-p', String(pid)])
    .toString()
    .trim()
    .split(':')
    .slice(-2)
  return Number(minutes) * 60 + Number(seconds)
}

const rssOf = (pid: number): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1_024

export async function firstFrame(bundle: string): Promise<{ frame: number; menu: number }> {
  const run = start(bundle, [])
  try {
    return { frame: await run.saw(FRAME), menu: await run.saw(MENU) }
  } finally {
    run.close()
    await wait(150)
  }
}

/** In a level, nothing moving: bytes a second, and percent of a core. */
export async function idle(bundle: string, seconds: number): Promise<{ bytes: number; cpu: number }> {
  const run = start(bundle, ['play', '1.1'])
  try {
    await run.saw(MENU)
    await wait(3_000)
    const length = run.text().length
    const cpu = cpuOf(run.pty.pid)
    await wait(seconds * 1_000)
    return { bytes: (run.text().length - length) / seconds, cpu: ((cpuOf(run.pty.pid) - cpu) / seconds) * 100 }
  } finally {
    run.close()
  }
}

/** The sandbox with work in it, played: the clock runs at 8 frames a second. */
async function sandbox(bundle: string): Promise<Run> {
  const run = start(bundle, ['sandbox'])
  await run.saw(MENU)
  await wait(1_000)
  for (const key of [...':kubectl create deployment web --image=abc/web:1 --replicas=6', '\r', '\u001B']) {
    run.pty.write(key)
    await wait(key === '\u001B' ? 100 : 12)
  }
  await wait(500)
  run.pty.write(' ')
  await wait(3_000)
  return run
}

export async function playing(bundle: string, seconds: number): Promise<{ fps: number; cpu: number; kilobytes: number; clears: number }> {
  const run = await sandbox(bundle)
  try {
    const from = run.text().length
    const cpu = cpuOf(run.pty.pid)
    await wait(seconds * 1_000)
    const used = cpuOf(run.pty.pid) - cpu
    const text = run.text().slice(from)
    const frames = text.split(FRAME_MARK).length - 1
    if (frames < seconds) throw new Error(`only ${frames} frames in ${seconds} s: it does not play`)
    const clears = (text.match(/\u001B\[[23]J/g) ?? []).length
    return {
      fps: frames / seconds, // The clock ticks eight times a second, whether a tick changes a cell or not.
      cpu: (used * 1_000) / Math.max(frames, 8 * seconds),
      kilobytes: text.length / 1_000 / seconds,
      clears,
    }
  } finally {
    run.close()
  }
}

/** Megabytes after playing so long. */
export async function resident(bundle: string, seconds: number): Promise<number> {
  const run = await sandbox(bundle)
  try {
    await wait(seconds * 1_000)
    return rssOf(run.pty.pid)
  } finally {
    run.close()
  }
}
