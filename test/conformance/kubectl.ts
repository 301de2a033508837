// kubectl.ts: plays transcripts with the game's own kubectl, or with a real one against `serve`.
//   npm run conformance:kubectl -- DIR [--in-game | --kubectl PATH] [--out DIR2] [--verbose] [--floors [--raise]]

import fs from 'node:fs'
import path from 'node:path'
import { argsOf } from './args.ts'
import { recordingCluster } from './cluster.ts'
import { belowFloors } from './floors.ts'
import { openPlace, type Place } from './place.ts'
import { kubectlAt, openServed } from './served.ts'
import { normalise, parse, write } from './transcripts.mjs'

const args = argsOf('.t')
const program = args.inGame ? undefined : kubectlAt(args.kubectl)
if (program === undefined && !args.inGame) {
  console.error(
    args.kubectl === undefined
      ? 'there is no kubectl on PATH: name one with --kubectl PATH, or play with --in-game'
      : `there is no program at ${args.kubectl}: nothing was played`,
  )
  process.exit(2)
}
const figures: Record<string, number> = {}
let right = 0
let all = 0
for (const file of args.files) {
  const text = fs.readFileSync(file, 'utf8')
  const steps = parse(text)
  const place = await open()
  const seen: string[][] = []
  let good = 0
  for (const step of steps) {
    const { status, out, err } = await place.run(step.cmd)
    const printed = normalise(out + err)
    const lines = (status === 0 ? printed : `${printed}${printed === '' ? '' : '\n'}[${status}]`).split('\n')
    seen.push(lines)
    if (lines.join('\n').trim() === step.expected.join('\n').trim()) good++
    else if (args.verbose)
      console.log([`--- ${path.basename(file)}: ${step.cmd}`, ...step.expected.map(l => `  - ${l}`), ...lines.map(l => `  + ${l}`)].join('\n'))
  }
  place.close()
  if (args.out !== undefined) fs.writeFileSync(path.join(args.out, path.basename(file)), write(text.split('\n')[0]!, steps, seen))
  console.log(`${path.basename(file)} ${good}/${steps.length}`)
  figures[path.basename(file)] = good
  right += good
  all += steps.length
}
async function open(): Promise<Pick<Place, 'run' | 'close'>> {
  if (program !== undefined) return openServed(program)
  const { system, world } = recordingCluster()
  return openPlace(system, world)
}

const low = args.floors ? belowFloors(args.inGame ? 'kubectl' : 'kubectl, real', figures, args.raise) : []
for (const line of low) console.log(line)
console.log(`total ${right}/${all}`)
process.exit(low.length > 0 ? 1 : 0)
