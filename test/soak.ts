// soak.ts: a thousand random runs, each played twice. `npm run soak [-- FROM-TO]`

import { randomRun } from './random/run.ts'

const [from, to] = (process.argv[2] ?? '1-1000').split('-').map(Number) as [number, number]
let bad = 0
let messages = 0
for (let seed = from; seed <= to; seed++) {
  const first = randomRun(seed)
  const again = randomRun(seed)
  messages += first.messages
  const wrong = [...first.violations]
  if (first.hash !== again.hash) wrong.push(`played again, its hash is ${again.hash} and not ${first.hash}`)
  if (wrong.length > 0) bad++
  for (const line of wrong.slice(0, 10)) console.log(`seed ${seed}: ${line}`)
  if (seed % 50 === 0) console.log(`${seed - from + 1} runs, ${messages} messages, ${bad} bad`)
}
console.log(`${to - from + 1 - bad} passed, ${bad} failed`)
process.exit(bad === 0 ? 0 : 1)
