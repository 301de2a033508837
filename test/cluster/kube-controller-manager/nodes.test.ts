import { expect, test } from 'vitest'
import { ask, boot, type Loop, patch, run } from './loop.ts'

const NODE = '/api/v1/nodes/factory-p'
const post = (loop: Loop, metadata: object = {}, spec: object = {}) =>
  ask(loop, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'factory-p', ...metadata }, spec }).body

test('a node that is new to the controller loses the taints of silence, and gets them again for what is known now', () => {
  const loop = boot()
  const at = '2026-11-02T08:00:00Z'
  const says = (name: string, status: string) =>
    patch(loop, `/api/v1/nodes/${name}/status`, { status: { conditions: [{ type: 'Ready', status, lastHeartbeatTime: at, lastTransitionTime: at }] } })
  ask(loop, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'factory-q' } })
  says('factory-q', 'True')
  post(loop, {}, { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] })
  says('factory-p', 'Unknown')
  run(loop, 6000)
  expect(ask(loop, 'GET', NODE).body.spec.taints).toMatchObject([
    { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: expect.any(String) },
  ])
})

test('the Event about a node that went names it by its uid', () => {
  const loop = boot()
  const { uid } = post(loop).metadata
  run(loop, 6000)
  ask(loop, 'DELETE', NODE, { kind: 'DeleteOptions', apiVersion: 'v1' })
  run(loop, 6000)
  const said = ask(loop, 'GET', '/api/v1/events').body.items.find((e: any) => e.reason === 'RemovingNode')
  expect(said.involvedObject).toEqual({ kind: 'Node', name: 'factory-p', uid, apiVersion: 'v1' })
})

test('labels of former names follow those of today', () => {
  const loop = boot()
  post(loop, { labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64', 'beta.kubernetes.io/arch': 'amd64' } })
  run(loop, 500)
  expect(ask(loop, 'GET', NODE).body.metadata.labels).toMatchObject({ 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'arm64' })
})
