// choosing.test.ts: which objects a command means: by names, by selectors, by files; and what cannot be combined. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { run } from './run.ts'

const missing = (path: string) => ({
  status: 404,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: `${path.split('/').pop()} not found`, details: {}, code: 404 },
})
/** A server that has these objects, by path, and forgets what is deleted. */
function server(objects: Record<string, any>) {
  const there = { ...objects }
  return (request: ApiRequest) => {
    const object = there[request.path]
    if (object === undefined) return missing(request.path)
    if (request.method === 'DELETE') delete there[request.path]
    return { status: 200, body: object }
  }
}
const configmap = (name: string, labels?: object) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'default', labels, uid: name } })
const CM = '/api/v1/namespaces/default/configmaps'

describe('what cannot be combined is refused', () => {
  test.each([
    ['get pod/', 'error: arguments in resource/name form must have a single resource and name\n'],
    ['get pod,svc/a', 'error: arguments in resource/name form must have a single resource and name\n'],
    ['get pod/a/b', 'error: arguments in resource/name form may not have more than one slash\n'],
    ['get all x', 'error: you must specify only one resource\n'],
    ['get all,pod x', `error: the server doesn't have a resource type "all"\n`],
    ['get pod/a -l x=y', 'error: selectors and the all flag cannot be used when passing resource/name arguments\n'],
    ['get pod a -l x=y', 'error: name cannot be provided when a selector is specified\n'],
    ['get pod/x --field-selector a=b', 'error: selectors and the all flag cannot be used when passing resource/name arguments\n'],
    ['delete -l x=y', 'error: at least one resource must be specified to use a selector\n'],
    ['delete pod --all --field-selector metadata.name=x', "error: setting 'all' parameter but found a non empty selector. \n"],
    ['delete pod/x --all', 'error: selectors and the all flag cannot be used when passing resource/name arguments\n'],
    ['delete pod x --force --grace-period=5', 'error: --force and --grace-period greater than 0 cannot be specified together\n'],
    ['replace -f - --grace-period=4', 'error: --grace-period must have --force specified\n'],
    ['replace -f - --timeout=4s', 'error: --timeout must have --force specified\n'],
    ['replace -f - --force --dry-run=server', 'error: --dry-run can not be used when --force is set\n'],
    ['get -f - pod', 'error: when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well\n'],
    ['get -f - pod/x', 'error: resource/name arguments cannot be provided when a path is specified\n'],
  ])('kubectl %s', (line, words) => {
    expect(run(line, { answer: r => missing(r.path) })).toMatchObject({ out: '', err: words, status: 1 })
  })
})

test('types are asked for once, whatever they are called; names as often as they stand there', () => {
  const answer = () => ({ status: 200, body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] } })
  expect(run('get po,pod,pods -o name', { answer }).requests.map(r => r.path)).toEqual(['/api/v1/namespaces/default/pods'])
  expect(run('get cm a a -o name', { answer: server({ [`${CM}/a`]: configmap('a') }) }).out).toBe('configmap/a\nconfigmap/a\n')
})

test('a selector picks among the objects of files, too', () => {
  const files = { '-': ['x', 'y'].map(l => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${l}1, labels: {l: ${l}}}\n`).join('---\n') }
  expect(run('create -f - -l l=x --dry-run=client -o name', { files }).out).toBe('configmap/x1\n')
  expect(run('create -f - -l (', { files }).err).toMatch(/^error: the provided selector "\(" is not valid: /)
})

test('what stands in a file stays in its namespace', () => {
  const files = { 'a.json': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'lab' } }) }
  expect(run('get -f a.json', { files, answer: r => missing(r.path) }).requests[0]!.path).toBe('/api/v1/namespaces/lab/configmaps/a')
})

describe('deleting', () => {
  test('where one cannot be deleted the others are, but nobody waits for them', () => {
    const { out, err, requests, status } = run('delete cm a nope', { answer: server({ [`${CM}/a`]: configmap('a') }) })
    expect(out).toBe('configmap "a" deleted from default namespace\n')
    expect(err).toBe('Error from server (NotFound): nope not found\n')
    expect(status).toBe(1)
    expect(requests.map(r => r.method)).toEqual(['DELETE', 'DELETE'])
  })

  test('asks first where it is told to', () => {
    const answer = server({ [`${CM}/a`]: configmap('a') })
    const question = 'You are about to delete the following 1 resource(s):\nconfigmap/a\nDo you want to continue? (y/N): '
    expect(run('delete cm a -i', { answer, files: { '-': 'n\n' } }).out).toBe(`${question}deletion is cancelled\n`)
    expect(run('delete cm a -i', { answer, files: { '-': 'Y\n' } }).out).toBe(`${question}configmap "a" deleted from default namespace\n`)
  })

  test('replace --force deletes all before it makes any of them', () => {
    const files = { '-': ['a', 'b'].map(n => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${n}}\n`).join('---\n') }
    const there = server({ [`${CM}/a`]: configmap('a') })
    const answer = (r: ApiRequest) => (r.method === 'POST' ? { status: 201, body: r.body } : there(r))
    const { out, requests } = run('replace --force -f -', { files, answer })
    expect(out).toBe('configmap "a" deleted from default namespace\nconfigmap/a replaced\nconfigmap/b replaced\n')
    expect(requests.filter(r => r.method !== 'GET').map(r => r.method)).toEqual(['DELETE', 'DELETE', 'POST', 'POST'])
    expect(requests[0]!.body).toEqual({ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' })
  })
})

test('a name that is empty does not mean the whole list', () => {
  const answer = () => ({ status: 200, body: { kind: 'ConfigMapList', apiVersion: 'v1', metadata: {}, items: [] } })
  for (const line of ['get cm', 'describe cm', 'delete cm', 'get -o yaml cm'])
    expect(run([...line.split(' '), ''], { answer })).toMatchObject({ out: '', err: 'error: resource name may not be empty\n', status: 1, requests: [] })
})
