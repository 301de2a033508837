// bench.ts: every figure that was promised, beside its budget, one a line: `NAME VALUE UNIT budget LIMIT ok|over`. `--quick` watches for one minute instead of ten.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { firstFrame, idle, playing, resident } from './screens.ts'

const root = join(import.meta.dirname, '../..')
const quick = process.argv.includes('--quick')
const only = process.argv.slice(2).filter(a => !a.startsWith('--'))
const bundle = join(root, 'dist/k8s-factory.js')

let over = 0

/** One line of the report; `most` is the budget unless `least` is said. */
function report(name: string, value: number, unit: string, budget: number, least = false): void {
  const ok = least ? value >= budget : value <= budget
  if (!ok) over++
  const shown = value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10)
  console.log(`${name} ${shown} ${unit} budget ${least ? '>=' : '<='}${budget} ${ok ? 'ok' : 'over'}`)
}

const wanted = (name: string) => only.length === 0 || only.some(o => name.startsWith(o))

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

async function repeated(times: number, measure: () => Promise<number> | number): Promise<number> {
  const values: number[] = []
  for (let i = 0; i < times; i++) values.push(await measure())
  return median(values)
}

if (!existsSync(bundle)) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })

if (wanted('version')) {
  const version = await repeated(9, () => {
    const began = performance.now()
    execFileSync(process.execPath, [bundle, '--version'])
    return performance.now() - began
  })
  report('version', version, 'ms', 100)
}
if (wanted('first-frame')) {
  const times: { frame: number; menu: number }[] = []
  for (let i = 0; i < 9; i++) times.push(await firstFrame(bundle))
  report('first-frame', median(times.map(t => t.frame)), 'ms', 350)
  // Not promised, but felt: when the first picture listens to keys.
  report('first-menu', median(times.map(t => t.menu)), 'ms', 700)
}
if (wanted('idle')) {
  const at = await idle(bundle, quick ? 5 : 20)
  report('idle-output', at.bytes, 'B/s', 0)
  report('idle-cpu', at.cpu, '%', 1)
}
if (wanted('play')) {
  const at = await playing(bundle, quick ? 10 : 30)
  report('play-frames', at.fps, 'frames/s', 8.5)
  report('play-cpu', at.cpu, 'ms/frame', 15)
  report('play-output', at.kilobytes, 'kB/s', 30)
  report('play-clears', at.clears, 'clears', 0)
}
if (wanted('memory')) report('memory', await resident(bundle, quick ? 60 : 600), 'MB', 150)
if (wanted('headless')) {
  const { headless } = await import('./headless.ts')
  const day = quick ? 3_600 : 86_400
  report('headless', headless(day), 'simulated-s/s', 20_000, true)
  // What churn costs: one pod in five minutes instead of one a minute.
  report('headless-churn-300s', headless(day, 300), 'simulated-s/s', 20_000, true)
}
if (wanted('scheduler')) {
  const pods = quick ? 30_000 : 150_000
  const at = JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'scheduler.ts'), String(pods)], { encoding: 'utf8' }))
  report('scheduler', 1_000_000 / at.all, 'pods/s', 30_000, true)
  // What one pod costs when most are placed, against a cluster of a thousand pods on as many nodes.
  report('scheduler-growth', at.last / at.small, 'times', 4)
  // The same against a thousand pods on a hundred nodes, of which one pod looks at a seventh as many.
  report('scheduler-growth-100-nodes', at.last / at.smaller, 'times', 7)
  report('scheduler-memory', at.peak, 'MB', 400)
}

process.exit(over === 0 ? 0 : 1)
