// drain.test.ts: a node is emptied by a command that does several things at once.

import { describe, expect, test } from 'vitest'
import { SYSTEM } from '../../src/cluster/cluster.ts'
import { begin, type Command, newDesk, PLAYER, pump, stop } from '../../src/game/commands.ts'
import { advanceTo, apply } from '../../src/kernel/world.ts'
import { whole } from '../cluster/world.ts'

const owner = [{ apiVersion: 'abc.company/v1', kind: 'Line', name: 'web', uid: 'no-one', controller: true }]
const pod = (name: string, labels: Record<string, string>, spec: any = {}, metadata: any = { ownerReferences: owner }) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels, ...metadata },
  spec: { nodeName: 'factory-q', terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'press:1' }], ...spec },
})
const budget = (name: string, app: string, minAvailable: number) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { minAvailable, selector: { matchLabels: { app } } },
})

/** A cluster with these Pods, in which commands are run as a player's are. */
function office(pods: any[]) {
  const { world, ask, wait } = whole({ seed: 1, users: { 'you-token': { username: 'you', groups: ['system:masters', 'system:authenticated'] } } as any })
  apply(SYSTEM, world, { input: 'spawn', name: PLAYER, config: {} })
  for (const p of pods) {
    const made = ask('POST', '/api/v1/namespaces/default/pods', p)
    if (made.kind !== 'Pod') throw new Error(made.message)
  }
  wait(5_000)
  const desk = newDesk({})
  const printed: { at: number; text: string }[] = []
  const began = { at: 0 }
  const around = {
    world: () => world,
    give: (input: any) => apply(SYSTEM, world, input),
    print: (_to: string, text: string) => printed.push({ at: Math.round((world.now - began.at) / 1000), text }),
  }
  const step = (command: Command) => {
    advanceTo(SYSTEM, world, world.now + 1)
    pump(command, desk, around)
  }
  return {
    ask,
    wait,
    printed,
    /** Runs a command to its end, or for so many ms. */
    run(line: string, ms = 120_000): Command {
      began.at = world.now
      printed.length = 0
      const command: Command | string = begin(line)
      if (typeof command === 'string') throw new Error(command)
      pump(command, desk, around, true)
      while (command.status === undefined && world.now - began.at < ms) step(command)
      return command
    },
    stop: (command: Command) => stop(command, desk, around),
    text: () => printed.map(p => p.text).join(''),
  }
}

describe('drain', () => {
  test('asks for all evictions at once; one that is refused holds up no other', () => {
    const o = office([pod('a', { app: 'kept' }), pod('b', { app: 'free' }), pod('c', { app: 'free' })])
    o.ask('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', budget('kept', 'kept', 1))
    o.wait(1_000)
    const command = o.run('kubectl drain factory-q', 4_000)
    expect(command.status).toBeUndefined()
    expect(o.printed.filter(p => p.text.startsWith('evicting')).map(p => p.at)).toEqual([0, 0, 0])
    expect(o.text()).toContain('pod/b evicted\n')
    expect(o.text()).toContain('pod/c evicted\n')
    expect(o.text()).toContain(
      `error when evicting pods/"a" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.\n`,
    )
    o.stop(command)
    expect(command.status).toBe(130)
    o.ask('DELETE', '/apis/policy/v1/namespaces/default/poddisruptionbudgets/kept')
    expect(o.run('kubectl drain factory-q').status).toBe(0)
    expect(o.text()).toBe('node/factory-q already cordoned\nevicting pod default/a\npod/a evicted\nnode/factory-q drained\n')
  })

  test('asks again after 5 s until its time is over, and then tells what is left', () => {
    const o = office([pod('a', { app: 'kept' }), pod('b', { app: 'kept' })])
    o.ask('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', budget('kept', 'kept', 2))
    o.wait(1_000)
    expect(o.run('kubectl drain factory-q --timeout=12s').status).toBe(1)
    const asked = o.printed.filter(p => p.text === 'evicting pod default/a\n').map(p => p.at)
    expect(asked).toEqual([0, 5, 10, 15])
    const late = (name: string) => `error when evicting pods/"${name}" -n "default": global timeout reached: 12s`
    const many = `[${late('a')}, ${late('b')}]`
    expect(o.text()).toContain(
      `There are pending pods in node "factory-q" when an error occurred: ${many}\npod/a\npod/b\n` +
        `error: unable to drain node "factory-q" due to error: ${many}, continuing command...\nThere are pending nodes to be drained:\n factory-q\n`,
    )
  })

  test('stops waiting for what does not go when its time is over, to the second', () => {
    const o = office([pod('slow', { app: 'slow' }, { terminationGracePeriodSeconds: 100, containers: [{ name: 'c', image: 'press:1' }] })])
    o.ask('PATCH', '/api/v1/namespaces/default/pods/slow', { metadata: { finalizers: ['abc.company/stays'] } }, 'application/merge-patch+json')
    expect(o.run('kubectl drain factory-q --timeout=3500ms --grace-period=0').status).toBe(1)
    expect(o.text()).toContain('error when waiting for pod "slow" in namespace "default" to terminate: context deadline exceeded')
    expect(o.printed.at(-1)!.at).toBe(4)
  })

  test('a Pod without a controller goes only by force, and that is the warning, whatever its volumes are', () => {
    const volumes = [{ name: 'v', emptyDir: {} }]
    const o = office([pod('lonely', {}, { volumes }, {})])
    expect(o.run('kubectl drain factory-q').status).toBe(1)
    expect(o.text()).toContain('cannot delete Pods with local storage (use --delete-emptydir-data to override): default/lonely')
    expect(o.run('kubectl drain factory-q --force --delete-emptydir-data').status).toBe(0)
    expect(o.text()).toContain('Warning: deleting Pods that declare no controller: default/lonely\n')
    expect(o.text()).not.toContain('local storage')
  })
})
