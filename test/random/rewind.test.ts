import { expect, test } from 'vitest'
import { rewoundLife } from './rewind.ts'

test.each([1, 2, 3, 4, 5, 6, 7, 8])('life %i, rewound again and again and forked, is in every part the life that never was', seed => {
  const run = rewoundLife(seed)
  expect(run.violations).toEqual([])
  expect(run.compared).toBe(12)
})
