// families.test.ts: which families and addresses a Service has before anything is allocated.
import { expect, test } from 'vitest'
import { errorText } from '../../../src/api/field.ts'
import { alignAddresses, keepAllocated, withFamilies } from '../../../src/cluster/kube-apiserver/services/families.ts'

const plain = { type: 'ClusterIP', selector: { a: 'b' } }
const single = { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] }
const dual = { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] }
const stored = { ...plain, ...single, clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] }

test.each([
  ['a Service that says nothing is of the one family there is', plain, single],
  ['a headless one with Pods of its own too', { ...plain, clusterIP: 'None', clusterIPs: ['None'] }, single],
  ['of a headless one without a selector nobody knows', { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] }, dual],
  ['whoever prefers two takes one', { ...plain, ipFamilyPolicy: 'PreferDualStack' }, { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4'] }],
])('families: %s', (_, spec, families) => {
  expect(withFamilies(spec, undefined)).toEqual({ ...spec, ...families })
})

test.each<[any, any, string[]]>([
  [
    { ...plain, ipFamilyPolicy: 'RequireDualStack' },
    undefined,
    ['spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'],
  ],
  [{ ...plain, ipFamilies: ['IPv6'] }, undefined, ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster']],
  [
    { ...plain, ipFamilies: ['IPv4', 'IPv6'] },
    undefined,
    [`spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified`],
  ],
  [
    { ...plain, clusterIP: 'fd00::9', clusterIPs: ['fd00::9'] },
    undefined,
    ['spec.clusterIPs[0]: Invalid value: ["fd00::9"]: IPv6 is not configured on this cluster'],
  ],
  [
    { ...plain, clusterIP: 'x', clusterIPs: ['x'] },
    undefined,
    ['spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    { ...plain, clusterIP: 'None', clusterIPs: ['None'], ipFamilies: ['IPv4'] },
    { ...plain, clusterIP: 'None', clusterIPs: ['None'], ...dual },
    [`spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be 'SingleStack' to release the secondary IP family`],
  ],
])('families that cannot be had are refused: %#', (spec, before, texts) => {
  expect(withFamilies(spec, before).map(errorText)).toEqual(texts)
})

test.each([
  ['given alone to a new Service', { clusterIP: '10.96.0.8' }, undefined, ['10.96.0.8']],
  ['left out', { clusterIP: '10.96.0.9' }, stored, ['10.96.0.9']],
  ['changed alone', { ...stored, clusterIP: '10.96.0.8' }, stored, ['10.96.0.8']],
  ['cleared alone', { ...stored, clusterIP: '' }, stored, undefined],
  ['changed apart from its list', { clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.7'] }, stored, ['10.96.0.7']],
])('clusterIPs follow a clusterIP that is %s', (_, spec, before, ips) => {
  expect(alignAddresses(spec, before).clusterIPs).toEqual(ips)
})

test('a change that leaves out what was allocated keeps it, ports by their names', () => {
  const before = {
    ...stored,
    type: 'NodePort',
    ports: [
      { name: 'a', port: 80, nodePort: 30080 },
      { name: 'b', port: 81, nodePort: 30081 },
    ],
  }
  const next = {
    type: 'NodePort',
    ports: [
      { name: 'a', port: 8080 },
      { name: 'c', port: 81 },
      { name: 'b', port: 82, nodePort: 30090 },
    ],
  }
  expect(keepAllocated(next, before)).toEqual({
    type: 'NodePort',
    clusterIP: '10.96.0.9',
    clusterIPs: ['10.96.0.9'],
    ports: [
      { name: 'a', port: 8080, nodePort: 30080 },
      { name: 'c', port: 81 },
      { name: 'b', port: 82, nodePort: 30090 },
    ],
  })
})
