import { expect, test } from 'vitest'
import { agreement } from './fastagreement.ts'

const CLUSTERS = 200

test(`on ${CLUSTERS} random clusters the fast scheduler decides as the straight one`, () => {
  const told = Array.from({ length: CLUSTERS }, (_, i) => agreement(i + 1))
  expect(told.flatMap(t => t.difference ?? [])).toEqual([])
  const sum = (of: (t: (typeof told)[0]) => number) => told.reduce((n, t) => n + of(t), 0)
  // Neither has it easy, and the fast one seldom asks the straight cycle where that finds a node.
  expect(sum(t => t.scheduled)).toBeGreaterThan(5_000)
  expect(sum(t => t.refused)).toBeGreaterThan(2_000)
  expect(sum(t => t.preempted)).toBeGreaterThan(50)
  expect(sum(t => t.byStraight - t.refused)).toBeLessThan(1_000)
})
