// moments.test.ts: turning back undoes what the player did, and nothing that was left behind comes back unasked.

import { describe, expect, test } from 'vitest'
import { act, type Session } from '../../src/game/session.ts'
import { levelOf, played } from './play.ts'

const run = (session: Session) => session.run!

describe('a line that means nothing', () => {
  test.each([
    ['in a jacket', '1.5', ['Enter', 'take tea', 'sandbox', 'report'], { do: 'Verb', line: 'dance' }],
    ['as a slip', '1.5', ['Enter', 'take tea', 'sandbox', 'report'], { do: 'Verb', line: 'take nothing' }],
    ['as a jacket', '1.5', ['Enter', 'take tea', 'sandbox', 'report'], { do: 'Verb', line: 'be nobody' }],
    ['as the jacket that is worn', '1.5', ['Enter', 'take tea', 'sandbox', 'report'], { do: 'Verb', line: 'be kubelet/factory-p' }],
    ['as a task', '1.2', ['give 1 kube-scheduler', 'give 2 etcd'], { do: 'Verb', line: 'give 99 etcd' }],
    ['as a line of the journal', '1.4', ['kubectl delete pod @web', '2 s', '.', '.'], { do: 'Flag', line: 99 }],
    ['as a command', '1.4', ['kubectl delete pod @web', '2 s', '.', '.'], { do: 'Command', line: 'delete everything' }],
  ] as const)('%s costs no future, and is nothing that was done', (_, level, lines, intent) => {
    const session = played(levelOf(level), lines)
    act(session, { do: 'ToBeat', beat: Math.max(0, run(session).beats.length - 2) })
    const { ahead, moments } = run(session)
    const before = { ahead: ahead.length, moments: moments.length }
    expect(before.ahead).toBeGreaterThan(0)
    act(session, intent)
    expect({ ahead: run(session).ahead.length, moments: run(session).moments.length }).toEqual(before)
  })
})
