import { expect, test } from 'vitest'
import { apply, why } from '../../../src/kernel/world.ts'
import { APPS, ask, boot, bury, CORE, deploy, eventsOf, list, patch, ready, run, SYSTEM, template } from './loop.ts'

const replicaSets = (loop: ReturnType<typeof boot>) =>
  list(loop, `${APPS}/replicasets`).sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))
const notes = (loop: ReturnType<typeof boot>, kind: string) => loop.world.notes.filter(n => n.actor === 'kube-controller-manager' && n.kind === kind)

test('a Deployment becomes a ReplicaSet, and that becomes pods: one, two, then the rest', () => {
  const loop = boot()
  deploy(loop, 4)
  const [rs] = replicaSets(loop)
  expect(loop.writes.filter(w => !w.includes('/status'))).toEqual([
    'deployment-controller POST replicasets 201',
    'replicaset-controller POST pods 201',
    'replicaset-controller POST pods 201',
    'replicaset-controller POST pods 201',
    'replicaset-controller POST pods 201',
  ])
  expect(eventsOf(loop).filter(e => e.startsWith('Scaling'))).toEqual([`ScalingReplicaSet Scaled up replica set ${rs.metadata.name} from 0 to 4`])
  expect(
    list(loop, `${CORE}/pods`).every(p => p.metadata.name.startsWith(`${rs.metadata.name}-`) && p.metadata.ownerReferences[0].uid === rs.metadata.uid),
  ).toBe(true)
})

test('why leads from a created pod back to the request that made the Deployment', () => {
  const loop = boot()
  deploy(loop, 1)
  const creating = notes(loop, 'Creating').find(n => (n.data as any).replicaSet)!
  const kinds = why(loop.world, creating).map(n => n.kind)
  expect(kinds).toContain('CreatingReplicaSet')
  expect(why(loop.world, creating).some(n => n.actor === 'kube-apiserver')).toBe(true)
})

test('a rollout goes one by one, and the old pods go only as new ones are available', () => {
  const loop = boot()
  deploy(loop, 3)
  ready(loop)
  patch(loop, `${APPS}/deployments/web`, { spec: { template: template('web', 'nginx:1.28') } })
  run(loop, 100)
  for (let i = 0; i < 4; i++) {
    ready(loop)
    bury(loop)
  }
  const sizes = notes(loop, 'Scaling').map(n => `${(n.data as any).from}>${(n.data as any).to}`)
  expect(sizes).toEqual(['3>2', '1>2', '2>1', '2>3', '1>0'])
  const status = ask(loop, 'GET', `${APPS}/deployments/web`).body
  expect(status.metadata.annotations['deployment.kubernetes.io/revision']).toBe('2')
  expect(status.status.conditions.map((c: any) => [c.type, c.status, c.reason])).toEqual([
    ['Available', 'True', 'MinimumReplicasAvailable'],
    ['Progressing', 'True', 'NewReplicaSetAvailable'],
  ])
})

test('Recreate waits until the last old pod is gone', () => {
  const loop = boot()
  deploy(loop, 2, { strategy: { type: 'Recreate' } })
  ready(loop)
  patch(loop, `${APPS}/deployments/web`, { spec: { template: template('web', 'nginx:1.28') } })
  run(loop, 1000)
  expect(replicaSets(loop).map(rs => rs.spec.replicas)).toEqual([0])
  bury(loop)
  run(loop, 1000)
  expect(replicaSets(loop).map(rs => rs.spec.replicas)).toEqual([0, 2])
})

test('in a namespace that is going a Deployment does not try again and again to make its ReplicaSet', () => {
  const loop = boot()
  ask(loop, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bakery', finalizers: ['example.com/wait'] } })
  run(loop, 200)
  apply(SYSTEM, loop.world, { input: 'cut', a: 'kube-controller-manager', b: 'kube-apiserver' })
  const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template('web') }
  ask(loop, 'POST', '/apis/apps/v1/namespaces/bakery/deployments', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec })
  ask(loop, 'DELETE', '/api/v1/namespaces/bakery', { kind: 'DeleteOptions', apiVersion: 'v1' })
  apply(SYSTEM, loop.world, { input: 'mend', a: 'kube-controller-manager', b: 'kube-apiserver' })
  run(loop, 3000)
  expect(loop.writes.filter(w => w.startsWith('deployment-controller POST'))).toEqual(['deployment-controller POST namespaces/bakery/replicasets 403'])
})

test('a bare ReplicaSet that shrinks takes the youngest pod, wherever it stands', () => {
  const loop = boot()
  for (const node of ['factory-p', 'factory-q']) ask(loop, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: node } })
  const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template('web') }
  ask(loop, 'POST', `${APPS}/replicasets`, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web' }, spec })
  run(loop, 200)
  ready(loop, 'factory-p')
  run(loop, 9000)
  patch(loop, `${APPS}/replicasets/web`, { spec: { replicas: 3 } })
  run(loop, 200)
  ready(loop, 'factory-q')
  patch(loop, `${APPS}/replicasets/web`, { spec: { replicas: 2 } })
  run(loop, 200)
  const going = list(loop, `${CORE}/pods`).filter(p => p.metadata.deletionTimestamp)
  expect(going.map(p => p.spec.nodeName)).toEqual(['factory-q'])
})

test('a paused Deployment scales but does not roll, and its progress is unknown', () => {
  const loop = boot()
  deploy(loop, 1)
  ready(loop)
  patch(loop, `${APPS}/deployments/web`, { spec: { paused: true, replicas: 3, template: template('web', 'nginx:1.28') } })
  run(loop, 500)
  expect(replicaSets(loop).map(rs => rs.spec.replicas)).toEqual([3])
  const progressing = (d: any) => d.status.conditions.find((c: any) => c.type === 'Progressing')
  expect(progressing(ask(loop, 'GET', `${APPS}/deployments/web`).body)).toMatchObject({
    status: 'Unknown',
    reason: 'DeploymentPaused',
    message: 'Deployment is paused',
  })
  patch(loop, `${APPS}/deployments/web`, { spec: { paused: false } })
  run(loop, 500)
  expect(replicaSets(loop)).toHaveLength(2)
})

test('the progress deadline passes once, and a missed one neither rolls back nor stops the rollout', () => {
  const loop = boot()
  deploy(loop, 1, { progressDeadlineSeconds: 5 })
  run(loop, 8000)
  const stuck = ask(loop, 'GET', `${APPS}/deployments/web`).body.status.conditions.find((c: any) => c.type === 'Progressing')
  expect(stuck).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' })
  ready(loop)
  expect(ask(loop, 'GET', `${APPS}/deployments/web`).body.status.conditions.find((c: any) => c.type === 'Progressing').reason).toBe('NewReplicaSetAvailable')
})

test('a pod that is being deleted is replaced at once; one that loses its label is let go and replaced', () => {
  const loop = boot()
  deploy(loop, 2)
  ready(loop)
  const [first, second] = list(loop, `${CORE}/pods`)
  ask(loop, 'DELETE', `${CORE}/pods/${first.metadata.name}`, { kind: 'DeleteOptions', apiVersion: 'v1' })
  run(loop, 100)
  expect(list(loop, `${CORE}/pods`)).toHaveLength(3)
  patch(loop, `${CORE}/pods/${second.metadata.name}`, { metadata: { labels: { app: 'other' } } })
  run(loop, 100)
  expect(ask(loop, 'GET', `${CORE}/pods/${second.metadata.name}`).body.metadata.ownerReferences).toBeUndefined()
  expect(list(loop, `${CORE}/pods`)).toHaveLength(4)
})

test('a pod that matches and belongs to nobody is adopted before a new one is made', () => {
  const loop = boot()
  ask(loop, 'POST', `${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stray', labels: { app: 'web' } }, spec: template('web').spec })
  const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template('web') }
  ask(loop, 'POST', `${APPS}/replicasets`, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web' }, spec })
  run(loop, 200)
  expect(ask(loop, 'GET', `${CORE}/pods/stray`).body.metadata.ownerReferences).toMatchObject([
    { kind: 'ReplicaSet', name: 'web', controller: true, blockOwnerDeletion: true },
  ])
  expect(list(loop, `${CORE}/pods`)).toHaveLength(2)
})

test.each([
  ['Background', ['generic-garbage-collector DELETE replicasets/RS 200', 'generic-garbage-collector DELETE pods/POD 200']],
  [
    'Foreground',
    [
      'generic-garbage-collector DELETE replicasets/RS 200',
      'generic-garbage-collector DELETE pods/POD 200',
      // Queued again by its owner, before the collector knows that it is going.
      'generic-garbage-collector DELETE pods/POD 200',
      'generic-garbage-collector PATCH replicasets/RS 200',
      'generic-garbage-collector PATCH deployments/web 200',
    ],
  ],
  ['Orphan', ['generic-garbage-collector PATCH replicasets/RS 200', 'generic-garbage-collector PATCH deployments/web 200']],
])('%s deletion of a Deployment', (propagationPolicy, expected) => {
  const loop = boot()
  deploy(loop, 1)
  ready(loop)
  loop.writes.length = 0
  ask(loop, 'DELETE', `${APPS}/deployments/web`, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy })
  run(loop, 200)
  bury(loop)
  const short = (w: string) => w.replace(/pods\/web-\S+/, 'pods/POD').replace(/replicasets\/web-\S+/, 'replicasets/RS')
  const seen = loop.writes.filter(w => w.startsWith('generic') && w.endsWith(' 200')).map(short)
  expect(seen).toEqual(expected)
  expect(list(loop, `${APPS}/deployments`)).toEqual([])
  expect(list(loop, `${APPS}/replicasets`)).toHaveLength(propagationPolicy === 'Orphan' ? 1 : 0)
})

test('a namespace that is deleted is emptied after five seconds, pods first, and then let go', () => {
  const loop = boot()
  ask(loop, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bakery' } })
  run(loop, 200)
  expect(list(loop, '/api/v1/namespaces/bakery/serviceaccounts').map(s => s.metadata.name)).toEqual(['default'])
  expect(list(loop, '/api/v1/namespaces/bakery/configmaps').map(c => c.metadata.name)).toEqual(['kube-root-ca.crt'])
  ask(loop, 'DELETE', '/api/v1/namespaces/bakery', { kind: 'DeleteOptions', apiVersion: 'v1' })
  run(loop, 4900)
  expect(ask(loop, 'GET', '/api/v1/namespaces/bakery').body.status.phase).toBe('Terminating')
  run(loop, 1000)
  expect(ask(loop, 'GET', '/api/v1/namespaces/bakery').status).toBe(404)
  const first = loop.writes.findIndex(w => w.startsWith('namespace-controller'))
  expect(loop.writes[first]).toBe('namespace-controller DELETE namespaces/bakery/pods 200')
  expect(loop.writes).toContain('root-ca-cert-publisher POST namespaces/bakery/configmaps 403')
})

test('where the pods of a namespace cannot even be listed, what else it has is deleted all the same', () => {
  const loop = boot()
  const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:controller:namespace-controller'
  const { rules } = ask(loop, 'GET', role).body
  const fewer = rules.map((rule: any) => (rule.resources.includes('*') ? { ...rule, resources: ['configmaps'] } : rule))
  patch(loop, role, { rules: fewer })
  ask(loop, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bakery' } })
  ask(loop, 'POST', '/api/v1/namespaces/bakery/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'recipe' } })
  ask(loop, 'DELETE', '/api/v1/namespaces/bakery', { kind: 'DeleteOptions', apiVersion: 'v1' })
  run(loop, 7000)
  expect(list(loop, '/api/v1/namespaces/bakery/configmaps')).toEqual([])
  const failure = ask(loop, 'GET', '/api/v1/namespaces/bakery').body.status.conditions.find((c: any) => c.type === 'NamespaceDeletionContentFailure')
  expect(failure.message).toContain('pods is forbidden: User "system:serviceaccount:kube-system:namespace-controller" cannot list resource "pods"')
})

test('a controller manager that dies is followed by another 15 s later at the earliest, which takes up the work', () => {
  const loop = boot()
  deploy(loop, 1)
  apply(SYSTEM, loop.world, { input: 'crash', name: 'kube-controller-manager' })
  apply(SYSTEM, loop.world, { input: 'restart', name: 'kube-controller-manager' })
  patch(loop, `${APPS}/deployments/web`, { spec: { replicas: 3 } })
  run(loop, 14_000)
  expect(list(loop, `${CORE}/pods`)).toHaveLength(1)
  run(loop, 12_000)
  expect(list(loop, `${CORE}/pods`)).toHaveLength(3)
  expect(eventsOf(loop).filter(e => e.startsWith('LeaderElection'))).toHaveLength(2)
})

test('while the API server is away nothing is lost: the watches go on where they were', () => {
  const loop = boot()
  deploy(loop, 1)
  apply(SYSTEM, loop.world, { input: 'crash', name: 'kube-apiserver' })
  run(loop, 3000)
  apply(SYSTEM, loop.world, { input: 'restart', name: 'kube-apiserver' })
  run(loop, 6000)
  patch(loop, `${APPS}/deployments/web`, { spec: { replicas: 2 } })
  run(loop, 20_000)
  expect(list(loop, `${CORE}/pods`)).toHaveLength(2)
})

test('numbered pods come one after the other, each when the one before is ready, and go in reverse', () => {
  const loop = boot()
  const spec = { serviceName: 'db', replicas: 2, selector: { matchLabels: { app: 'db' } }, template: template('db') }
  ask(loop, 'POST', `${APPS}/statefulsets`, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec })
  run(loop, 200)
  const names = () => list(loop, `${CORE}/pods`).map(p => p.metadata.name)
  expect(names()).toEqual(['db-0'])
  ready(loop)
  expect(names()).toEqual(['db-0', 'db-1'])
  ready(loop)
  patch(loop, `${APPS}/statefulsets/db`, { spec: { replicas: 0 } })
  run(loop, 200)
  expect(list(loop, `${CORE}/pods`).map(p => Boolean(p.metadata.deletionTimestamp))).toEqual([false, true])
  bury(loop)
  bury(loop)
  expect(names()).toEqual([])
})

test('a CronJob starts a Job each minute, and a Job that is over goes when its time is up', () => {
  const loop = boot()
  const BATCH = '/apis/batch/v1/namespaces/default'
  const job = { ttlSecondsAfterFinished: 10, template: { spec: { ...template('x').spec, restartPolicy: 'Never' } } }
  ask(loop, 'POST', `${BATCH}/cronjobs`, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick' },
    spec: { schedule: '*/1 * * * *', jobTemplate: { spec: job } },
  })
  run(loop, 60_000)
  const [made] = list(loop, `${BATCH}/jobs`)
  expect(made.metadata).toMatchObject({
    name: 'tick-29893441',
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-02T08:01:00Z' },
    ownerReferences: [{ kind: 'CronJob', name: 'tick', controller: true }],
  })
  const [pod] = list(loop, `${CORE}/pods`)
  patch(loop, `${CORE}/pods/${pod.metadata.name}/status`, { status: { phase: 'Succeeded' } })
  run(loop, 5000)
  expect(ask(loop, 'GET', `${BATCH}/jobs/${made.metadata.name}`).body.status.conditions.map((c: any) => [c.type, c.reason])).toEqual([
    ['SuccessCriteriaMet', 'CompletionsReached'],
    ['Complete', 'CompletionsReached'],
  ])
  expect(eventsOf(loop)).toContain('SawCompletedJob Saw completed job: tick-29893441, condition: Complete')
  run(loop, 12_000)
  expect(list(loop, `${BATCH}/jobs`).map(j => j.metadata.name)).not.toContain(made.metadata.name)
})

test('an autoscaler without metrics obeys its limits, and says what it cannot get', () => {
  const loop = boot()
  deploy(loop, 1)
  const spec = {
    minReplicas: 2,
    maxReplicas: 4,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  }
  ask(loop, 'POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec,
  })
  run(loop, 16_000)
  expect(list(loop, `${CORE}/pods`)).toHaveLength(2)
  const inner =
    'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)'
  expect(eventsOf(loop).filter(e => /Rescale|Metric/.test(e))).toEqual([
    'SuccessfulRescale New size: 2; reason: Current number of replicas below Spec.MinReplicas',
    `FailedGetResourceMetric ${inner}`,
    `FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${inner}`,
  ])
})

test('a claim is bound to the smallest volume that will do, and keeps it; a volume whose claim is gone is released', () => {
  const loop = boot()
  const PV = '/api/v1/persistentvolumes'
  for (const [name, storage] of [
    ['large', '10Gi'],
    ['small', '2Gi'],
    ['tiny', '500Mi'],
  ] as const)
    ask(loop, 'POST', PV, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Retain', hostPath: { path: `/${name}` } },
    })
  const claim = (name: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  for (const name of ['a', 'b', 'c']) ask(loop, 'POST', `${CORE}/persistentvolumeclaims`, claim(name))
  run(loop, 500)
  expect(list(loop, `${CORE}/persistentvolumeclaims`).map(c => [c.metadata.name, c.status.phase, c.spec.volumeName])).toEqual([
    ['a', 'Bound', 'small'],
    ['b', 'Bound', 'large'],
    ['c', 'Pending', undefined],
  ])
  expect(eventsOf(loop)).toContain('FailedBinding no persistent volumes available for this claim and no storage class is set')
  ask(loop, 'DELETE', `${CORE}/persistentvolumeclaims/a`, { kind: 'DeleteOptions', apiVersion: 'v1' })
  run(loop, 500)
  expect(ask(loop, 'GET', `${CORE}/persistentvolumeclaims/a`).status).toBe(404)
  expect(ask(loop, 'GET', `${PV}/small`).body.status.phase).toBe('Released')
})
