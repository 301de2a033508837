// workloads.test.ts: what v1.37.2 answers to changes of StatefulSets and Pods that may not be.
import { expect, test } from 'vitest'
import { changeErrors, of } from './forms.ts'

const container = { name: 'c', image: 'i' }
const claim = (size: any) => ({
  metadata: { name: 'data', labels: { b: '2', a: '1' } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
})
const set = (spec: any) =>
  of('apps/v1', 'StatefulSet', {
    spec: {
      selector: { matchLabels: { a: 'b' } },
      serviceName: 'db',
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } },
      ...spec,
    },
  })
const pod = (spec: any, metadata: any) => of('v1', 'Pod', { spec: { serviceAccountName: 'default', containers: [container], ...spec } }, metadata)

test.each<[any, (o: any) => any, string[]]>([
  [
    set({ volumeClaimTemplates: [claim('1Gi')] }),
    o => ({ ...o, spec: { ...o.spec, volumeClaimTemplates: [claim('2Gi')], serviceName: 'Other', podManagementPolicy: 'Parallel' } }),
    [
      'spec.volumeClaimTemplates: Invalid value: [{"name":"data","labels":{"a":"1","b":"2"},"Spec":{"AccessModes":["ReadWriteOnce"],"Selector":null,"Resources":{"Limits":null,"Requests":{"storage":"2Gi"}},"VolumeName":"","StorageClassName":null,"VolumeMode":"Filesystem","DataSource":null,"DataSourceRef":null,"VolumeAttributesClassName":null},"Status":{"Phase":"Pending","AccessModes":null,"Capacity":null,"Conditions":null,"AllocatedResources":null,"AllocatedResourceStatuses":null,"CurrentVolumeAttributesClassName":null,"ModifyVolumeStatus":null,"HealthStatus":null}}]: field is immutable',
      'spec.serviceName: Invalid value: "Other": field is immutable',
      'spec.podManagementPolicy: Invalid value: "Parallel": field is immutable',
    ],
  ],
  [
    set({}),
    o => ({ ...o, spec: { ...o.spec, selector: { matchLabels: { a: 'b', A: 'c' } } } }),
    [
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"A":"c","a":"b"}}: field is immutable',
    ],
  ],
])('a StatefulSet changed in what may not change: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    pod({}, {}),
    o => ({ ...o, metadata: { ...o.metadata, finalizers: ['nope'], labels: { a: 'b c' } } }),
    [
      `metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      'metadata.finalizers[0]: Invalid value: "nope": name is neither a standard finalizer name nor is it fully qualified',
    ],
  ],
  [
    pod({}, {}),
    o => ({ ...o, spec: { ...o.spec, containers: [{ ...o.spec.containers[0], image: 'j', command: ['run'] }] } }),
    [
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n@@ -5,7 +5,9 @@\n   {\n    "Name": "c",\n    "Image": "i",\n-   "Command": null,\n+   "Command": [\n+    "run"\n+   ],\n    "Args": null,\n    "WorkingDir": "",\n    "Ports": null,\n',
    ],
  ],
  [
    pod({}, {}),
    o => ({ ...o, spec: { ...o.spec, terminationGracePeriodSeconds: 5, hostNetwork: true } }),
    [
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n@@ -36,7 +36,7 @@\n  ],\n  "EphemeralContainers": null,\n  "RestartPolicy": "Always",\n- "TerminationGracePeriodSeconds": 30,\n+ "TerminationGracePeriodSeconds": 5,\n  "ActiveDeadlineSeconds": null,\n  "DNSPolicy": "ClusterFirst",\n  "NodeSelector": null,\n@@ -44,7 +44,7 @@\n  "DeprecatedServiceAccount": "default",\n  "AutomountServiceAccountToken": null,\n  "NodeName": "",\n- "HostNetwork": false,\n+ "HostNetwork": true,\n  "HostPID": false,\n  "HostIPC": false,\n  "ShareProcessNamespace": null,\n',
    ],
  ],
  [
    pod({}, {}),
    o => ({ ...o, spec: { ...o.spec, containers: [...o.spec.containers, container] } }),
    ['spec.containers[1].name: Duplicate value: "c"', 'spec.containers: Forbidden: pod updates may not add or remove containers'],
  ],
  [
    pod({ tolerations: [{ key: 'a', operator: 'Exists' }] }, {}),
    o => ({ ...o, spec: { ...o.spec, tolerations: [{ key: 'b', operator: 'Exists' }], activeDeadlineSeconds: -1 } }),
    [
      'spec.activeDeadlineSeconds: Invalid value: -1: must be between 1 and 2147483647, inclusive',
      'spec.activeDeadlineSeconds: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
  ],
  [
    pod({}, {}),
    o => ({ ...o, spec: { ...o.spec, containers: [{ ...o.spec.containers[0], env: [{ name: 'A', value: '<1>' }] }] } }),
    [
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n@@ -10,7 +10,13 @@\n    "WorkingDir": "",\n    "Ports": null,\n    "EnvFrom": null,\n-   "Env": null,\n+   "Env": [\n+    {\n+     "Name": "A",\n+     "Value": "\\u003c1\\u003e",\n+     "ValueFrom": null\n+    }\n+   ],\n    "Resources": {\n     "Limits": null,\n     "Requests": null,\n',
    ],
  ],
  [
    pod({ schedulingGates: [{ name: 'a/b' }], nodeSelector: { a: 'b' } }, {}),
    o => ({ ...o, spec: { ...o.spec, schedulingGates: [{ name: 'c/d' }], nodeSelector: { a: 'c' } } }),
    [
      `spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'c/d'`,
      'spec.nodeSelector: Invalid value: {"a":"c"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
  ],
])('a Pod changed in what may not change: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})
