// rollout.test.ts: what rollouts say where something is missing, odd or too soon. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { run } from './run.ts'

const settings = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'cfg', namespace: 'default' } }
const replicas = { kind: 'ReplicaSet', apiVersion: 'apps/v1', metadata: { name: 'rs', namespace: 'default' }, spec: {} }
const web = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name: 'web', namespace: 'default', uid: 'u' },
  spec: { paused: true, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: {} } },
}
function answer({ path }: ApiRequest) {
  const body = { cfg: settings, rs: replicas, web, replicasets: { kind: 'ReplicaSetList', items: [] } }[path.split('/').pop()!]
  if (body !== undefined) return { status: 200, body }
  return {
    status: 404,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: `${path.split('/').pop()} not found`, code: 404 },
  }
}

describe('what has no revisions says so', () => {
  test.each([
    ['rollout history cm cfg', 'error: error retrieving history for "ConfigMap", no visitor method exists for { ConfigMap}\n'],
    ['rollout undo cm cfg', 'error: error retrieving rollbacker for "ConfigMap", no visitor method exists for { ConfigMap}\n'],
    ['rollout history rs rs', 'error: no history viewer has been implemented for "ReplicaSet.apps"\n'],
    ['rollout undo deploy web', 'error: no rollout history found for deployment "web"\n'],
  ])('kubectl %s', (line, words) => {
    expect(run(line, { answer })).toMatchObject({ out: '', err: words, status: 1 })
  })
})

test('what is wrong with several is told together: what was not found in brackets, what was refused as an error each', () => {
  expect(run('rollout pause deploy web a b', { answer }).err).toBe('[a not found, b not found]\nerror: deployments.apps "web" is already paused\n')
  expect(run('rollout history deploy/a cm/cfg deploy/b', { answer }).err).toBe(
    'Error from server (NotFound): a not found\nerror retrieving history for "ConfigMap", no visitor method exists for { ConfigMap}\nError from server (NotFound): b not found\n',
  )
})
