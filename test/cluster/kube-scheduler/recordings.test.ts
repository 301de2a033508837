import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Replay } from '../../conformance/replay.ts'

const folder = path.join(import.meta.dirname, '../../conformance/scheduler')

test.each(fs.readdirSync(folder).filter(f => f.endsWith('.json')))('%s: decided as a real scheduler did', file => {
  const { tally, differences } = new Replay(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'))).run()
  expect(differences).toEqual([])
  expect(Object.values(tally).reduce((n, [, all]) => n + all, 0)).toBeGreaterThan(0)
})
