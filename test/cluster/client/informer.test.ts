import { expect, test } from 'vitest'
import { resourceByPlural } from '../../../src/api/resources.ts'
import {
  byIndex,
  byNodeName,
  cached,
  hasSynced,
  type InformerTable,
  informerHandlers,
  newInformers,
  startInformers,
} from '../../../src/cluster/client/informer.ts'
import { machine, type System } from '../../../src/kernel/machine.ts'
import { advanceTo, apply, newWorld } from '../../../src/kernel/world.ts'

interface Watcher {
  informers: ReturnType<typeof newInformers>
  heard: string[]
}

const table: InformerTable<Watcher> = {
  pods: {
    type: resourceByPlural('', 'pods')!,
    indices: { nodeName: byNodeName },
    on: (s, _, c) => s.heard.push(`${c.type} ${c.object.metadata.name} ${c.object.metadata.resourceVersion}`),
    synced: s => s.heard.push('synced'),
  },
}

const pod = (name: string, resourceVersion: string, nodeName?: string) => ({
  metadata: { name, namespace: 'default', resourceVersion },
  spec: nodeName ? { nodeName } : {},
})
const end = (resourceVersion: string) => ({ metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } } })

/** A server that says what it is told to, and remembers what it was asked. */
const system: System = {
  delay: () => 1,
  machines: {
    watcher: machine<Watcher>({
      init: () => ({ informers: newInformers({ token: 't', userAgent: 'u' }), heard: [] }),
      on: { start: (s, _, io) => startInformers(table, s, io), ...informerHandlers(table) },
    }),
    'kube-apiserver': machine<{ asked: any[]; script: any[][] }>({
      init: (_, script) => ({ asked: [], script: [...script] }),
      on: {
        request(s, m, io) {
          s.asked.push(m.body.query)
          io.link(m.from)
          io.reply(m, { status: 200, headers: {}, body: {} })
          for (const [type, object] of s.script.shift() ?? []) io.send(m.from, 'watch', { watch: Number(m.body.headers['x-watch-id']), type, object })
        },
        say(_, m, io) {
          io.send('watcher', 'watch', m.body)
        },
      },
    }),
  },
}

function start(script: [string, any][][]) {
  const world = newWorld(1)
  apply(system, world, { input: 'spawn', name: 'kube-apiserver', config: script })
  apply(system, world, { input: 'spawn', name: 'watcher', config: {} })
  advanceTo(system, world, 100)
  const state = (): Watcher => world.actors.get('watcher')!.state
  const asked = () => world.actors.get('kube-apiserver')!.state.asked
  const say = (watch: number, type: string, object: any) => {
    apply(system, world, { input: 'post', to: 'kube-apiserver', type: 'say', body: { watch, type, object } })
    advanceTo(system, world, world.now + 10)
  }
  return { world, state, asked, say }
}

test('handlers hear nothing before the bookmark that ends the initial events, and then the whole set at once', () => {
  const half = start([[['ADDED', pod('a', '5')]]])
  expect(half.state().heard).toEqual([])
  expect(hasSynced(half.state())).toBe(false)
  half.say(1, 'ADDED', pod('b', '3'))
  half.say(1, 'BOOKMARK', end('9'))
  expect(half.state().heard).toEqual(['add a 5', 'add b 3', 'synced'])
  expect(half.asked()).toEqual([{ watch: 'true', allowWatchBookmarks: 'true', sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }])
})

test('live events are handed on in order, each with what was there before; indices follow', () => {
  const { state, say } = start([[['BOOKMARK', end('1')]]])
  say(1, 'ADDED', pod('a', '2'))
  say(1, 'MODIFIED', pod('a', '3', 'factory-p'))
  expect(byIndex(state(), 'pods', 'nodeName', 'factory-p').map(p => p.metadata.name)).toEqual(['a'])
  say(1, 'DELETED', pod('a', '4', 'factory-p'))
  expect(state().heard).toEqual(['synced', 'add a 2', 'update a 3', 'delete a 4'])
  expect(byIndex(state(), 'pods', 'nodeName', 'factory-p')).toEqual([])
})

test('when the connection dies the watch goes on from the last version after a back-off', () => {
  const { world, state, asked, say } = start([[['BOOKMARK', end('7')]]])
  say(1, 'ADDED', pod('a', '8'))
  apply(system, world, { input: 'crash', name: 'kube-apiserver' })
  apply(system, world, { input: 'restart', name: 'kube-apiserver' })
  advanceTo(system, world, world.now + 700)
  expect(asked()).toEqual([])
  advanceTo(system, world, world.now + 2000)
  expect(asked()).toEqual([{ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '8' }])
  expect(cached(state(), 'pods', 'default/a')).toBeDefined()
})

test('after 410 the present state is taken anew, and what is gone is told', () => {
  const { state, say } = start([
    [
      ['ADDED', pod('a', '1')],
      ['ADDED', pod('b', '2')],
      ['BOOKMARK', end('3')],
    ],
    [
      ['ADDED', pod('b', '2')],
      ['ADDED', pod('c', '9')],
      ['BOOKMARK', end('9')],
    ],
  ])
  say(1, 'ERROR', { code: 410, reason: 'Expired' })
  expect(state().heard.slice(3)).toEqual(['update b 2', 'add c 9', 'delete a 1'])
})
