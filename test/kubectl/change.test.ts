// change.test.ts: label, annotate, scale and patch: what goes together, and what is done without a server. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { run } from './run.ts'

const web = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name: 'web', namespace: 'default', resourceVersion: '7', labels: { a: 'b' }, annotations: { 'kubernetes.io/change-cause': 'x', a: 'b' } },
  spec: { replicas: 1 },
}
function answer(request: ApiRequest) {
  if (request.path.endsWith('/scale')) return { status: 200, body: { kind: 'Scale', spec: { replicas: 3 }, status: { replicas: 1 } } }
  if (request.path.endsWith('/web')) return { status: 200, body: web }
  return { status: 404, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: 'not found', code: 404 } }
}
const files = { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: b}}\n' }

describe('what does not go together is refused', () => {
  test.each([
    ['label deploy web a=b=c', 'error: invalid label spec: a=b=c\n'],
    ['label deploy web a=b a-', 'error: can not both modify and remove a label in the same command\n'],
    ['label deploy web --list -o yaml', 'error: --list and --output may not be specified together\n'],
    ['label deploy --all -l x=y a=b', 'error: cannot set --all and --selector at the same time\n'],
    ['label deploy --all --field-selector metadata.name=x a=b', 'error: cannot set --all and --field-selector at the same time\n'],
    ['label deploy/web svc/web a=c --resource-version=1', 'error: --resource-version may only be used with a single resource\n'],
    ['label deploy/web a=c --local', 'error: can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set\n'],
    ['label a=c --local', 'error: one or more files must be specified as -f pod.yaml or --filename=pod.json\n'],
    ['label -f a.yaml a=c --local --dry-run=server', 'error: cannot specify --local and --dry-run=server - did you mean --dry-run=client?\n'],
    ['annotate deploy/web a=c --local', 'error: can only use local files by -f rsrc.yaml or --filename=rsrc.json when --local=true is set\n'],
    ['annotate deploy web a=b c- a-', 'error: can not both modify and remove the following annotation(s) in the same command: a\n'],
    ['annotate deploy web a=c', "error: --overwrite is false but found the following declared annotation(s): 'a' already has a value (b)\n"],
    ['scale deploy web --replicas=2 --current-replicas=-2', 'error: The --current-replicas must specify an integer of -1 or greater\n'],
    ['scale deploy/web svc/web --replicas=2 --resource-version=1', 'error: cannot use --resource-version with multiple resources\n'],
    ['patch deploy web --patch-file=x -p {}', 'error: cannot specify --patch and --patch-file together\n'],
    ['patch deploy web --local -p {}', 'error: cannot specify --local and server resources\n'],
    ['patch deploy web -p {} --type=Foo', 'error: --type must be one of [json merge strategic], not "Foo"\n'],
  ])('kubectl %s', (line, words) => {
    expect(run(line, { answer, files })).toMatchObject({ out: '', err: words, status: 1 })
  })
})

describe('with --local nobody is asked', () => {
  test.each([
    ['label -f a.yaml q=s --local -o yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels:\n    a: b\n    q: s\n  name: a\n'],
    ['annotate -f a.yaml q=s --local -o yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations:\n    q: s\n  labels:\n    a: b\n  name: a\n'],
    ['patch -f a.yaml --local -p {"data":{"x":"y"}} -o jsonpath={.data.x}', 'y'],
  ])('kubectl %s', (line, out) => {
    expect(run(line, { files })).toMatchObject({ out, err: '', status: 0, requests: [] })
  })
})

test('the cause of a change is written over without being told', () => {
  expect(run('annotate deploy web kubernetes.io/change-cause=y', { answer }).out).toBe('deployment.apps/web annotated\n')
})

test('several things that are listed are told apart, even if one of them is missing', () => {
  expect(run('label deploy/web deploy/nope --list', { answer }).out).toBe('Listing labels for Deployment.apps/web:\n a=b\n')
  expect(run('label deploy/web --list', { answer }).out).toBe('a=b\n')
})

test('what cannot be scaled ends the command, what is not there is told at its end', () => {
  const { err, requests } = run('scale deploy/nope deploy/web svc/web --replicas=3 --current-replicas=9', { answer })
  expect(err).toBe('error: Expected replicas to be 9, was 1\n')
  expect(requests.filter(r => r.method === 'PATCH')).toEqual([])
  expect(run('scale deploy/nope deploy/web --replicas=3', { answer })).toMatchObject({
    out: 'deployment.apps/web scaled\n',
    err: 'Error from server (NotFound): not found\n',
  })
})
