// hashes.ts: prints `seed hash` of each random run. node hashes.mjs FROM-TO

import { randomRun } from './run.ts'

const [from, to] = process.argv[2]!.split('-').map(Number) as [number, number]
for (let seed = from; seed <= to; seed++) console.log(`${seed} ${randomRun(seed).hash}`)
