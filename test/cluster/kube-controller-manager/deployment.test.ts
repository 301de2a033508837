import { expect, test } from 'vitest'
import { rfc3339 } from '../../../src/api/time.ts'
import { condition, rolloutStatus, setCondition } from '../../../src/cluster/kube-controller-manager/deployment/conditions.ts'
import {
  annotationsOfNew,
  DESIRED,
  MAX,
  newAndOld,
  newReplicaSet,
  REVISION,
  REVISION_HISTORY,
  surplus,
} from '../../../src/cluster/kube-controller-manager/deployment/revisions.ts'
import {
  budgetSizes,
  fenceposts,
  maxSurge,
  maxUnavailable,
  newSize,
  type Resize,
  scaledSizes,
  shrinkable,
  unhealthySizes,
} from '../../../src/cluster/kube-controller-manager/deployment/sizes.ts'

const deployment = (replicas: number, over: any = {}): any => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', uid: 'd', generation: 1, annotations: over.annotations },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: over.image ?? 'a' }] } },
    strategy: { type: over.type ?? 'RollingUpdate', rollingUpdate: { maxSurge: over.surge ?? '25%', maxUnavailable: over.unavailable ?? '25%' } },
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: over.limit ?? 10,
  },
  status: over.status ?? {},
})

const set = (name: string, replicas: number, over: any = {}): any => ({
  metadata: {
    name,
    namespace: 'default',
    uid: name,
    generation: 1,
    creationTimestamp: rfc3339((over.age ?? 0) * 1000),
    annotations: over.annotations,
    ...(over.deleting ? { deletionTimestamp: rfc3339(0) } : {}),
  },
  spec: {
    replicas,
    template: { metadata: { labels: { app: 'web', 'pod-template-hash': name } }, spec: { containers: [{ name: 'c', image: over.image ?? 'old' }] } },
  },
  status: {
    replicas: over.pods ?? replicas,
    availableReplicas: over.available ?? replicas,
    readyReplicas: over.available ?? replicas,
    observedGeneration: 1,
    terminatingReplicas: 0,
  },
})

/** Both steps of one round. */
function oldSizes(d: any, newRs: any, old: any[]): Resize[] {
  const room = shrinkable(d, newRs, old)
  if (room <= 0) return []
  const unhealthy = unhealthySizes(room, old)
  const left = old.map(rs => ({ ...rs, spec: { ...rs.spec, replicas: unhealthy.find(r => r.replicaSet === rs)?.to ?? rs.spec.replicas } }))
  return [...unhealthy, ...budgetSizes(d, newRs, left)]
}

test('surge is rounded up, unavailable down, and never are both 0', () => {
  const posts = (n: number, surge: any, unavailable: any) => Object.values(fenceposts(deployment(n, { surge, unavailable })))
  expect([1, 2, 3, 4, 5, 7, 8, 10, 11, 20, 100].map(n => posts(n, '25%', '25%'))).toEqual([
    [1, 0],
    [1, 0],
    [1, 0],
    [1, 1],
    [2, 1],
    [2, 1],
    [2, 2],
    [3, 2],
    [3, 2],
    [5, 5],
    [25, 25],
  ])
  expect([1, 7, 8, 11, 20, 100].map(n => posts(n, 0, '25%'))).toEqual([
    [0, 1],
    [0, 1],
    [0, 2],
    [0, 2],
    [0, 5],
    [0, 25],
  ])
  expect([1, 2, 3, 4, 5, 7, 8, 10, 11].map(n => posts(n, '50%', 0)[0])).toEqual([1, 1, 2, 2, 3, 4, 4, 5, 6])
  expect(posts(100, '0%', '1%')).toEqual([0, 1])
})

test('Recreate surges by nothing and may lose nothing; no Deployment may lose more than it has', () => {
  expect([maxSurge(deployment(4, { type: 'Recreate' })), maxUnavailable(deployment(4, { type: 'Recreate' }))]).toEqual([0, 0])
  expect(maxUnavailable(deployment(2, { unavailable: 5 }))).toBe(2)
  expect(maxUnavailable(deployment(0, { unavailable: 5 }))).toBe(0)
})

test('a rollout of 10 begins with 3 new ones, takes 2 old ones away, and goes on as the new ones become available', () => {
  const d = deployment(10)
  const old = set('v1', 10)
  expect(newSize(d, [old, set('v2', 0)], set('v2', 0))).toBe(3)
  expect(oldSizes(d, set('v2', 3, { available: 0 }), [old]).map(r => r.to)).toEqual([8])
  expect(newSize(d, [set('v1', 8), set('v2', 3)], set('v2', 3))).toBe(5)
  expect(oldSizes(d, set('v2', 5, { available: 0 }), [set('v1', 8)])).toEqual([])
  expect(oldSizes(d, set('v2', 5, { available: 2 }), [set('v1', 8)]).map(r => r.to)).toEqual([6])
})

test('old pods that are not available go first, oldest ReplicaSet first, and cost nothing of the budget', () => {
  const d = deployment(10)
  const sick = set('sick', 4, { available: 1, age: 1 })
  const fine = set('fine', 8, { age: 2 })
  expect(oldSizes(d, set('new', 1, { available: 1 }), [fine, sick]).map(r => [r.replicaSet.metadata.name, r.to])).toEqual([
    ['sick', 1],
    ['sick', 0],
    ['fine', 7],
  ])
})

test('a Deployment that is scaled in the middle of a rollout is scaled in proportion, the rest goes to the largest', () => {
  const d = deployment(15)
  const annotations = { [DESIRED]: '10', [MAX]: '13' }
  const sizes = scaledSizes(d, set('new', 5, { annotations, age: 2 }), [set('old', 8, { annotations, age: 1 })])
  expect(sizes.map(r => [r.replicaSet.metadata.name, r.to])).toEqual([
    ['old', 12],
    ['new', 7],
  ])
  const down = scaledSizes(deployment(4), set('new', 5, { annotations, age: 2 }), [set('old', 8, { annotations, age: 1 })])
  expect(down.map(r => [r.replicaSet.metadata.name, r.to])).toEqual([
    ['old', 3],
    ['new', 2],
  ])
})

test('scaled with one ReplicaSet that has pods, that one gets all; with none, the newest', () => {
  expect(scaledSizes(deployment(5), set('new', 0, { age: 2 }), [set('old', 3, { age: 1 })]).map(r => [r.replicaSet.metadata.name, r.to])).toEqual([['old', 5]])
  expect(scaledSizes(deployment(5), undefined, [set('a', 0, { age: 1 }), set('b', 0, { age: 2 })]).map(r => r.replicaSet.metadata.name)).toEqual(['b'])
  expect(scaledSizes(deployment(3), set('new', 3), [set('old', 0)])).toEqual([])
})

test('the oldest ReplicaSet with the same template, hash aside, is the new one', () => {
  const sets = [set('b', 1, { image: 'x', age: 5 }), set('a', 1, { image: 'x', age: 1 }), set('c', 1)]
  const { newRs, old } = newAndOld(deployment(1, { image: 'x' }), sets)
  expect([newRs!.metadata.name, old.map(rs => rs.metadata.name)]).toEqual(['a', ['b', 'c']])
})

test('a ReplicaSet is made with hash, revision, sizes and the annotations of its Deployment, without those that mean something else', () => {
  const annotations = { note: 'n', 'kubectl.kubernetes.io/last-applied-configuration': '{}', [REVISION]: '7' }
  const made = newReplicaSet(deployment(4, { annotations }), [set('old', 4)], '8')
  expect(made.metadata.annotations).toEqual({ note: 'n', [REVISION]: '8', [DESIRED]: '4', [MAX]: '5' })
  expect(made.spec.replicas).toBe(1)
  const hash = made.metadata.labels['pod-template-hash']
  expect(made.metadata.name).toBe(`web-${hash}`)
  expect([made.spec.selector.matchLabels, made.spec.template.metadata.labels]).toEqual([
    { app: 'web', 'pod-template-hash': hash },
    { app: 'web', 'pod-template-hash': hash },
  ])
})

test('a ReplicaSet that is used again gets the next revision and remembers its former ones', () => {
  const d = deployment(1)
  const first = annotationsOfNew(d, set('a', 0, { annotations: { [REVISION]: '1' } }), '3')
  expect(first).toEqual({ [REVISION]: '3', [REVISION_HISTORY]: '1' })
  expect(annotationsOfNew(d, set('a', 0, { annotations: first }), '5')).toEqual({ [REVISION]: '5', [REVISION_HISTORY]: '1,3' })
  const same = { [REVISION]: '5' }
  expect(annotationsOfNew(d, set('a', 0, { annotations: same }), '5')).toBe(same)
})

test('surplus ReplicaSets are the lowest revisions; one with pods or on its way out still uses up its place', () => {
  const old = [4, 1, 3, 2].map(n => set(`r${n}`, n === 1 ? 1 : 0, { annotations: { [REVISION]: String(n) } }))
  expect(surplus(deployment(1, { limit: 2 }), old).map(rs => rs.metadata.name)).toEqual(['r2'])
  expect(surplus(deployment(1, { limit: 2_147_483_647 }), old)).toEqual([])
})

test('a condition with the same status and reason stays as it is; with the same status it keeps its transition time', () => {
  const before = setCondition({}, condition('Progressing', 'True', 'NewReplicaSetCreated', 'Created new replica set "web-1"', 0))
  expect(setCondition(before, condition('Progressing', 'True', 'NewReplicaSetCreated', 'other', 9000))).toBe(before)
  const after = setCondition(before, condition('Progressing', 'True', 'ReplicaSetUpdated', 'ReplicaSet "web-1" is progressing.', 9000))
  expect(after.conditions).toMatchObject([{ reason: 'ReplicaSetUpdated', lastTransitionTime: rfc3339(0), lastUpdateTime: rfc3339(9000) }])
})

test('a rollout that makes no progress for the deadline is timed out, and progress undoes it', () => {
  const progressing = { conditions: [condition('Progressing', 'True', 'ReplicaSetUpdated', 'x', 0)], replicas: 1, updatedReplicas: 1 }
  const stuck = set('web-2', 1, { available: 0 })
  const before = rolloutStatus(deployment(1, { status: progressing }), stuck, [], 600_000)
  expect(before.conditions).toMatchObject([{ reason: 'ReplicaSetUpdated' }, { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }])
  const after = rolloutStatus(deployment(1, { status: progressing }), stuck, [], 600_001)
  expect(after.conditions!.find(c => c.type === 'Progressing')).toMatchObject({
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'ReplicaSet "web-2" has timed out progressing.',
  })
  const healed = rolloutStatus(deployment(1, { status: { ...after, observedGeneration: 1 } }), set('web-2', 1), [], 700_000)
  expect(healed.conditions!.find(c => c.type === 'Progressing')).toMatchObject({
    reason: 'NewReplicaSetAvailable',
    message: 'ReplicaSet "web-2" has successfully progressed.',
  })
})

test('once complete, a scale-out does not start the clock again', () => {
  const status = { conditions: [condition('Progressing', 'True', 'NewReplicaSetAvailable', 'x', 0)], replicas: 2, updatedReplicas: 2 }
  const out = rolloutStatus(deployment(5, { status }), set('web-2', 5, { pods: 2, available: 2 }), [], 900_000)
  expect(out.conditions!.find(c => c.type === 'Progressing')).toMatchObject({ reason: 'NewReplicaSetAvailable', lastUpdateTime: rfc3339(0) })
})
