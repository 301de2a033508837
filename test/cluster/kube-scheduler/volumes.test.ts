// Claims that wait for a Pod: the scheduler chooses the volume together with the node.
import { expect, test } from 'vitest'
import { type Whole, whole } from '../world.ts'

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims'
const PODS = '/api/v1/namespaces/default/pods'

function disks(w: Whole, ...volumes: [string, string, string][]): void {
  w.ask('POST', '/apis/storage.k8s.io/v1/storageclasses', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'local' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  })
  for (const [name, size, on] of volumes) {
    const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [on] }] }] }
    w.ask('POST', '/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: { capacity: { storage: size }, accessModes: ['ReadWriteOnce'], storageClassName: 'local', local: { path: `/${name}` }, nodeAffinity: { required } },
    })
  }
}

const claim = (w: Whole, name: string, size: string) =>
  w.ask('POST', CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'local', resources: { requests: { storage: size } } },
  })

const pod = (w: Whole, name: string, claimName: string) =>
  w.ask('POST', PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'press:1' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] },
  })

test('the smallest volume that is large enough decides where the Pod goes, and is bound before it', () => {
  const w = whole({ seed: 2, proxies: false })
  disks(w, ['small', '1Gi', 'factory-p'], ['large', '20Gi', 'factory-q'], ['medium', '5Gi', 'factory-q'])
  claim(w, 'data', '4Gi')
  w.wait(2000)
  expect(w.ask('GET', `${CLAIMS}/data`).status.phase).toBe('Pending')
  pod(w, 'db', 'data')
  w.wait(5000)
  expect(w.ask('GET', `${CLAIMS}/data`)).toMatchObject({ spec: { volumeName: 'medium' }, status: { phase: 'Bound' } })
  expect(w.ask('GET', `${PODS}/db`)).toMatchObject({ spec: { nodeName: 'factory-q' } })
})

test('a Pod whose claim no volume can satisfy waits, and goes as soon as there is one', () => {
  const w = whole({ seed: 2, proxies: false })
  disks(w, ['small', '1Gi', 'factory-p'])
  claim(w, 'data', '4Gi')
  pod(w, 'db', 'data')
  w.wait(1000)
  const { message } = w.ask('GET', `${PODS}/db`).status.conditions.find((c: any) => c.type === 'PodScheduled')
  expect(message).toBe(
    "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
  )
  const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['factory-p'] }] }] }
  const spec = { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'local', local: { path: '/x' }, nodeAffinity: { required } }
  w.ask('POST', '/api/v1/persistentvolumes', { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'new' }, spec })
  w.wait(20_000)
  expect(w.ask('GET', `${PODS}/db`).spec.nodeName).toBe('factory-p')
})

test('a Pod with a claim that is missing is taken up when it appears', () => {
  const w = whole({ seed: 2, proxies: false })
  disks(w, ['disk', '5Gi', 'factory-p'])
  pod(w, 'db', 'data')
  w.wait(1000)
  const { message } = w.ask('GET', `${PODS}/db`).status.conditions.find((c: any) => c.type === 'PodScheduled')
  expect(message).toBe('0/2 nodes are available: persistentvolumeclaim "data" not found. not found')
  claim(w, 'data', '1Gi')
  w.wait(20_000)
  expect(w.ask('GET', `${PODS}/db`).spec.nodeName).toBe('factory-p')
})
