import { expect, test } from 'vitest'
import { rfc3339 } from '../../../src/api/time.ts'
import { rankPodsForDeletion } from '../../../src/cluster/kube-controller-manager/ranking.ts'
import { podsToDelete } from '../../../src/cluster/kube-controller-manager/replicaset.ts'

const NOW = 100_000_000

/** A pod that has been ready for `age` seconds. */
function pod(name: string, age: number, over: { node?: string; phase?: string; ready?: boolean; cost?: string; restarts?: number; uid?: string } = {}): any {
  const at = rfc3339(NOW - age * 1000)
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: over.uid ?? name,
      creationTimestamp: at,
      annotations: over.cost ? { 'controller.kubernetes.io/pod-deletion-cost': over.cost } : {},
    },
    spec: { nodeName: over.node ?? 'factory-p', containers: [] },
    status: {
      phase: over.phase ?? 'Running',
      conditions: [{ type: 'Ready', status: over.ready === false ? 'False' : 'True', lastTransitionTime: at }],
      containerStatuses: [{ name: 'c', restartCount: over.restarts ?? 0 }],
    },
  }
}

test('every criterion decides before the next one: unassigned, phase, readiness, cost, crowding, ready time, restarts', () => {
  const pods = [
    pod('ready-old', 5000),
    pod('ready-4000', 4000, { restarts: 7 }),
    pod('ready-young', 60),
    pod('crowded', 5000, { node: 'factory-q' }),
    pod('cheap', 5000, { cost: '-5' }),
    pod('notready', 4000, { ready: false }),
    pod('pending-bound', 30, { phase: 'Pending', ready: false }),
    pod('unbound', 9000, { node: '', phase: 'Pending', ready: false }),
  ]
  const neighbours = [
    pod('n1', 1, { node: 'factory-q' }),
    pod('n2', 1, { node: 'factory-q' }),
    pod('n3', 1, { node: 'factory-q' }),
    ...[1, 2].map(i => pod(`p${i}`, 1)),
  ]
  expect(rankPodsForDeletion(pods, neighbours, NOW).map(p => p.metadata.name)).toEqual([
    'unbound',
    'pending-bound',
    'notready',
    'cheap',
    'crowded',
    'ready-young',
    'ready-4000',
    'ready-old',
  ])
})

test('ages in the same power of two count as equal, and the uid decides', () => {
  const [a, b] = [pod('a', 5000, { uid: 'zz' }), pod('b', 4500, { uid: 'aa' })]
  expect(rankPodsForDeletion([a, b], [], NOW).map(p => p.metadata.name)).toEqual(['b', 'a'])
  expect(
    rankPodsForDeletion(
      [
        { ...a, metadata: { ...a.metadata, uid: 'aa' } },
        { ...b, metadata: { ...b.metadata, uid: 'zz' } },
      ],
      [],
      NOW,
    ).map(p => p.metadata.name),
  ).toEqual(['a', 'b'])
})

test('ready for the same time, more restarts go first', () => {
  expect(rankPodsForDeletion([pod('calm', 60), pod('nervous', 60, { restarts: 3 })], [], NOW).map(p => p.metadata.name)).toEqual(['nervous', 'calm'])
})

test('a cost that is no 32-bit integer counts as 0', () => {
  const pods = [pod('a', 60, { cost: '99999999999' }), pod('b', 60, { cost: 'much' }), pod('c', 60, { cost: '+1' }), pod('d', 60, { cost: '-1' })]
  expect(rankPodsForDeletion(pods, [], NOW)[0]!.metadata.name).toBe('d')
})

test('the note of a deletion says why these and not the others', () => {
  const pods = [pod('old', 5000), pod('young', 60), pod('sick', 5000, { ready: false })]
  expect(podsToDelete(pods, pods, 2, NOW).map(v => [v.pod.metadata.name, v.because])).toEqual([
    ['sick', 'not ready'],
    ['young', 'ready more recently'],
  ])
  expect(podsToDelete(pods, pods, 3, NOW).map(v => v.because)).toEqual(['all of them', 'all of them', 'all of them'])
})
