// arguments.test.ts: what commands that look into Pods, wait, and keep settings say to odd arguments. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { run } from './run.ts'

const pod = (phase: string) => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'x', namespace: 'default' },
  spec: {
    containers: [{ name: 'a', ports: [{ name: 'http', containerPort: 80 }] }, { name: 'b' }],
    initContainers: [{ name: 'i' }],
    ephemeralContainers: [{ name: 'e' }],
  },
  status: { phase },
})
const service = {
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name: 's', namespace: 'default' },
  spec: { selector: { a: 'b' }, ports: [{ port: 80, name: 'web' }] },
}
const config = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c', namespace: 'default' }, data: { x: 'y' } }
function answer({ path }: ApiRequest) {
  const body = { x: pod('Running'), done: pod('Succeeded'), s: service, c: config, pods: { kind: 'PodList', items: [pod('Pending')] } }[path.split('/').pop()!]
  if (body !== undefined) return { status: 200, body }
  return {
    status: 404,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', message: `${path.split('/').pop()} not found`, code: 404 },
  }
}
const see = (command: string) => `\nSee 'kubectl ${command} -h' for help and examples`

describe('what commands say before there is anything to do', () => {
  test.each([
    ['cp a', 'source and destination are required'],
    ['cp a b', 'one of src or dest must be a remote file specification'],
    ['cp a:b c:d', 'one of src or dest must be a local file specification'],
    ['cp :a b', 'filespec must match the canonical format: [[namespace/]pod:]file/path'],
    ['cp a: b', 'filepath can not be empty'],
    ['cp nope x:/y', "nope doesn't exist in local filesystem"],
    ['cp x:/y .', '"kubectl cp" has nothing to work on here: it reaches beyond the API server'],
    ['port-forward x', `TYPE/NAME and list of ports are required for port-forward${see('port-forward')}`],
    ['port-forward x nope', "Pod 'x' does not have a named port 'nope'"],
    ['port-forward svc/s 81', 'Service s does not have a service port 81'],
    ['port-forward svc/s nope', "Service 's' does not have a named port 'nope'"],
    ['port-forward svc/s 80', 'unable to forward port because pod is not running. Current status=Pending'],
    ['port-forward x 8080:http', '"kubectl port-forward" has nothing to work on here: it reaches beyond the API server'],
    ['attach', 'at least 1 argument is required for attach'],
    ['attach a b c', 'expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw 3: [a b c]'],
    ['attach x --pod-running-timeout=0s', `--pod-running-timeout must be higher than zero${see('attach')}`],
    ['attach done', 'cannot attach a container in a completed pod; current phase is Succeeded'],
    ['attach x -c z', 'cannot attach to the container: container z is not valid for pod x out of: a, b, e (ephem), i (init)'],
    ['exec pod x -- ls', `exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead${see('exec')}`],
    ['logs x --all-containers -c a', '--all-containers=true should not be specified with container name a'],
    ['logs x a -c b', 'only one of -c or an inline [CONTAINER] arg is allowed'],
    ['wait cm/c --for=jsonpath={.data}=y', 'jsonpath leads to a nested object or list which is not supported'],
    ['apply -f - --all -l a=b', 'cannot set --all and --selector at the same time'],
    ['autoscale deploy x --max=3 --cpu=50% --cpu-percent=3', '--cpu-percent and --cpu are mutually exclusive'],
    ['run x --image=a --image-pull-policy=Foo', 'invalid image pull policy: Foo, valid values are: Always, IfNotPresent, Never'],
    ['config set-context', 'you must specify a non-empty context name or --current'],
    ['config get-contexts -o yaml', '--output yaml is not available in kubectl config get-contexts; resetting to default output format'],
    ['version x', 'extra arguments: [x]'],
    ['api-versions x', `unexpected arguments: [x]${see('api-versions')}`],
  ])('kubectl %s', (line, words) => {
    const { err, status } = run(line, { answer })
    expect(
      err
        .split('\n')
        .slice(words.split('\n').length * -1 - 1)
        .join('\n'),
    ).toBe(`error: ${words}\n`)
    expect(status).toBe(1)
  })
})

test('where settings are given odd arguments, the help comes first', () => {
  const { out, err } = run('config use-context')
  expect(out).toContain('Usage:\n  kubectl config use-context CONTEXT_NAME [options]\n')
  expect(err).toBe('error: Unexpected args: []\n')
})

test('what follows a name without a dash is for the container, too', () => {
  expect(JSON.parse(run('run x --image=a y z --dry-run=client -o json').out).spec.containers[0].args).toEqual(['y', 'z'])
})

test('wait tells what is as it should be in the form that -o asks for, and goes on after what is missing', () => {
  expect(run('wait cm/c --for=jsonpath={.data.x}=y -o jsonpath={.data}', { answer }).out).toBe('{"x":"y"}')
  expect(run('wait cm/nope cm/c --for=jsonpath={.data.x}', { answer })).toMatchObject({
    out: 'configmap/c condition met\n',
    err: 'Error from server (NotFound): nope not found\n',
    status: 1,
  })
})

test('the containers of a Pod are told with what they are', () => {
  expect(run('exec x -- ls', { answer }).err).toMatch(/^Defaulted container "a" out of: a, b, e \(ephem\), i \(init\)\n/)
})
