// moments.test.ts: turning back undoes what the player did, and nothing that was left behind comes back unasked.

import { describe, expect, test } from 'vitest'
import type { User } from '../../src/cluster/user.ts'
import { giveCommand, move } from '../../src/game/run.ts'
import { sandbox } from '../../src/game/sandbox.ts'
import { act, type Session, viewOf } from '../../src/game/session.ts'
import type { HallView } from '../../src/game/view.ts'
import { levelOf, opened, played, say } from './play.ts'

const POD = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n  - name: kettle\n    image: abc/${name}:1\n`
const TWO = `${POD('tea')}---\n${POD('milk')}`

function sitting(files: Record<string, string> = {}): Session {
  const level = sandbox(files)
  return opened({ ...level, start: { ...level.start, run: [] } })
}

const hall = (session: Session): HallView => viewOf(session) as HallView
const prompt = (session: Session): string[] => hall(session).prompt.lines.map(l => l.text)
const beats = (session: Session, n: number): Session => say(session, Array(n).fill('.'))
const command = (session: Session, line: string): Session => act(session, { do: 'Command', line })
const run = (session: Session) => session.run!
const watches = (session: Session): number => (run(session).line.world.actors.get('user/you')!.state as User).watches.size

/** Somebody orders, watches the kitchen for a while, and has enough of it. */
function watching(): Session {
  const session = sitting()
  beats(command(session, 'kubectl create deployment web --image=abc/web:1'), 3)
  return beats(command(session, 'kubectl get pods -w'), 6)
}

describe('a watch', () => {
  test('that is ended by Ctrl-C leaves nothing open', () => {
    const session = watching()
    expect(watches(session)).toBe(1)
    beats(act(session, { do: 'Interrupt' }), 2)
    expect(watches(session)).toBe(0)
  })
  test('that is ended before it was opened is not open later', () => {
    const session = sitting()
    giveCommand(run(session), 'kubectl get pods -w', false)
    const opening = () => run(session).command!.waits?.for === 'answer' && (run(session).command!.waits as { opens?: boolean }).opens
    while (!opening()) move(run(session), Number.POSITIVE_INFINITY)
    act(act(session, { do: 'Interrupt' }), { do: 'Play' })
    for (let i = 0; i < 40; i++) act(session, { do: 'Tick', ms: 250 })
    expect(watches(session)).toBe(0)
  })
  test('that was ended is a place that can be gone back to', () => {
    const session = act(watching(), { do: 'Interrupt' })
    const { chain, position } = run(session).line.world
    expect(run(session).moments.at(-1)).toMatchObject({ position, busy: false })
    act(session, { do: 'ToBeat', beat: 2 })
    while (hall(session).time.canForward) act(session, { do: 'Forward' })
    expect(run(session).line.world.chain).toBe(chain)
  })
  test('is ended by turning back, and says so', () => {
    const session = act(watching(), { do: 'Rewind' })
    expect(hall(session).prompt.busy).toBe(false)
    expect(prompt(session).at(-1)).toBe('^C')
  })
  test('does not hold the player to what it saw: what is done after turning back is done there', () => {
    const session = act(watching(), { do: 'Interrupt' })
    const { now } = run(session).line.world
    act(session, { do: 'ToBeat', beat: run(session).beats.length - 4 })
    const there = run(session).line.world.now
    command(session, 'ls')
    expect(run(session).line.world.now).toBe(there)
    expect(there).toBeLessThan(now)
    expect(hall(session).time.canForward).toBe(false)
  })
  test('into which one turns back is closed by whatever is done there', () => {
    const session = act(watching(), { do: 'Interrupt' })
    act(session, { do: 'ToBeat', beat: run(session).beats.length - 2 })
    expect(watches(session)).toBe(1)
    beats(command(session, 'ls'), 2)
    expect(watches(session)).toBe(0)
  })
})

test('what a command had begun is finished before something else is done, and that is a moment of its own', () => {
  const session = beats(command(sitting({ 'two.yaml': TWO }), 'kubectl apply -f two.yaml'), 12)
  const names = () =>
    [...run(session).line.world.actors.get('etcd')!.state.durable.store.current.keys()].filter(k => k.startsWith('/registry/pods/default/')).sort()
  act(session, { do: 'ToBeat', beat: 1 })
  expect(run(session).moments.at(-1)!.busy).toBe(true)
  command(session, 'ls')
  expect(names()).toEqual(['/registry/pods/default/milk', '/registry/pods/default/tea'])
  expect(run(session).moments.at(-1)!.did).toBe('ls')
})

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

test('files that were made are gone after turning back, and there again after going forward', () => {
  const session = sitting({ 'tea.yaml': POD('tea') })
  command(session, 'cat tea.yaml > copy.yaml')
  const files = (s: Session) => [...run(s).desk.files.keys()]
  const copied = run(session).desk.files
  command(session, 'cat tea.yaml >> copy.yaml')
  expect(run(session).desk.files.get('copy.yaml')).toBe(POD('tea').repeat(2))
  act(session, { do: 'Rewind' })
  expect(run(session).desk.files).toEqual(copied)
  act(session, { do: 'Rewind' })
  expect(files(session)).toEqual(['tea.yaml'])
  act(session, { do: 'Forward' })
  expect(run(session).desk.files.get('copy.yaml')).toBe(POD('tea').repeat(2))
})

describe('at a desk', () => {
  const asked = () => {
    const session = opened(levelOf('1.1'))
    for (const line of levelOf('1.1').solutions[0]!.lines) {
      if (run(session).asking !== undefined) break
      say(session, [line])
    }
    return session
  }
  test('time cannot be walked past an open bet, which is still open afterwards', () => {
    const session = asked()
    act(session, { do: 'Inspect' })
    act(session, { do: 'Forward' })
    act(session, { do: 'Close' })
    expect(hall(session).panel.panel).toBe('bet')
    act(session, { do: 'Inspect' })
    act(session, { do: 'Rewind' })
    act(session, { do: 'Forward' })
    act(session, { do: 'Close' })
    expect(hall(session).panel.panel).toBe('bet')
  })
  test('in a fork, it is the fork that is walked through', () => {
    const session = act(asked(), { do: 'Rewind' })
    act(session, { do: 'Fork' })
    const here = run(session).beats.length
    act(session, { do: 'Inspect' })
    act(session, { do: 'Rewind' })
    expect(run(session).beats.length).toBe(here)
    expect(run(session).fork!.beats.length).toBe(here - 1)
    act(session, { do: 'Inspect', actor: 'etcd' })
    expect([...run(session).dispatch.looked]).not.toContain('etcd')
  })
  test('a command under way ends as everywhere', () => {
    const session = watching()
    act(session, { do: 'Inspect' })
    act(session, { do: 'Rewind' })
    act(session, { do: 'Close' })
    expect(prompt(session).at(-1)).toBe('^C')
  })
})

test('a bet that is asked after a deed is asked again after turning back and going forward', () => {
  const level = levelOf('1.2')
  const lines = level.solutions[0]!.lines
  const session = played(level, lines.slice(0, lines.indexOf('2 s')))
  expect(hall(session).panel.panel).toBe('bet')
  act(session, { do: 'ToBeat', beat: 0 })
  expect(hall(session).panel.panel).toBe('sort')
  while (hall(session).time.canForward) act(session, { do: 'Forward' })
  expect(hall(session).panel.panel).toBe('bet')
})
