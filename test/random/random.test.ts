import { expect, test } from 'vitest'
import { randomRun } from './run.ts'

test.each(Array.from({ length: 10 }, (_, i) => i * 10))('random lives %i to +9 keep every invariant, come to rest, and played again are the same', from => {
  for (let seed = from + 1; seed <= from + 10; seed++) {
    const again = seed % 10 === 0
    const run = randomRun(seed, again)
    expect([seed, run.violations]).toEqual([seed, []])
    if (again) expect(randomRun(seed).hash).toBe(run.hash)
  }
})
