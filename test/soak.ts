// soak.ts: a thousand random runs, each played twice, and every tenth rewound and forked; or two thousand random clusters on which both
// schedulers decide. `npm run soak [-- [scheduler] [FROM-TO]]`

import { agreement } from './cluster/kube-scheduler/fastagreement.ts'
import { rewoundLife } from './random/rewind.ts'
import { randomRun } from './random/run.ts'

const scheduler = process.argv[2] === 'scheduler'
const range = process.argv[scheduler ? 3 : 2] ?? (scheduler ? '1-2000' : '1-1000')
const [from, to] = range.split('-').map(Number) as [number, number]
if (scheduler) agree()

/** The straight and the fast scheduler, cluster by cluster. */
function agree(): never {
  const sum = { scheduled: 0, refused: 0, preempted: 0, byStraight: 0 }
  let bad = 0
  for (let seed = from; seed <= to; seed++) {
    const { difference, ...told } = agreement(seed)
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += told[key]
    if (difference === undefined) continue
    bad++
    console.log(difference)
  }
  console.log(
    `${sum.scheduled} Pods scheduled, ${sum.refused} refused, ${sum.preempted} times with preemption; ${sum.byStraight} by the straight cycle in both`,
  )
  console.log(`${to - from + 1 - bad} passed, ${bad} failed`)
  process.exit(bad === 0 ? 0 : 1)
}

const REWIND_EVERY = 10
let bad = 0
let messages = 0
let compared = 0
let slowest = 0
for (let seed = from; seed <= to; seed++) {
  const first = randomRun(seed)
  const again = randomRun(seed)
  messages += first.messages
  slowest = Math.max(slowest, first.settledAfter)
  const wrong = [...first.violations]
  if (first.hash !== again.hash) wrong.push(`played again, its hash is ${again.hash} and not ${first.hash}`)
  if (seed % REWIND_EVERY === 0) {
    const rewound = rewoundLife(seed)
    compared += rewound.compared
    wrong.push(...rewound.violations)
  }
  if (wrong.length > 0) bad++
  for (const line of wrong.slice(0, 10)) console.log(`seed ${seed}: ${line}`)
  if (seed % 50 === 0) console.log(`${seed - from + 1} runs, ${messages} messages, ${bad} bad`)
}
console.log(`${messages} messages; ${compared} worlds of rewound lives compared; the slowest life came to rest after ${slowest / 1000} s`)
console.log(`${to - from + 1 - bad} passed, ${bad} failed`)
process.exit(bad === 0 ? 0 : 1)
