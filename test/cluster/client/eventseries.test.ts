import { expect, test } from 'vitest'
import { newSeriesRecorder, recordSeries, seriesHandlers, type WithSeriesRecorder } from '../../../src/cluster/client/eventseries.ts'
import { machine, type System } from '../../../src/kernel/machine.ts'
import { advanceTo, apply, newWorld } from '../../../src/kernel/world.ts'

/** A scheduler that says what it is told, and a server that writes down what it is asked. */
const system: System = {
  delay: () => 1,
  machines: {
    scheduler: machine<WithSeriesRecorder>({
      init: () => ({ seriesRecorder: newSeriesRecorder('default-scheduler', 'mother-company', { token: 't', userAgent: 'u' }) }),
      on: {
        say(s, m, io) {
          const regarding = { kind: 'Pod', namespace: 'default', name: 'web', uid: 'u1', resourceVersion: m.body.version }
          recordSeries(s.seriesRecorder, io, { regarding, type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: m.body.note })
        },
        ...seriesHandlers,
      },
    }),
    'kube-apiserver': machine<{ asked: any[] }>({
      init: () => ({ asked: [] }),
      on: {
        request(s, m, io) {
          s.asked.push({ at: io.now, method: m.body.method, ...m.body.body })
          io.reply(m, { status: m.body.method === 'POST' ? 201 : 200, headers: {}, body: {} })
        },
      },
    }),
  },
}

function start() {
  const world = newWorld(1)
  apply(system, world, { input: 'spawn', name: 'kube-apiserver', config: {} })
  apply(system, world, { input: 'spawn', name: 'scheduler', config: {} })
  const say = (version: string, note: string) => {
    apply(system, world, { input: 'post', to: 'scheduler', type: 'say', body: { version, note } })
    advanceTo(system, world, world.now + 1000)
  }
  return { world, say, asked: (): any[] => world.actors.get('kube-apiserver')!.state.asked }
}

test('the first occurrence is created, the second makes a series of 2 at once, later ones are only counted', () => {
  const { say, asked } = start()
  for (let i = 0; i < 5; i++) say('7', 'no room')
  expect(asked().map(a => [a.method, a.series?.count])).toEqual([
    ['POST', undefined],
    ['PATCH', 2],
  ])
  expect(asked()[0]).toMatchObject({
    reportingController: 'default-scheduler',
    reportingInstance: 'default-scheduler-mother-company',
    note: 'no room',
    type: 'Warning',
  })
})

test('a Pod that has changed is another thing to talk of, and makes an Event of its own', () => {
  const { say, asked } = start()
  say('7', 'no room')
  say('8', 'no room')
  expect(asked().map(a => a.method)).toEqual(['POST', 'POST'])
})

test('a series that is idle for six minutes is written a last time and forgotten', () => {
  const { world, say, asked } = start()
  for (let i = 0; i < 4; i++) say('7', 'no room')
  advanceTo(system, world, 800_000)
  expect(asked().map(a => [a.method, a.series?.count])).toEqual([
    ['POST', undefined],
    ['PATCH', 2],
    ['PATCH', 4],
  ])
  say('7', 'no room')
  expect(asked().at(-1).method).toBe('POST')
})
