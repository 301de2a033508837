import { expect, test } from 'vitest'
import { APPS, ask, boot, bury, CORE, eventsOf, type Loop, list, patch, ready, run, template } from './loop.ts'

const SETS = `${APPS}/statefulsets`
const CLAIMS = `${CORE}/persistentvolumeclaims`

function numbered(loop: Loop, spec: object): void {
  const whole = { serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('db'), ...spec }
  ask(loop, 'POST', SETS, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: whole })
  run(loop, 200)
}

const withClaims = (replicas: number, spec: object = {}) => ({
  replicas,
  volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
  ...spec,
})

const names = (loop: Loop) => list(loop, `${CORE}/pods`).map(p => p.metadata.name)
const status = (loop: Loop) => ask(loop, 'GET', `${SETS}/db`).body.status
const ownersOf = (loop: Loop, claim: string) => ask(loop, 'GET', `${CLAIMS}/${claim}`).body.metadata.ownerReferences ?? []
const own = (loop: Loop) => loop.writes.filter(w => w.startsWith('statefulset-controller') && !w.includes('/status'))

test('the next numbered pod is made as soon as the one before it has been ready for minReadySeconds', () => {
  const loop = boot()
  numbered(loop, { replicas: 3, minReadySeconds: 10 })
  run(loop, 4000)
  ready(loop)
  run(loop, 8_500)
  expect(names(loop)).toEqual(['db-0'])
  run(loop, 1500)
  expect(names(loop)).toEqual(['db-0', 'db-1'])
  run(loop, 3000)
  ready(loop)
  run(loop, 8_500)
  expect(names(loop)).toEqual(['db-0', 'db-1'])
  run(loop, 1500)
  expect(names(loop)).toEqual(['db-0', 'db-1', 'db-2'])
  expect(status(loop)).toMatchObject({ readyReplicas: 2, availableReplicas: 2 })
})

test('where claims go with the set, each pod is written along with its claims, and that is said', () => {
  const loop = boot()
  numbered(loop, withClaims(1))
  ready(loop)
  expect(ownersOf(loop, 'data-db-0')).toEqual([])
  loop.writes.length = 0
  patch(loop, `${SETS}/db`, { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' } } })
  run(loop, 200)
  expect(own(loop)).toEqual(['statefulset-controller PUT persistentvolumeclaims/data-db-0 200', 'statefulset-controller PUT pods/db-0 200'])
  expect(ownersOf(loop, 'data-db-0')).toMatchObject([{ kind: 'StatefulSet', name: 'db', controller: true, blockOwnerDeletion: true }])
  expect(eventsOf(loop)).toContain('SuccessfulUpdate Update Pod db-0 in StatefulSet db successful')
  loop.writes.length = 0
  patch(loop, `${SETS}/db`, { spec: { replicas: 0 } })
  run(loop, 200)
  expect(own(loop)).toEqual(['statefulset-controller PUT persistentvolumeclaims/data-db-0 200', 'statefulset-controller DELETE pods/db-0 200'])
  expect(ownersOf(loop, 'data-db-0')).toMatchObject([{ kind: 'Pod', name: 'db-0', controller: true, blockOwnerDeletion: true }])
})

test('a claim is made without owners, and gets its owner while the pod is pending', () => {
  const loop = boot()
  numbered(loop, withClaims(1, { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } }))
  expect(own(loop)).toEqual([
    'statefulset-controller POST controllerrevisions 201',
    'statefulset-controller POST persistentvolumeclaims 201',
    'statefulset-controller POST pods 201',
    'statefulset-controller PUT persistentvolumeclaims/data-db-0 200',
  ])
  expect(ownersOf(loop, 'data-db-0')).toMatchObject([{ kind: 'StatefulSet', name: 'db', controller: true }])
})

test('a claim that somebody else controls is left to him, with a warning', () => {
  const loop = boot()
  numbered(loop, withClaims(1))
  ready(loop)
  const foreign = { apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt', uid: '', controller: true }
  foreign.uid = ask(loop, 'GET', `${CORE}/configmaps/kube-root-ca.crt`).body.metadata.uid
  patch(loop, `${CLAIMS}/data-db-0`, { metadata: { ownerReferences: [foreign] } })
  patch(loop, `${SETS}/db`, { spec: { replicas: 2, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' } } })
  run(loop, 500)
  patch(loop, `${CLAIMS}/data-db-1`, { metadata: { ownerReferences: [foreign] } })
  patch(loop, `${CORE}/pods/db-1`, { metadata: { labels: { mood: 'good' } } })
  run(loop, 500)
  expect(ownersOf(loop, 'data-db-0')).toEqual([foreign])
  expect(ownersOf(loop, 'data-db-1')).toEqual([foreign])
  expect(eventsOf(loop)).toContain(
    'ConflictingController PersistentVolumeClaim data-db-1 has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim',
  )
})

test('the sync that deletes a pod for an update counts it out of the current ones', () => {
  const loop = boot()
  numbered(loop, { replicas: 2 })
  ready(loop)
  ready(loop)
  const seen: number[] = []
  patch(loop, `${SETS}/db`, { spec: { template: template('db', 'nginx:1.28') } })
  for (let i = 0; i < 200; i++) {
    run(loop, 1)
    const { currentReplicas } = loop.world.actors.get('kube-apiserver')!.state.caches.statefulsets.objects.values().next().value.status
    if (seen[seen.length - 1] !== currentReplicas) seen.push(currentReplicas)
  }
  expect(seen).toEqual([2, 1])
  const writes = loop.writes.filter(w => w.startsWith('statefulset-controller'))
  expect(writes.slice(writes.findIndex(w => w.includes('DELETE pods/db-1')))).toEqual([
    'statefulset-controller DELETE pods/db-1 200',
    'statefulset-controller PUT statefulsets/db/status 200',
  ])
  bury(loop)
  expect(names(loop)).toEqual(['db-0', 'db-1'])
})
