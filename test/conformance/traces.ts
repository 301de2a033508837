// traces.ts: plays traces on the simulated cluster, and writes what it saw in the recordings' own format.
//   npm run conformance:traces -- DIR [--out DIR2] [--verbose] [--floors [--raise]]

import fs from 'node:fs'
import path from 'node:path'
import { argsOf } from './args.ts'
import { recordingCluster } from './cluster.ts'
import { belowFloors } from './floors.ts'
import { openPlace } from './place.ts'
import { recorder } from './recorder.ts'
import { compare } from './rules.mjs'

const STEP_MAX = 400_000 // Simulated ms after which a step ends whatever happens.
const LISTS = ['writes', 'events', 'runtime', 'pods'] as const

const args = argsOf('.json')
const figures: Record<string, number> = {}
const total = Object.fromEntries(LISTS.map(l => [l, [0, 0]])) as Record<(typeof LISTS)[number], [number, number]>
for (const file of args.files) {
  const trace = JSON.parse(fs.readFileSync(file, 'utf8'))
  const { system, world } = recordingCluster()
  const recording = recorder(system, world)
  const place = await openPlace(system, world, recording.look)
  const steps: any[] = []
  const here: Record<string, number> = {}
  for (const step of trace.steps) {
    const began = world.now
    recording.begin()
    const { status, err } = await place.run(step.cmd)
    while (world.now - began < STEP_MAX) {
      const quietAt = Math.max(recording.lastAt(), began) + step.quiet * 1000
      const end = Math.min(Math.max(quietAt, began + step.least * 1000), began + STEP_MAX)
      if (world.now >= end) break
      place.pass(end)
    }
    const seen = {
      cmd: step.cmd,
      quiet: step.quiet,
      least: step.least,
      exit: status,
      seconds: [Math.round((recording.lastAt() - began) / 100) / 10],
      ...recording.end(),
    }
    steps.push(seen)
    const verdict = compare(step, seen)
    for (const list of LISTS) {
      total[list][1]++
      if (verdict[list]) {
        total[list][0]++
        here[list] = (here[list] ?? 0) + 1
      } else if (args.verbose) difference(file, step, seen, list)
    }
    if (args.verbose && status !== step.exit) console.log(`--- ${path.basename(file)}: ${step.cmd}: exit ${status}, not ${step.exit}: ${err}`)
  }
  place.close()
  const out = {
    title: trace.title,
    steps: steps.map(s => ({ ...s, order: { writes: [], runtime: [] }, sometimes: { writes: [], events: [], runtime: [], pods: 0 } })),
  }
  if (args.out !== undefined) fs.writeFileSync(path.join(args.out, path.basename(file)), JSON.stringify(out, null, 1))
  console.log(path.basename(file), `of ${steps.length}:`, LISTS.map(l => `${l} ${here[l] ?? 0}`).join(' '))
  for (const list of LISTS) figures[`${path.basename(file)} ${list}`] = here[list] ?? 0
}
const low = args.floors ? belowFloors('traces', figures, args.raise) : []
for (const line of low) console.log(line)
console.log(LISTS.map(l => `${l} ${total[l][0]}/${total[l][1]}`).join(' '))
process.exit(low.length > 0 ? 1 : 0)

/** Prints what is listed and was not seen (-), and what was seen and is not listed (+; ? if it is seen sometimes). */
function difference(file: string, step: any, seen: any, list: (typeof LISTS)[number]): void {
  const key = JSON.stringify as (x: unknown) => string
  const left = new Map<string, number>()
  for (const x of seen[list]) left.set(key(x), (left.get(key(x)) ?? 0) + 1)
  const sometimes = new Set(list === 'pods' ? [] : step.sometimes[list].map(key))
  const lines: string[] = []
  for (const x of step[list]) {
    const n = left.get(key(x)) ?? 0
    if (n > 0) left.set(key(x), n - 1)
    else lines.push(`  - ${key(x)}`)
  }
  for (const [k, n] of left) for (let i = 0; i < n; i++) lines.push(`  ${sometimes.has(k) ? '?' : '+'} ${k}`)
  console.log([`--- ${path.basename(file)} ${list}: ${step.cmd.split('\n')[0]}`, ...lines.sort()].join('\n'))
}
