// nodes.test.ts: taint, cordon and their kin: what is refused, what is told. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { run } from './run.ts'

const node = { kind: 'Node', apiVersion: 'v1', metadata: { name: 'n' }, spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] } }
const pod = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'x' }, spec: {} }
function answer({ path, method, body }: ApiRequest) {
  if (path.endsWith('/nodes/n')) return { status: 200, body: method === 'PATCH' ? { ...node, spec: (body as any).spec } : node }
  if (path.endsWith('/pods/x')) return { status: 200, body: pod }
  return {
    status: 404,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: `${path.split('/').pop()} not found`, code: 404 },
  }
}
const see = "\nSee 'kubectl taint -h' for help and examples\n"

describe('what is refused', () => {
  test.each([
    ['taint node n x=y:NoSchedule late', 'error: all resources must be specified before taint changes: late\n'],
    ['taint node n x:y:NoSchedule', `error: invalid taint spec: x:y:NoSchedule${see}`],
    ['taint node n x=y:Foo', `error: invalid taint effect: Foo, unsupported taint effect${see}`],
    ['taint node n x=y:NoSchedule x:NoSchedule-', 'error: can not both modify and remove the following taint(s) in the same command: x=NoSchedule\n'],
    ['taint node --all -l a=b x=y:NoSchedule', "error: setting 'all' parameter with a non empty selector is prohibited\n"],
    ['taint node/n x=y:NoSchedule', 'the server doesn\'t have a resource type "node/n"\n'],
    ['taint node n a=c:NoSchedule', 'error: node n already has a taint(s) with same effect(s) and --overwrite is false\n'],
    ['taint node n b-', 'error: taint "b" not found\n'],
    ['cordon pod/x', 'error: expected resource of type node, got "/v1, Resource=pods"\n'],
  ])('kubectl %s', (line, words) => {
    expect(run(line, { answer })).toMatchObject({ out: '', err: words, status: 1 })
  })
})

test('a taint that is set is told as the object, its name or a word', () => {
  expect(run('taint node n x=y:NoExecute', { answer }).out).toBe('node/n tainted\n')
  expect(run('taint node n a-', { answer }).out).toBe('node/n untainted\n')
  expect(run('taint node n a=c:NoSchedule --overwrite', { answer }).out).toBe('node/n modified\n')
  expect(run('taint node n x=y:NoExecute -o name', { answer }).out).toBe('node/n\n')
  expect(run('taint node n x=y:NoExecute --dry-run=client -o jsonpath={.spec.taints[*].key}', { answer })).toMatchObject({ out: 'x a' })
})

test('of several nodes each is tainted, and what is missing is told in its place', () => {
  const { out, err } = run('taint node gone n x=y:NoExecute', { answer })
  expect({ out, err }).toEqual({ out: 'node/n tainted\n', err: 'Error from server (NotFound): gone not found\n' })
})
