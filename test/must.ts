// must.ts: the full bars of the present milestone, each measured anew. `npm run must`

import { spawnSync } from 'node:child_process'

/** Runs a command → its output and status; what it prints is shown as it stands. */
function run(command: string): { text: string; status: number } {
  const r = spawnSync('bash', ['-c', command], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] })
  return { text: r.stdout, status: r.status ?? 1 }
}

const last = (text: string) => text.trim().split('\n').pop() ?? ''
const share = (text: string) => [...text.matchAll(/(\S+) (\d+)\/(\d+)/g)].map(([, name, a, b]) => ({ name: name!, right: Number(a), all: Number(b) }))

const TRACES = [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 16, 17, 19, 20]
const TRANSCRIPTS = [1, 2, 3, 4, 5, 6, 7, 10, 14, 17, 18, 19, 21]
const files = (folder: string, numbers: number[]) => numbers.map(n => `test/conformance/${folder}/${String(n).padStart(2, '0')}-*`).join(' ')

const bars: [string, () => [boolean, string]][] = [
  ['lint, types, tests', () => status(run('npm run --silent lint && npm run --silent types && npm test'))],
  ['traces: 95 % of each list', () => atLeast(run(`npm run --silent conformance:traces -- ${files('traces', TRACES)}`).text, 0.95)],
  ['kubectl: 90 %', () => atLeast(run(`npm run --silent conformance:kubectl -- ${files('kubectl', TRANSCRIPTS)} --in-game`).text, 0.9)],
  ['bench: every figure within its budget', () => status(run('npm run --silent build && npm run --silent bench'))],
  ['soak: 1,000 random lives', () => status(run('npm run --silent soak'))],
  ['both schedulers: 2,000 random clusters', () => status(run('npm run --silent soak -- scheduler'))],
  ['equal hashes on Node 20, 22 and 24', () => status(run('npm run --silent test:nodes'))],
]

function status(r: { text: string; status: number }): [boolean, string] {
  console.log(r.text)
  return [r.status === 0, last(r.text)]
}

function atLeast(text: string, bar: number): [boolean, string] {
  console.log(text)
  return [share(last(text)).every(x => x.right >= x.all * bar), last(text)]
}

let failed = 0
const lines = bars.map(([name, measure]) => {
  const [good, figure] = measure()
  if (!good) failed++
  return `${good ? 'ok  ' : 'MISS'} ${name}: ${figure}`
})
console.log(lines.join('\n'))
console.log(`${bars.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
