import { expect, test } from 'vitest'
import { credentialsOf, matching } from '../../../src/cluster/kubelet/credentials.ts'
import { create, events, hatchOf, newFactory, pod, shown } from './hatch.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')
const secret = (name: string, server: string, auth = 'u:p') => ({
  kind: 'Secret',
  metadata: { name, uid: `uid-${name}` },
  data: { '.dockerconfigjson': encode({ auths: { [server]: { auth: Buffer.from(auth).toString('base64') } } }) },
})

test('a pull Secret holds for the registry that it names', () => {
  const hub = credentialsOf(secret('hub', 'https://index.docker.io/v1/'))
  expect(hub).toEqual([{ secret: 'uid-hub', registry: 'docker.io', auth: 'u:p' }])
  expect(matching(hub, 'private/gold:1').length).toBe(1)
  expect(matching(hub, 'gcr.io/private/gold:1')).toEqual([])
  expect(matching(credentialsOf(secret('acr', '*.azurecr.io')), 'abc.azurecr.io/private/gold:1').length).toBe(1)
  expect(credentialsOf({ metadata: { uid: 'x' }, data: { '.dockerconfigjson': '!' } })).toEqual([])
})

test('an image that was pulled with a key is not for Pods without it', () => {
  const world = newFactory()
  const keep = (s: any) => hatchOf(world).objects.set(`/api/v1/namespaces/default/secrets/${s.metadata.name}`, s)
  keep(secret('goldkey', 'docker.io'))
  keep(secret('other', 'gcr.io'))
  const gold = (name: string, key?: string) => pod(name, { containers: [{ image: 'private/gold:1' }], ...(key ? { imagePullSecrets: [{ name: key }] } : {}) })
  create(world, gold('first', 'goldkey'), 3000)
  expect(shown(world, 'first').at(-1)).toBe('Running TTT first=running ready')
  create(world, gold('second', 'goldkey'), 3000)
  expect(events(world, 'second')[0]).toBe('Pulled: Container image "private/gold:1" already present on machine and can be accessed by the pod')
  create(world, gold('third'), 3000)
  create(world, gold('fourth', 'other'), 3000)
  for (const name of ['third', 'fourth']) expect(shown(world, name).at(-1)).toBe(`Pending TTF ${name}=ErrImagePull`)
  create(world, gold('fifth', 'lost'), 3000)
  expect(events(world, 'fifth')).toContain(
    'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (lost); attempting to pull the image may not succeed.',
  )
})
