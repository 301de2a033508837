// completion.test.ts: how command lines go on: commands, flags and their values, types, names.

import { describe, expect, test } from 'vitest'
import { completions, type Surroundings } from '../../src/kubectl/completion.ts'

const objects: Record<string, Record<string, string[]>> = {
  pods: { default: ['tea-1', 'tea-2', 'cake-1'], lab: ['rat'] },
  deployments: { default: ['tea', 'cake'] },
  nodes: { '': ['factory-p', 'factory-q'] },
  namespaces: { '': ['default', 'kube-system', 'lab'] },
  serviceaccounts: { default: ['default', 'baker'] },
}

const around: Surroundings = {
  names: (type, namespace) => (namespace === '' ? Object.values(objects[type.plural] ?? {}).flat() : (objects[type.plural]?.[namespace] ?? [])),
  containers: (type, namespace, name) => (namespace === 'default' && /^tea/.test(name) && /pods|deployments/.test(type.plural) ? ['kettle', 'log'] : []),
  files: () => ['tea.yaml', 'cake.yaml'],
  config: what => (what === 'contexts' ? ['abc', 'xyz'] : []),
  namespace: 'default',
}

/** The line after `kubectl`; its last word is being typed. */
const ways = (line: string): string[] => completions(line.split(' '), around)

describe('what may come next', () => {
  test.each<[string, string[]]>([
    ['desc', ['describe']],
    ['e', ['edit', 'events', 'exec', 'explain', 'expose']],
    ['att', ['attach']],
    ['port-', []],
    ['rollout ', ['history', 'pause', 'restart', 'resume', 'status', 'undo']],
    ['create se', ['secret', 'service', 'serviceaccount']],
    ['create service n', ['nodeport']],
    ['nonsense ', []],
    ['get no', ['nodes']],
    ['get deplo', ['deployments.apps']],
    ['get pods,serv', ['pods,serviceaccounts', 'pods,servicecidrs.networking.k8s.io', 'pods,services']],
    ['get pods ', ['cake-1', 'tea-1', 'tea-2']],
    ['get po te', ['tea-1', 'tea-2']],
    ['get pods tea-1 ', ['cake-1', 'tea-2']],
    ['get pods -n lab ', ['rat']],
    ['-n lab get pods ', ['rat']],
    ['get pods --namespace=lab ', ['rat']],
    ['get pods -A r', ['rat']],
    ['get deployments.apps ', ['cake', 'tea']],
    ['describe pod/te', ['pod/tea-1', 'pod/tea-2']],
    ['delete pod/tea-1 deployments', ['deployments.apps/']],
    ['scale ', ['deployment', 'replicaset', 'replicationcontroller', 'statefulset']],
    ['rollout restart deployment/', ['deployment/cake', 'deployment/tea']],
    ['cordon ', ['factory-p', 'factory-q']],
    ['cordon factory-p ', []],
    ['logs te', ['tea-1', 'tea-2']],
    ['logs d', ['daemonsets/', 'deployments/']],
    ['logs deployments/', ['deployments/cake', 'deployments/tea']],
    ['logs tea-1 ', ['kettle', 'log']],
    ['logs tea-1 -c ', ['kettle', 'log']],
    ['set image deployment/tea k', ['kettle=']],
    ['set image deployment tea k', ['kettle=']],
    ['auth can-i de', ['delete', 'deletecollection']],
    ['config use-context ', ['abc', 'xyz']],
    ['exec tea-1 -- ', []],
    ['apply -f tea.yaml ', []],
    ['create deployment web ', []],
  ])('kubectl %s', (line, choices) => expect(ways(line)).toEqual(choices))

  test.each<[string, string[]]>([
    ['get pods --show', ['--show-kind', '--show-labels', '--show-managed-fields']],
    ['get pods --names', ['--namespace']],
    ['create deployment web --im', ['--image']],
    ['expose deployment tea --po', ['--port']],
    ['get pods --wat', ['--watch', '--watch-only']],
    ['rollout undo deployment/tea --to', ['--to-revision', '--token']],
  ])('flags: kubectl %s', (line, choices) => expect(ways(line)).toEqual(choices))

  test('where everything fits, usual types come before rare ones', () => {
    const types = ways('get ')
    expect(types.indexOf('deployments.apps')).toBeLessThan(types.indexOf('apiservices.apiregistration.k8s.io'))
    expect(types.slice(0, 4)).toEqual(['componentstatuses', 'configmaps', 'cronjobs.batch', 'daemonsets.apps'])
  })

  test('one dash offers short flags as well, of the command and of all commands', () => {
    expect(ways('get pods -').filter(f => f.length === 2)).toEqual(['-A', '-L', '-R', '-f', '-k', '-l', '-o', '-w', '-h', '-n', '-s', '-v'])
  })

  test('a flag that was given is not offered again, unless it may be given more than once', () => {
    expect(ways('get pods --output wide --out')).toEqual(['--output-watch-events'])
    expect(ways('run x --env A=1 --en')).toEqual(['--env'])
  })

  test.each<[string, string[]]>([
    ['get pods -n ', ['default', 'kube-system', 'lab']],
    ['get pods --namespace l', ['lab']],
    ['get pods --namespace=l', ['--namespace=lab']],
    ['get pods -o w', ['wide']],
    ['get pods -ow', ['-owide']],
    ['get pods -o js', ['json', 'jsonpath-as-json=', 'jsonpath-file', 'jsonpath=']],
    ['api-resources -o ', ['json', 'kyaml', 'name', 'wide', 'yaml']],
    ['apply -f ', ['cake.yaml', 'tea.yaml']],
    ['apply -f cake.yaml,t', ['cake.yaml,tea.yaml']],
    ['apply --dry-run=', ['--dry-run=client', '--dry-run=none', '--dry-run=server']],
    ['expose deployment tea --type ', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']],
    ['expose deployment tea --session-affinity ', ['ClientIP', 'None']],
    ['patch pod tea-1 --type ', ['json', 'merge', 'strategic']],
    ['delete pod tea-1 --cascade=', ['--cascade=background', '--cascade=foreground', '--cascade=orphan']],
    ['delete pods --all=', ['--all=false', '--all=true']],
    ['run x --restart ', ['Always', 'Never', 'OnFailure']],
    ['wait pod/tea-1 --for ', ['condition=', 'create', 'delete', 'jsonpath=']],
    ['create role r --verb=get,l', ['--verb=get,list']],
    ['create rolebinding r --serviceaccount ', ['default:baker', 'default:default']],
    ['version -o ', ['json', 'yaml']],
    ['get pods --context ', ['abc', 'xyz']],
  ])('values of flags: kubectl %s', (line, choices) => expect(ways(line)).toEqual(choices))

  test('where nobody answers there are no names, but still commands, types and flags', () => {
    const alone: Surroundings = { ...around, names: () => [], containers: () => [] }
    expect(completions(['get', 'pods', ''], alone)).toEqual([])
    expect(completions(['get', 'no'], alone)).toEqual(['nodes'])
  })
})
