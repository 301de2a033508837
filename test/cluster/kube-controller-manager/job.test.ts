import { expect, test } from 'vitest'
import { parseTime, rfc3339 } from '../../../src/api/time.ts'
import { ask, boot, CORE, eventsOf, type Loop, list, patch, run, template } from './loop.ts'

const JOBS = '/apis/batch/v1/namespaces/default/jobs'
const TRACKING = 'batch.kubernetes.io/job-tracking'

function start(spec: object = {}): Loop {
  const loop = boot()
  const whole = { template: { spec: { ...template('x').spec, restartPolicy: 'Never' } }, ...spec }
  ask(loop, 'POST', JOBS, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: whole })
  run(loop, 1500)
  return loop
}

const pods = (loop: Loop) => list(loop, `${CORE}/pods`)
const path = (pod: any) => `${CORE}/pods/${pod.metadata.name}`
const job = (loop: Loop) => ask(loop, 'GET', `${JOBS}/j`).body
const conditions = (loop: Loop) => (job(loop).status.conditions ?? []).map((c: any) => c.type)
/** As its kubelet would say: a pod has ended. */
function end(loop: Loop, pod: any, phase: 'Succeeded' | 'Failed', exitCode = 1): void {
  const terminated = { exitCode: phase === 'Failed' ? exitCode : 0, finishedAt: rfc3339(loop.world.now) }
  const containerStatuses = [{ name: 'c', image: 'x', imageID: '', ready: false, restartCount: 0, state: { terminated } }]
  patch(loop, `${path(pod)}/status`, { status: { phase, containerStatuses } })
}

test('a pod that no longer belongs to its Job loses the finalizer with its owner', () => {
  const loop = start()
  const [pod] = pods(loop)
  patch(loop, path(pod), { metadata: { labels: { 'batch.kubernetes.io/controller-uid': 'other', 'controller-uid': 'other' } } })
  run(loop, 2000)
  const released = ask(loop, 'GET', path(pod)).body.metadata
  expect([released.ownerReferences, released.finalizers]).toEqual([undefined, undefined])
  expect(loop.writes.filter(w => w.includes(`PATCH pods/${pod.metadata.name}`))).toHaveLength(1)
})

test('the pods of a Job that is deleted and leaves them behind lose the finalizer', () => {
  const loop = start()
  ask(loop, 'DELETE', `${JOBS}/j`, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Orphan' })
  run(loop, 2000)
  expect(pods(loop).map(p => [p.metadata.ownerReferences, p.metadata.finalizers])).toEqual([[undefined, undefined]])
})

test('a pod with the finalizer that nobody controls loses it', () => {
  const loop = boot()
  ask(loop, 'POST', `${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stray', finalizers: [TRACKING] }, spec: template('x').spec })
  run(loop, 500)
  expect(pods(loop)[0].metadata.finalizers).toBeUndefined()
})

test('an index hands its failures on from pod to pod: ignored ones lengthen the wait, but do not count', () => {
  const policy = { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [3] } }] }
  const loop = start({ completions: 1, completionMode: 'Indexed', backoffLimitPerIndex: 1, podFailurePolicy: policy })
  const latest = () =>
    pods(loop)
      .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))
      .pop()
  const counts = () => {
    const { annotations } = latest().metadata
    return [annotations['batch.kubernetes.io/job-index-failure-count'], annotations['batch.kubernetes.io/job-index-ignored-failure-count']]
  }
  expect(counts()).toEqual(['0', undefined])
  end(loop, latest(), 'Failed', 3)
  run(loop, 12_000)
  expect(counts()).toEqual(['0', '1'])
  end(loop, latest(), 'Failed', 1)
  run(loop, 12_000)
  // It waits for its replacement, with its finalizer, and is not counted yet.
  expect(counts()).toEqual(['0', '1'])
  expect(latest().metadata.finalizers).toEqual([TRACKING])
  expect(job(loop).status.failed).toBeUndefined()
  run(loop, 10_000)
  expect(counts()).toEqual(['1', '1'])
  expect(job(loop).status.failed).toBe(1)
  end(loop, latest(), 'Failed', 1)
  run(loop, 3000)
  expect(job(loop).status).toMatchObject({ failedIndexes: '0', failed: 2 })
  expect(conditions(loop)).toEqual(['FailureTarget', 'Failed'])
})

test('a Job that is suspended when its last pod has just succeeded is complete', () => {
  const loop = start()
  end(loop, pods(loop)[0], 'Succeeded')
  patch(loop, `${JOBS}/j`, { spec: { suspend: true } })
  run(loop, 3000)
  expect(conditions(loop)).toEqual(['SuccessCriteriaMet', 'Complete'])
  expect(eventsOf(loop)).not.toContain('Suspended Job suspended')
})

test('where only some pods could be made, only those are active', () => {
  const loop = boot()
  ask(loop, 'POST', `${CORE}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '2' } } })
  run(loop, 500)
  const spec = { completions: 5, parallelism: 5, template: { spec: { ...template('x').spec, restartPolicy: 'Never' } } }
  ask(loop, 'POST', JOBS, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec })
  run(loop, 500)
  expect(pods(loop)).toHaveLength(2)
  expect(job(loop).status.active).toBe(2)
})

test('a Job that has too many pods deletes the youngest, whatever they say they cost', () => {
  const loop = start({ completions: 3, parallelism: 1 })
  const [old] = pods(loop)
  patch(loop, path(old), { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } } })
  run(loop, 5000)
  patch(loop, `${JOBS}/j`, { spec: { parallelism: 2 } })
  run(loop, 2000)
  patch(loop, `${JOBS}/j`, { spec: { parallelism: 1 } })
  run(loop, 2000)
  expect(pods(loop).map(p => p.metadata.name)).toEqual([old.metadata.name])
})

test('a Job is not over while a pod has its finalizer', () => {
  const loop = boot()
  const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:controller:job-controller'
  const { rules } = ask(loop, 'GET', role).body
  const without = rules.map((rule: any) => (rule.resources.includes('pods') ? { ...rule, verbs: rule.verbs.filter((v: string) => v !== 'patch') } : rule))
  patch(loop, role, { rules: without })
  const spec = { completions: 1, completionMode: 'Indexed', template: { spec: { ...template('x').spec, restartPolicy: 'Never' } } }
  ask(loop, 'POST', JOBS, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec })
  run(loop, 500)
  end(loop, pods(loop)[0], 'Succeeded')
  run(loop, 3000)
  expect(conditions(loop)).toEqual(['SuccessCriteriaMet'])
  patch(loop, role, { rules })
  run(loop, 70_000)
  expect(conditions(loop)).toEqual(['SuccessCriteriaMet', 'Complete'])
  expect(pods(loop)[0].metadata.finalizers).toBeUndefined()
})

test('more successes than were asked for are said', () => {
  const loop = start()
  const [pod] = pods(loop)
  const { labels } = pod.metadata
  ask(loop, 'POST', `${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'twin', labels }, spec: template('x').spec })
  end(loop, pod, 'Succeeded')
  end(loop, { metadata: { name: 'twin' } }, 'Succeeded')
  run(loop, 4000)
  expect(eventsOf(loop).filter(e => /Completed|TooMany/.test(e))).toEqual([
    'TooManySucceededPods Too many succeeded pods running after completion count reached',
    'Completed Job completed',
  ])
})

test('a look that comes just before the end of a back-off is followed by the next one a second later', () => {
  const loop = start()
  run(loop, 1000 - (loop.world.now % 1000))
  const failedAt = loop.world.now
  end(loop, pods(loop)[0], 'Failed')
  run(loop, failedAt + 8500 - loop.world.now)
  patch(loop, `${JOBS}/j`, { metadata: { labels: { touched: 'yes' } } })
  run(loop, failedAt + 10_300 - loop.world.now)
  expect(pods(loop)).toHaveLength(1)
  run(loop, 400)
  expect(pods(loop)).toHaveLength(2)
  expect(parseTime(pods(loop)[1].metadata.creationTimestamp)).toBeDefined()
})
