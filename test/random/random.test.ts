import { expect, test } from 'vitest'
import { randomRun } from './run.ts'

test.each(Array.from({ length: 10 }, (_, i) => i * 10))('random lives %i to +9 keep every invariant, and played again are the same', from => {
  for (let seed = from + 1; seed <= from + 10; seed++) {
    const run = randomRun(seed)
    expect([seed, run.violations]).toEqual([seed, []])
    if (seed % 2 === 0) expect(randomRun(seed).hash).toBe(run.hash)
  }
})
