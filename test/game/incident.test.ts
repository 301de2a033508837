// incident.test.ts: a level that went wrong says when it was too late, what began it, what would have helped, and leads back there.

import { describe, expect, test } from 'vitest'
import { solved } from '../../src/game/run.ts'
import { act, type Session, viewOf } from '../../src/game/session.ts'
import type { IncidentView } from '../../src/game/view.ts'
import { levelOf, played, say } from './play.ts'

const report = (session: Session): IncidentView => {
  const view = viewOf(session)
  if (view.screen !== 'incident') throw new Error(`the screen is ${view.screen}`)
  return view
}

describe('the card of a factory is not stamped', () => {
  const waits = ['Enter', 'take tea', ...Array.from({ length: 10 }, () => '.')]
  test('nothing that was done began it, so the report leads back to the last moment at which there was time', () => {
    const view = report(played(levelOf('1.5'), waits))
    expect(view.customer.text.company).toBe('The office thinks that factory P has burned down.')
    expect(view.began).toBeUndefined()
    expect(view.tooLate).toBeDefined()
    expect(view.trail.at(-1)?.value).toBe(5)
  })
  test('from there the way that is named wins', () => {
    const session = played(levelOf('1.5'), waits)
    const { shortest } = report(session)
    act(session, { do: 'BackToBeat' })
    expect(viewOf(session).screen).toBe('hall')
    say(session, [...shortest!.text.split(', '), '2 s', '.', 'renew'])
    expect(solved(session.run!)).toBe(true)
  })
})

describe('an unchecked paper is let in', () => {
  const letIn = () => played(levelOf('1.3'), ['accept', 'accept'])
  test('it lies in the vault as it was handed in, though nobody may hand it in', () => {
    const stored = letIn().run!.line.world.actors.get('etcd')!.state.durable.store.current
    expect(stored.get('/registry/pods/default/cake').value.spec.containers[0].image).toBe('abc/cake:1')
    expect(stored.get('/registry/pods/default/tea').value.status.phase).toBe('Pending')
  })
  test('the report names that stamp, not the right one before it, and leads back to just before it', () => {
    const session = letIn()
    const view = report(session)
    expect(view.began?.text).toBe('accept')
    act(session, { do: 'BackToBeat' })
    expect(session.run!.jackets).toMatchObject({ done: 1, mistakes: 0, forged: 0 })
    say(session, ['401', '2 s', '.', '403 authz', '400', '422', '403 admission', '403 admission', 'wrong door'])
    expect(solved(session.run!)).toBe(true)
  })
  test('the second time the worked example is offered, with a step left out', () => {
    const session = letIn()
    expect(report(session).example).toBeUndefined()
    act(session, { do: 'BackToBeat' })
    say(session, ['accept'])
    expect(report(session).example?.filter(line => line.endsWith('?'))).toHaveLength(1)
  })
})

test('too many false moves begin with the first of them', () => {
  const view = report(played(levelOf('1.5'), ['Enter', 'take cake', 'take scone', 'take tea', 'pull', 'start']))
  expect(view.began?.text).toBe('take cake')
  expect(view.trail.map(t => t.value)).toEqual([1, 2, 3, 4])
})

test('watching again shows what happened, up to the report', () => {
  const session = played(levelOf('1.5'), ['Enter', 'take cake', 'take scone', 'take tea', 'pull', 'start'])
  const before = report(session)
  act(session, { do: 'WatchAgain' })
  for (let i = 0; i < 200 && viewOf(session).screen === 'hall'; i++) act(session, { do: 'Tick', ms: 125 })
  expect(report(session).customer).toEqual(before.customer)
})

test('what went wrong counts nowhere: the level can still be won within par', () => {
  const session = played(levelOf('1.3'), ['accept', 'accept'])
  report(session)
  act(session, { do: 'BackToBeat' })
  say(session, ['401', '2 s', '.', '403 authz', '400', '422', '403 admission', '403 admission', 'wrong door', 'Enter'])
  expect(viewOf(session).screen).toBe('end')
  expect(session.progress.levels['1.3']).toMatchObject({ solved: true, par: true })
})

test('an incident of the level happens once, when its condition first holds', () => {
  const level = { ...levelOf('1.4'), incidents: [{ when: 'seconds >= 5.0', do: { crash: 'kube-scheduler' } }] }
  const session = played(
    level,
    Array.from({ length: 4 }, () => '.'),
  )
  const struck = session.run!.beats.filter(b => b.kind === 'incident')
  expect(struck.map(b => b.actor)).toEqual(['kube-scheduler'])
  expect(session.run!.line.world.actors.get('kube-scheduler')!.up).toBe(false)
})
