import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { addNode, newFastCache, placePod, unplacePod } from '../../../src/cluster/kube-scheduler/fast/cache.ts'
import { decide } from '../../../src/cluster/kube-scheduler/fast/cycle.ts'
import { profileOf } from '../../../src/cluster/kube-scheduler/profile.ts'
import { type Beside, Replay } from '../../conformance/replay.ts'
import { agreement, differenceOf } from './fastagreement.ts'

const CLUSTERS = 200

test(`on ${CLUSTERS} random clusters the fast scheduler decides as the straight one`, () => {
  const told = Array.from({ length: CLUSTERS }, (_, i) => agreement(i + 1))
  expect(told.flatMap(t => t.difference ?? [])).toEqual([])
  const sum = (of: (t: (typeof told)[0]) => number) => told.reduce((n, t) => n + of(t), 0)
  // Neither has it easy, and the fast one seldom asks the straight cycle.
  expect(sum(t => t.scheduled)).toBeGreaterThan(5_000)
  expect(sum(t => t.refused)).toBeGreaterThan(2_000)
  expect(sum(t => t.preempted)).toBeGreaterThan(50)
  expect(sum(t => t.byStraight)).toBeLessThan(2_000)
})

const folder = path.join(import.meta.dirname, '../../conformance/scheduler')
const recordings = fs.readdirSync(folder).filter(f => f.endsWith('.json'))

test('what a real scheduler decided, the fast one decides as the straight one', () => {
  const differences: string[] = []
  let decided = 0
  let byStraight = 0
  for (const file of recordings) {
    const cache = newFastCache(profileOf())
    const beside: Beside = {
      node: node => addNode(cache, node),
      place: (pod, node) => placePod(cache, pod, node),
      unplace: uid => unplacePod(cache, uid),
      decided(pod, { listers, nominated, now }, decision) {
        const choice = decide(cache, pod, { listers, nominated, now }, 0)
        const difference = differenceOf(cache, decision, choice)
        if (difference !== undefined) differences.push(`${file}, ${pod.metadata.name}: ${difference}`)
        decided++
        if (choice.straight) byStraight++
      },
    }
    new Replay(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')), beside).run()
  }
  expect(differences).toEqual([])
  expect(decided).toBeGreaterThan(200)
  expect(byStraight).toBeLessThan(decided / 2)
})
