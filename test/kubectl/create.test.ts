// create.test.ts: what generators make, and what they refuse. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import { run } from './run.ts'

const files = { env: 'A=1\n# c\n\n B= x \nHOME\n', bad: '1A=1\n', text: 'no certificate' }
const made = (line: string) => JSON.parse(run(`${line} --dry-run=client -o json`, { files, variables: { HOME: '/me' } }).out)

describe('what generators make', () => {
  test.each<[string, (o: any) => unknown, unknown]>([
    ['create cm x --from-env-file=env', o => o.data, { A: '1', B: ' x ', HOME: '/me' }],
    ['create rolebinding x --role=r', o => 'subjects' in o, false],
    ['create rolebinding x --role=r --user=u --user=u', o => o.subjects.length, 2],
    [
      'create pdb x --selector=a!=b,c --min-available=1',
      o => o.spec.selector.matchExpressions,
      [
        { key: 'a', operator: 'NotIn', values: ['b'] },
        { key: 'c', operator: 'Exists' },
      ],
    ],
    ['create ingress x --rule=a/=s:1,tls=z --rule=b/=s:1,tls=z', o => o.spec.tls, [{ hosts: ['a', 'b'], secretName: 'z' }]],
    ['create ingress x --rule=/=s:1,tls', o => o.spec.tls, undefined],
  ])('kubectl %s', (line, part, wanted) => {
    expect(part(made(line))).toEqual(wanted)
  })
})

describe('what they refuse', () => {
  test.each([
    ['create cm x --from-env-file=env --from-literal=a=b', 'from-env-file cannot be combined with from-file or from-literal'],
    ['create cm x --from-file==a', 'key name for file path a missing'],
    ['create cm x --from-file=a=', 'file path for key name a missing'],
    ['create cm x --from-file=a=b=c', "key names or file paths cannot contain '='"],
    ['create secret generic x --from-literal=a=b --from-literal=a=c', 'cannot add key a, another key by that name already exists'],
    ['create secret tls x --cert=text --key=text', 'tls: failed to find any PEM data in certificate input'],
    ['create svc externalname x --external-name=A_b', 'invalid service external name A_b'],
    ['create clusterrole x --verb=list --non-resource-url=/a', "invalid verb: 'list' for nonResourceURL"],
    ['create clusterrole x --verb=get --non-resource-url=a', 'nonResourceURL should start with /'],
    ['create clusterrole x --verb=get --non-resource-url=/*/a', "nonResourceURL only supports wildcard matches when '*' is at the end"],
    ['create clusterrole x --aggregation-rule=a=b --verb=get', 'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames'],
    ['create quota x --scopes=,', 'invalid resource quota scope ""'],
    ['create ingress x --default-backend=d', 'default-backend should be in format servicename:serviceport'],
    ['create ingress x --rule=a/=s:1 --annotation=a', 'annotation a is invalid and should be in format key=[value]'],
    ['create job x --from=cronjob', 'resource(s) were provided, but no name was specified'],
    ['create token x --duration=-1s', '--duration must be greater than or equal to 0'],
    ['create token x --duration=1500ms', '--duration cannot be expressed in units less than seconds'],
    ['create token x --bound-object-kind=Foo', 'supported --bound-object-kind values are Node, Pod, Secret'],
    ['create token x --bound-object-name=a', '--bound-object-name can only be set if --bound-object-kind is provided'],
    ['create token x --bound-object-kind=Pod', '--bound-object-name is required if --bound-object-kind is provided'],
    ['create ns x --validate=foo', 'invalid - validate option "foo"; must be one of: strict (or true), warn, ignore (or false)'],
  ])('kubectl %s', (line, words) => {
    expect(run(line, { files })).toMatchObject({ out: '', err: `error: ${words}\n`, status: 1, requests: [] })
  })

  test('a key that no environment has', () => {
    expect(run('create cm x --from-env-file=bad', { files }).err).toMatch(/^error: "1A" is not a valid key name: a valid environment variable name must/)
  })
})
