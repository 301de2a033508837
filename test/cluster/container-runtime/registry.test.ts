import { expect, test } from 'vitest'
import { apply } from '../../../src/kernel/world.ts'
import { create, events, newFactory, pod, shown, system } from '../kubelet/hatch.ts'

const failure = (image: string, cause: string) =>
  `Failed: Failed to pull image "${image}": rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/${image}": failed to resolve image: ${cause}`

test('a private image needs a key', () => {
  const world = newFactory()
  create(world, pod('secret', { containers: [{ image: 'private/gold:1' }] }), 3000)
  const cause = 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'
  expect(events(world, 'secret')).toContain(failure('private/gold:1', cause))
})

test('a registry that is down, full or broken says so', () => {
  const world = newFactory()
  const mood = (mood: string) => apply(system, world, { input: 'post', to: 'registry', type: 'mood', body: { host: 'docker.io', mood } })
  mood('rateLimited')
  create(world, pod('limited', { containers: [{ image: 'abc/tea:1' }] }), 3000)
  const url = 'https://registry-1.docker.io/v2/abc/tea/manifests/1'
  expect(events(world, 'limited')).toContain(failure('abc/tea:1', `unexpected status from HEAD request to ${url}: 429 Too Many Requests`))
  mood('up')
  create(world, pod('fine', { containers: [{ image: 'abc/tea:1' }] }), 3000)
  expect(shown(world, 'fine').at(-1)).toBe('Running TTT fine=running ready')
})
