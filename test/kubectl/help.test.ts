// help.test.ts: what commands say about themselves. The texts are those of kubectl v1.37.2.

import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/kubectl/commands.ts'
import { helpOf } from '../../src/kubectl/help.ts'
import { run } from './run.ts'

test('every flag of a command that works says what it is for', () => {
  const silent = Object.keys(COMMANDS).flatMap(path =>
    helpOf(path)!
      .flags.filter(f => f.text === '' && f.hidden !== true)
      .map(f => `${path} --${f.name}`),
  )
  expect(silent).toEqual([])
})

test('a command with other names says them, and listens to them under its own parent only', () => {
  expect(run('create svc').err).toContain('\n\nAliases:\nservice, svc\n\n')
  expect(run('create ns -h').out).toContain('\n\nAliases:\nnamespace, ns\n\n')
  expect(run('top sa -h').out).not.toContain('serviceaccount')
})

test('groups of commands have their whole description', () => {
  expect(run('rollout').out).toContain('Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets\n')
})
