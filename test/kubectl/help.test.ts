// help.test.ts: what commands say about themselves. The texts are those of kubectl v1.37.2.

import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/kubectl/commands.ts'
import { helpOf } from '../../src/kubectl/help.ts'

test('every flag of a command that works says what it is for', () => {
  const silent = Object.keys(COMMANDS).flatMap(path =>
    helpOf(path)!
      .flags.filter(f => f.text === '' && f.hidden !== true)
      .map(f => `${path} --${f.name}`),
  )
  expect(silent).toEqual([])
})
