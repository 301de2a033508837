// set.test.ts: `kubectl set`: what is asked once, what is sent, what is refused. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { run } from './run.ts'

const web = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name: 'web', namespace: 'default', uid: 'u' },
  spec: {
    template: {
      spec: {
        initContainers: [{ name: 'i', image: 'busybox' }],
        containers: [
          { name: 'a', image: 'nginx:1' },
          {
            name: 'b',
            image: 'nginx:1',
            env: [
              { name: 'X', value: '1' },
              { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            ],
          },
        ],
      },
    },
  },
}
const binding = { kind: 'RoleBinding', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'rb', namespace: 'default', uid: 'r' }, subjects: [] }
const settings = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'cfg', namespace: 'default', uid: 'c' }, data: {} }
const there: Record<string, any> = {
  '/apis/apps/v1/namespaces/default/deployments/web': web,
  '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings/rb': binding,
  '/api/v1/namespaces/default/configmaps/cfg': settings,
}
function answer(request: ApiRequest) {
  const body = there[request.path]
  if (body !== undefined) return { status: 200, body }
  return {
    status: 404,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: `${request.path.split('/').pop()} not found`, code: 404 },
  }
}
const patchesOf = (line: string | string[]) => run(line, { answer }).requests.filter(r => r.method === 'PATCH')

describe('an object is read once', () => {
  test.each([['set env deploy/web A=1'], ['set subject rolebinding/rb --user=u'], ['set image deploy/web a=x']])('kubectl %s', line => {
    const { requests, status } = run(line, { answer })
    expect(requests.map(r => r.method)).toEqual(['GET', 'PATCH'])
    expect(status).toBe(0)
  })

  test('and standard input is, too', () => {
    const { out, reads } = run('set env -f - A=1', { answer, files: { '-': JSON.stringify(web) } })
    expect(out).toBe('deployment.apps/web env updated\n')
    expect(reads).toEqual(['-'])
  })
})

test('where one of several is not there, none is changed', () => {
  const { out, err, requests } = run('set image deploy/web deploy/nope a=x', { answer })
  expect({ out, err }).toEqual({ out: '', err: 'Error from server (NotFound): nope not found\n' })
  expect(requests.map(r => r.method)).toEqual(['GET', 'GET'])
})

test('a container that is not there does not keep the others from their images', () => {
  const { out, err, status } = run('set image deploy/web a=x nope=y', { answer })
  expect({ out, err, status }).toEqual({ out: 'deployment.apps/web image updated\n', err: 'error: unable to find container named "nope"\n', status: 1 })
})

test('variables and limits are for containers that begin as well', () => {
  const containers = (line: string) => (patchesOf(line)[0]!.body as any).spec.template.spec
  expect(containers('set env deploy/web A=1').initContainers).toEqual([{ name: 'i', env: [{ name: 'A', value: '1' }] }])
  expect(containers('set resources deploy/web --limits=cpu=1 -c i')).not.toHaveProperty('containers')
})

test('a prefix goes before every variable, and standard input is read for a dash', () => {
  const files = { '-': 'A=1 # one\n# none\nB=\n' }
  const { requests } = run('set env deploy/web - C=3 --prefix=P_ -c a', { answer, files })
  expect((requests[1]!.body as any).spec.template.spec.containers[0].env).toEqual([
    { name: 'P_A', value: '1 ' },
    { name: 'P_B', value: '' },
    { name: 'P_C', value: '3' },
  ])
})

test('where a variable comes from is looked up on request', () => {
  expect(run('set env deploy/web --list -c b', { answer }).out).toBe('# Deployment web, container b\nX=1\n# ME from field path metadata.name\n')
  expect(run('set env deploy/web --list -c b --resolve', { answer }).out).toBe('# Deployment web, container b\nX=1\nME=web\n')
})

describe('what is refused', () => {
  test.each([
    ['set image deploy/web a=x c', 'error: all resources must be specified before image changes: c\n'],
    ['set image deploy/web c-', 'error: invalid image format: c-\n'],
    ['set image deploy/web *=x a=y', 'error: all containers are already specified by *, but saw more than one container_name=container_image pairs\n'],
    ['set image cm/cfg a=x', 'error: configmaps/cfg the object is not a pod or does not have a pod template: *v1.ConfigMap\n'],
    [
      'set image deploy/web --local a=x',
      "error: you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n",
    ],
    ['set env deploy --all -l a=b X=1', 'error: cannot set --all and --selector at the same time\n'],
    ['set env deploy/web A=1 cm/x', 'error: all resources must be specified before environment changes: deploy/web A=1 cm/x\n'],
    ['set env deploy/web --keys=k', 'error: when specifying --keys, a configmap or secret must be provided with --from\n'],
    ['set env deploy/web --list -o yaml', 'error: --list and --output may not be specified together\n'],
    ['set env deploy/web A=1 A-', 'error: can not both modify and remove the same environment variable in the same command\n'],
    [
      'set env deploy/web 1A=1',
      `error: "1A" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')\n`,
    ],
    ['set env deploy/web X=2 -c b --overwrite=false', `error: deployments/web 'X' already has a value (1), and --overwrite is false\n`],
    ['set subject rolebinding/rb --serviceaccount=sa', 'error: serviceaccount must be <namespace>:<name>\n'],
  ])('kubectl %s', (line, words) => {
    expect(run(line, { answer })).toMatchObject({ err: words, status: 1 })
  })

  test('a selector that cannot be read', () => {
    expect(run(['set', 'selector', 'svc/web', 'a in'], { answer }).err).toBe(
      `error: couldn't parse the selector string "a in": unable to parse requirement: found '' expected: '('\n`,
    )
  })
})
