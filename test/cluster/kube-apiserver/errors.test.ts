import { expect, test } from 'vitest'
import { Hatch, MAPS, type Options, PODS, pod, TYPES } from './hatch.ts'

const hatch = new Hatch()
hatch.ok('POST', MAPS, { metadata: { name: 'a' }, data: { x: '1' } })
hatch.ok('POST', PODS, pod('p'))
hatch.ok('POST', '/apis/coordination.k8s.io/v1/namespaces/default/leases', { metadata: { name: 'l' }, spec: {} })

type Case = [string, string, unknown, number, string, Options?]
const told = (c: Case) => {
  const answer = hatch.ask(c[0], c[1], c[2], c[5])
  return [answer.status, answer.body?.message]
}

const cases: Case[] = [
  ['GET', `${MAPS}/nope`, undefined, 404, 'configmaps "nope" not found'],
  ['GET', '/apis/apps/v1/namespaces/default/deployments/x', undefined, 404, 'deployments.apps "x" not found'],
  ['POST', MAPS, { metadata: { name: 'a' } }, 409, 'configmaps "a" already exists'],
  ['POST', '/api/v1/namespaces/nope/configmaps', { metadata: { name: 'a' } }, 404, 'namespaces "nope" not found'],
  ['POST', MAPS, { metadata: { name: 'b', namespace: 'other' } }, 400, 'the namespace of the provided object does not match the namespace sent on the request'],
  ['POST', MAPS, { metadata: { name: 'b', resourceVersion: '7' } }, 500, 'resourceVersion should not be set on objects to be created'],
  [
    'POST',
    MAPS,
    { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'b' } },
    400,
    'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
  ],
  [
    'POST',
    '/apis/apps/v1/namespaces/default/deployments',
    { apiVersion: 'apps/v1beta1', kind: 'Deployment' },
    400,
    'the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)',
  ],
  [
    'POST',
    MAPS,
    { metadata: { name: 'b' }, data: 5 },
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string',
  ],
  [
    'POST',
    `${MAPS}?fieldValidation=Strict`,
    { metadata: { name: 'b', zzz: 1 }, bogus: 1 },
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.zzz", unknown field "bogus"',
  ],
  [
    'POST',
    `${MAPS}?fieldValidation=Foo`,
    { metadata: { name: 'b' } },
    422,
    'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"',
  ],
  [
    'POST',
    `${MAPS}?dryRun=Yes`,
    { metadata: { name: 'b' } },
    422,
    'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Yes"]: supported values: "All"',
  ],
  ['PUT', `${MAPS}/a`, { metadata: { name: 'zz' } }, 400, 'the name of the object (zz) does not match the name on the URL (a)'],
  [
    'PUT',
    `${MAPS}/a`,
    { metadata: { name: 'a', resourceVersion: '1' } },
    409,
    'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  ],
  ['PUT', `${MAPS}/a`, { metadata: {} }, 400, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
  [
    'PATCH',
    `${MAPS}/a`,
    { metadata: { namespace: 'other' } },
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
    { type: TYPES.merge },
  ],
  [
    'PUT',
    '/apis/coordination.k8s.io/v1/namespaces/default/leases/l',
    { metadata: { name: 'l' }, spec: { holderIdentity: 'x' } },
    422,
    'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  ],
  ['PUT', `${MAPS}/missing`, { metadata: { name: 'missing' } }, 404, 'configmaps "missing" not found'],
  [
    'PATCH',
    `${MAPS}/a`,
    [{ op: 'replace', path: '/metadata/name', value: 'b' }],
    400,
    'the name of the object (b) does not match the name on the URL (a)',
    { type: TYPES.json },
  ],
  [
    'PATCH',
    `${MAPS}/a`,
    [{ op: 'remove', path: '/data/nothing' }],
    422,
    'the server rejected our request due to an error in our request',
    { type: TYPES.json },
  ],
  [
    'PATCH',
    `${MAPS}/a`,
    { op: 'remove' },
    400,
    'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    { type: TYPES.json },
  ],
  [
    'PATCH',
    `${MAPS}/a?fieldValidation=Strict`,
    { bogus: 1 },
    422,
    ' "" is invalid: patch: Invalid value: "map[bogus:1]": strict decoding error: unknown field "bogus"',
    { type: TYPES.strategic },
  ],
  ['PATCH', `${MAPS}/a`, 'not json', 400, 'json: cannot unmarshal string into Go value of type map[string]interface {}', { type: TYPES.strategic }],
  ['PATCH', `${MAPS}/a`, {}, 415, '415: Unsupported Media Type', { type: 'text/plain' }],
  [
    'PATCH',
    `${MAPS}/a?force=true`,
    {},
    422,
    'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    { type: TYPES.merge },
  ],
  ['PATCH', `${MAPS}/a`, {}, 422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch', { type: TYPES.apply }],
  ['PATCH', `${MAPS}/a?fieldManager=m`, { data: {} }, 400, 'invalid object type: /, Kind=', { type: TYPES.apply }],
  [
    'PATCH',
    `${MAPS}/a?fieldManager=m`,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { managedFields: [] } },
    400,
    'metadata.managedFields must be nil',
    { type: TYPES.apply },
  ],
  [
    'PATCH',
    `${MAPS}/a?fieldManager=m`,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, bogus: 1 },
    500,
    'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .bogus: field not declared in schema',
    { type: TYPES.apply },
  ],
  [
    'DELETE',
    `${MAPS}/a`,
    { propagationPolicy: 'Foo' },
    422,
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"',
  ],
  [
    'DELETE',
    `${MAPS}/a`,
    { propagationPolicy: 'Background', orphanDependents: true },
    422,
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Background": orphanDependents and deletionPropagation cannot be both set',
  ],
  ['DELETE', '/api/v1/namespaces/kube-system', undefined, 403, 'namespaces "kube-system" is forbidden: this namespace may not be deleted'],
  [
    'POST',
    PODS,
    pod('q', { spec: { serviceAccountName: 'nobody' } }),
    403,
    'pods "q" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
  ],
  ['POST', PODS, pod('q', { spec: { priorityClassName: 'nobody' } }), 403, 'pods "q" is forbidden: no PriorityClass with name nobody was found'],
  [
    'POST',
    PODS,
    pod('q', { spec: { priority: 5 } }),
    403,
    'pods "q" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
  ],
  ['POST', PODS, pod('q', { spec: { runtimeClassName: 'nope' } }), 403, 'pods "q" is forbidden: pod rejected: RuntimeClass "nope" not found'],
  [
    'GET',
    `${PODS}?labelSelector=${encodeURIComponent('a b')}`,
    undefined,
    400,
    "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
  ],
  ['GET', `${PODS}?fieldSelector=spec.bogus%3D1`, undefined, 400, 'field label not supported: spec.bogus'],
  ['GET', `${MAPS}?fieldSelector=data.a%3D1`, undefined, 400, '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ['GET', `${PODS}?fieldSelector=abc`, undefined, 400, "invalid selector: 'abc'; can't understand 'abc'"],
  ['GET', `${PODS}?limit=x`, undefined, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  [
    'GET',
    `${PODS}?resourceVersion=abc`,
    undefined,
    400,
    'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
  ],
  [
    'GET',
    `${PODS}?resourceVersionMatch=Exact`,
    undefined,
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ],
  ['GET', `${PODS}?continue=abc`, undefined, 400, "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value"],
  [
    'GET',
    `${PODS}/p`,
    undefined,
    406,
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    { headers: { accept: 'text/html' } },
  ],
  [
    'POST',
    '/api/v1/namespaces',
    { metadata: { name: 'x' } },
    415,
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    { type: 'text/csv' },
  ],
  ['DELETE', '/api/v1/namespaces', undefined, 405, 'the server does not allow this method on the requested resource'],
  ['DELETE', '/api/v1/pods', undefined, 405, 'the server does not allow this method on the requested resource'],
  ['POST', '/api/v1/pods', pod('q'), 405, 'the server does not allow this method on the requested resource'],
  ['POST', `${PODS}/q`, pod('q'), 405, 'the server does not allow this method on the requested resource'],
  ['PUT', PODS, pod('q'), 405, 'the server does not allow this method on the requested resource'],
  ['PATCH', PODS, {}, 405, 'the server does not allow this method on the requested resource', { type: TYPES.merge }],
  ['GET', '/api/v1/pods/p', undefined, 404, 'the server could not find the requested resource'],
  ['GET', '/api/v1/namespaces/default/nodes', undefined, 404, 'the server could not find the requested resource'],
  ['GET', `${PODS}/p/status/x`, undefined, 404, 'the server could not find the requested resource'],
  ['GET', '/apis/authentication.k8s.io/v1/tokenreviews/x', undefined, 404, 'the server could not find the requested resource'],
  ['GET', '/apis/authentication.k8s.io/v1/tokenreviews', undefined, 405, 'the server does not allow this method on the requested resource'],
  ['GET', '/apis/robots/v1/robots', undefined, 404, 'the server could not find the requested resource'],
  ['GET', PODS, undefined, 401, 'Unauthorized', { token: 'wrong' }],
  ['GET', PODS, undefined, 401, 'Unauthorized', { token: 'system:kube-scheduler' }],
  [
    'GET',
    '/api/v1/pods',
    undefined,
    403,
    'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    { token: '' },
  ],
  [
    'GET',
    `${PODS}/p/log`,
    undefined,
    403,
    'pods "p" is forbidden: User "vera" cannot get resource "pods/log" in API group "" in the namespace "default"',
    { as: 'vera' },
  ],
  ['GET', '/metrics', undefined, 403, 'forbidden: User "vera" cannot get path "/metrics"', { as: 'vera' }],
  [
    'GET',
    PODS,
    undefined,
    400,
    'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"bob"}, Extra:map[string][]string(nil)} without impersonating a user name',
    { headers: { 'impersonate-group': 'bob' } },
  ],
  ['GET', `${PODS}/p/log?container=zz`, undefined, 400, 'container zz is not valid for pod p'],
  ['GET', `${PODS}/p/log?tailLines=-1`, undefined, 422, 'PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'],
  ['GET', `${PODS}/p/exec?command=ls`, undefined, 400, 'Upgrade request required'],
  ['POST', `${PODS}/p/eviction`, { metadata: { name: 'q' } }, 400, 'name in URL does not match name in Eviction object'],
  [
    'POST',
    '/api/v1/namespaces/default/serviceaccounts/default/token',
    { spec: { expirationSeconds: 10 } },
    422,
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
  ],
  ['POST', '/api/v1/namespaces/default/serviceaccounts/nope/token', {}, 404, 'serviceaccounts "nope" not found'],
  [
    'POST',
    '/api/v1/namespaces/default/services',
    { metadata: { name: 's' }, spec: { clusterIP: '10.96.0.1', ports: [{ port: 80 }] } },
    422,
    'Service "s" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
  ],
  [
    'POST',
    '/api/v1/namespaces/default/services',
    { metadata: { name: 's' }, spec: { clusterIP: '10.1.0.1', ports: [{ port: 80 }] } },
    422,
    'Service "s" is invalid: spec.clusterIPs: Invalid value: ["10.1.0.1"]: failed to allocate IP 10.1.0.1: the provided network does not match the current range',
  ],
  [
    'POST',
    '/api/v1/namespaces/default/services',
    { metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] } },
    422,
    'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
]

test.each(cases)('%s %s %j is refused: %i %s', (...c) => {
  expect(told(c)).toEqual([c[3], c[4]])
})

test('a resourceVersion of the future is waited for, and then refused', () => {
  const before = hatch.world.now
  const answer = hatch.ask('GET', `${PODS}?resourceVersion=99999999`)
  const current = answer.body.message.match(/current: (\d+)$/)[1]
  expect(answer).toMatchObject({
    status: 504,
    body: {
      message: `Timeout: Too large resource version: 99999999, current: ${current}`,
      details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
    },
  })
  expect(hatch.world.now - before).toBeGreaterThanOrEqual(3_000)
})

test('preconditions of a deletion name the kind, and keep the object', () => {
  const { metadata } = hatch.ok('GET', `${MAPS}/a`)
  expect(hatch.ask('DELETE', `${MAPS}/a`, { preconditions: { uid: 'x' } }).body.message).toBe(
    `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (x) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
  )
  expect(hatch.ask('DELETE', `${MAPS}/a`, { preconditions: { resourceVersion: '1' } }).body.message).toBe(
    `Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
  )
})

test('a PUT with the uid of another life is a conflict', () => {
  const { metadata } = hatch.ok('GET', `${MAPS}/a`)
  const answer = hatch.ask('PUT', `${MAPS}/a`, { metadata: { name: 'a', uid: 'zz' } })
  expect(answer.body.message).toBe(
    `Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, Key: /registry/configmaps/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: zz, UID in object meta: ${metadata.uid}`,
  )
})
