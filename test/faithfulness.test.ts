import fs from 'node:fs'
import { expect, test } from 'vitest'
import { README, withTable } from '../src/build/faithfulness.ts'

test('the map of the code says of every file of the cluster how it differs from Kubernetes', () => {
  const readme = fs.readFileSync(README, 'utf8')
  expect(readme).toBe(withTable(readme))
})
