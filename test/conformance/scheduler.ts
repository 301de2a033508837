// scheduler.ts: replays recorded decisions of a real scheduler, and compares: DIR|FILE … [--out DIR2] [--verbose].

import fs from 'node:fs'
import path from 'node:path'
import { argsOf } from './args.ts'
import { type Recording, Replay, type Tally, tallyText, totalOf } from './replay.ts'

const { files, out, verbose } = argsOf('.json')
const total: Tally = totalOf([])
for (const file of files) {
  const recording: Recording = JSON.parse(fs.readFileSync(file, 'utf8'))
  const { tally, steps, differences } = new Replay(recording).run()
  console.log(`${path.basename(file)} ${tallyText(tally)}`)
  if (verbose) for (const line of differences) console.log(`  ${line}`)
  for (const key of Object.keys(total) as (keyof Tally)[]) {
    total[key][0] += tally[key][0]
    total[key][1] += tally[key][1]
  }
  if (out !== undefined) fs.writeFileSync(path.join(out, path.basename(file)), `${JSON.stringify({ ...recording, steps }, null, 1)}\n`)
}
console.log(tallyText(total))
if (Object.values(total).some(([equal, all]) => equal < all)) process.exitCode = 1
