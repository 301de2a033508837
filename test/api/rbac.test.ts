// rbac.test.ts: what v1.37.2 answers to roles and bindings that are filled in wrongly.
import { expect, test } from 'vitest'
import { changeErrors, errorsOf, of } from './forms.ts'

const group = 'rbac.authorization.k8s.io'
const role = (kind: any, ...rules: any[]) => of('rbac.authorization.k8s.io/v1', kind, { rules })
const binding = (kind: any, roleRef: any, ...subjects: any[]) => of('rbac.authorization.k8s.io/v1', kind, { roleRef, subjects })
const toView = { apiGroup: group, kind: 'ClusterRole', name: 'view' }

test.each<[any, string[]]>([
  [
    role('Role', {}),
    [
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
      'rules[0].resources: Required value: resource rules must supply at least one resource',
      'rules[0].verbs: Required value',
    ],
  ],
  [
    role('Role', { verbs: [], apiGroups: [''], resources: ['pods'] }, { verbs: ['get'], nonResourceURLs: ['/x'], resources: ['pods'] }),
    [
      'rules[1].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
      'rules[1].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs',
      'rules[0].verbs: Required value',
    ],
  ],
  [
    role('ClusterRole', { verbs: ['get'], nonResourceURLs: ['/x'] }, { verbs: ['get'], nonResourceURLs: ['/y'], apiGroups: [''] }),
    ['rules[1].nonResourceURLs: Invalid value: ["/y"]: rules cannot apply to both regular resources and non-resource URLs'],
  ],
  [
    of('rbac.authorization.k8s.io/v1', 'ClusterRole', { aggregationRule: {} }, { name: 'a/b' }),
    [
      `metadata.name: Invalid value: "a/b": may not contain '/'`,
      'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
  ],
  [
    of('rbac.authorization.k8s.io/v1', 'ClusterRole', { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Like' }] }] } }),
    [
      'aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
      'aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label selector.',
    ],
  ],
])('a role filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, string[]]>([
  [
    binding('RoleBinding', {}, {}),
    [
      'roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"',
      'subjects[0].kind: Unsupported value: "": supported values: "ServiceAccount", "User", "Group"',
      'subjects[0].name: Required value',
      'roleRef.name: Required value',
    ],
  ],
  [
    binding(
      'RoleBinding',
      { kind: 'Role', name: 'a/b', apiGroup: 'z' },
      { kind: 'User', name: '', apiGroup: 'z' },
      { kind: 'ServiceAccount', name: 'A_', apiGroup: group },
    ),
    [
      'roleRef.apiGroup: Unsupported value: "z": supported values: "rbac.authorization.k8s.io"',
      `roleRef.name: Invalid value: "a/b": may not contain '/'`,
      'subjects[0].apiGroup: Unsupported value: "z": supported values: "rbac.authorization.k8s.io"',
      `subjects[1].name: Invalid value: "A_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'subjects[1].apiGroup: Unsupported value: "rbac.authorization.k8s.io": supported values: ""',
      'subjects[0].name: Required value',
    ],
  ],
  [
    binding('ClusterRoleBinding', { kind: 'Role', name: 'r', apiGroup: group }, { kind: 'ServiceAccount', name: 's' }, { kind: 'Robot', name: 'r2' }),
    [
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
      'subjects[0].namespace: Required value',
      'subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    ],
  ],
])('a binding filled in wrongly: %#', (given, texts) => {
  expect(errorsOf(given)).toEqual(texts)
})

test.each<[any, (o: any) => any, string[]]>([
  [
    role('Role', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }),
    o => ({ ...o, rules: [...o.rules, { verbs: [], apiGroups: [''] }] }),
    ['rules[1].resources: Required value: resource rules must supply at least one resource', 'rules[1].verbs: Required value'],
  ],
  [
    binding('RoleBinding', toView),
    o => ({ ...o, roleRef: { ...o.roleRef, name: '' }, subjects: [{ kind: 'User', name: '' }] }),
    [
      'roleRef.name: Required value',
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":""}: field is immutable',
      'subjects[0].name: Required value',
    ],
  ],
  [
    binding('ClusterRoleBinding', toView),
    o => ({ ...o, roleRef: { ...o.roleRef, name: 'edit' } }),
    ['roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: field is immutable'],
  ],
])('a role or binding changed: %#', (given, change, texts) => {
  expect(changeErrors(given, change)).toEqual(texts)
})
