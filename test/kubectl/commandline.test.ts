// commandline.test.ts: what kubectl says before it asks anybody: flags, arguments, help, files. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { run } from './run.ts'

const NOTHING_MEANT =
  "error: You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'\n"

describe('what is typed wrongly is refused with upstream words', () => {
  test.each([
    ['get --foo', "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n"],
    ['get -o', "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.\n"],
    [
      'scale deploy x --replicas=a',
      `error: invalid argument "a" for "--replicas" flag: strconv.ParseInt: parsing "a": invalid syntax\nSee 'kubectl scale --help' for usage.\n`,
    ],
    ['create deployment', 'error: required flag(s) "image" not set\n'],
    ['create cronjob x', 'error: required flag(s) "image", "schedule" not set\n'],
    ['scale deploy x', 'error: required flag(s) "replicas" not set\n'],
    ['gte pods', 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n'],
    ['rollout foo', `error: unknown command "foo"\nSee 'kubectl rollout -h' for help and examples\n`],
    ['delete', NOTHING_MEANT],
    ['edit', NOTHING_MEANT],
    ['label pod x', 'error: at least one label update is required\n'],
    ['exec x', 'error: you must specify at least one command for the container\n'],
    ['wait pod/x', 'error: unrecognized condition: []\n'],
    ['wait pod/x --for=foo', 'error: unrecognized condition: "foo"\n'],
    ['taint nodes', 'error: at least one taint update is required\n'],
    ['get pods --show-labels -o yaml', 'error: --show-labels option cannot be used with yaml printer\n'],
    ['delete pod x -o yaml', "error: unexpected -o output mode: yaml. We only support '-o name'\n"],
    ['run x --image=a --restart=Foo', 'error: invalid restart policy: Foo, valid values are: Always, OnFailure, Never\n'],
    ['apply --server-side --dry-run=client -f -', "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)\n"],
    ['create quota x --hard=pods=many', "error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'\n"],
  ])('kubectl %s', (line, words) => {
    const { err, status } = run(line)
    expect(err).toBe(words)
    expect(status).toBe(1)
  })

  test('a diff that cannot be made ends with 2, as 1 means that something differs', () => {
    expect(run('diff')).toMatchObject({ err: 'error: must specify one of -f and -k\n', status: 2 })
  })

  test('groups of commands print their help and end with 1', () => {
    const { out, err, status } = run('create svc')
    expect(status).toBe(1)
    expect(out).toBe('')
    expect(err).toContain('  nodeport       Create a NodePort service')
  })

  test('help is a command, too', () => {
    expect(run('help rollout undo').out).toBe(run('rollout undo -h').out)
  })

  test('a server that nobody serves is said to have refused', () => {
    expect(run('get pods').err).toBe('The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?\n')
  })
})

describe('generators print what they would send', () => {
  test('JSON of a typed client has the order in which Go declares the fields', () => {
    expect(run('create cm x --from-literal=a=1 --dry-run=client -o json').out).toBe(
      '{\n    "kind": "ConfigMap",\n    "apiVersion": "v1",\n    "metadata": {\n        "name": "x"\n    },\n    "data": {\n        "a": "1"\n    }\n}\n',
    )
  })

  test('KYAML quotes texts, and keys that could be something else', () => {
    expect(run('create cm x --from-literal=no=1 --from-literal=a.b=x --dry-run=client -o kyaml').out).toBe(
      '---\n{\n  kind: "ConfigMap",\n  apiVersion: "v1",\n  metadata: {\n    name: "x",\n  },\n  data: {\n    a.b: "x",\n    "no": "1",\n  },\n}\n',
    )
  })
})

describe('templates', () => {
  const answer = () => ({
    status: 200,
    body: { kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'web', labels: { app: 'web', b: 'c' } }, spec: { replicas: 3, list: [] } },
  })
  test.each([
    ['{{range $k,$v := .metadata.labels}}{{$k}}={{$v}};{{end}}', 'app=web;b=c;'],
    ['{{with .spec}}{{.replicas | printf "%03d"}}{{end}}', '003'],
    ['{{if and (gt .spec.replicas 1) (ne .metadata.name "x")}}big{{else}}small{{end}}', 'big'],
    ['{{.metadata.labels}} {{.nope}}', 'map[app:web b:c] <no value>'],
    ['{{range .spec.list}}x{{else}}none{{end}}', 'none'],
  ])('%s', (template, printed) => {
    expect(run(['get', 'deploy', 'web', '-o', `go-template=${template}`], { answer }).out).toBe(printed)
  })

  test('a template that cannot be read says where', () => {
    expect(run(['get', 'deploy', 'web', '-o', 'go-template={{foo}}'], { answer }).err).toBe(
      'error: error parsing template {{foo}}, template: output:1: function "foo" not defined\n',
    )
  })

  test('an index beyond the end of a list is an error that shows the object', () => {
    const { err } = run(['get', 'deploy', 'web', '-o', 'jsonpath={.spec.list[0]}'], { answer })
    expect(err).toContain('error executing jsonpath "{.spec.list[0]}": Error executing template: array index out of bounds: index 0, length 0.')
    expect(err).toContain('"spec":map[string]interface {}{"list":[]interface {}{}, "replicas":3}')
  })
})

describe('the kubeconfig', () => {
  const variables = { HOME: '/home/me' }
  const empty = () => ({ status: 200, body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] } })

  test('a namespace that is set for the context holds for the next command', () => {
    const set = run('config set-context --current --namespace=lab', { variables })
    expect(set.out).toBe('Context "abc" modified.\n')
    const { requests } = run('get pods -o name', { variables, files: set.files, answer: empty })
    expect(requests[0]).toMatchObject({ path: '/api/v1/namespaces/lab/pods', headers: { authorization: 'Bearer t' } })
  })

  test('another context is used, shown and refused', () => {
    const made = run('config set-context other --namespace=x', { variables })
    const used = run('config use-context other', { variables, files: made.files })
    expect(used.out).toBe('Switched to context "other".\n')
    expect(run('config current-context', { variables, files: used.files }).out).toBe('other\n')
    expect(run('config get-contexts -o name', { variables, files: used.files }).out).toBe('abc\nother\n')
    expect(run('config use-context nope', { variables, files: used.files }).err).toBe('error: no context exists with the name: "nope"\n')
    expect(run('version --context=nope', { variables, files: used.files }).err).toBe('error: context "nope" does not exist\n')
    expect(run('get pods --context=nope', { variables, files: used.files }).err).toBe(
      'Error in configuration: context was not found for specified context: nope\n',
    )
    expect(run('get pods --cluster=nope', { variables, files: used.files }).err).toBe('error: no server found for cluster "nope"\n')
  })

  test('without a home nothing is read', () => {
    expect(run('get pods -o name', { answer: empty }).requests[0]?.path).toBe('/api/v1/namespaces/default/pods')
  })
})

test('an object that is missing in a namespace that is missing: it is the namespace that is told', () => {
  const answer = (request: ApiRequest) => ({
    status: 404,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'NotFound',
      message: request.path === '/api/v1/namespaces/nope' ? 'namespaces "nope" not found' : 'pods "x" not found',
      details: {},
      code: 404,
    },
  })
  expect(run('get pod x -n nope', { answer }).err).toBe('Error from server (NotFound): namespaces "nope" not found\n')
  expect(run('get pod x', { answer }).err).toBe('Error from server (NotFound): pods "x" not found\n')
})

test('what apply pruned is told', () => {
  const old = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'old', namespace: 'default', uid: '1', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
  }
  const answer = (request: ApiRequest) => {
    if (request.method === 'POST') return { status: 201, body: { ...request.body, metadata: { ...request.body.metadata, uid: '2' } } }
    if (request.method === 'DELETE') return { status: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } }
    if (/configmaps$/.test(request.path)) return { status: 200, body: { kind: 'ConfigMapList', apiVersion: 'v1', metadata: {}, items: [old] } }
    if (/configmaps\/new$/.test(request.path))
      return { status: 404, body: { kind: 'Status', apiVersion: 'v1', reason: 'NotFound', message: 'gone', code: 404 } }
    return { status: 200, body: { kind: 'List', apiVersion: 'v1', metadata: {}, items: [] } }
  }
  const { out, requests } = run('apply -f - --prune -l a=b', {
    answer,
    files: { '-': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new, labels: {a: b}}\n' },
  })
  expect(out).toBe('configmap/new created\nconfigmap/old pruned\n')
  expect(requests.filter(r => r.method === 'DELETE').map(r => r.path)).toEqual(['/api/v1/namespaces/default/configmaps/old'])
})
