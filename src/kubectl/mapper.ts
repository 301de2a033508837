// mapper.ts: which resource a word means.
// Models k8s.io/apimachinery/pkg/api/meta/{restmapper,priority}.go, k8s.io/client-go/restmapper and k8s.io/cli-runtime/pkg/resource/builder.go (mappingFor)
// Differs: the usual resources are known as from a warm discovery cache; the server is asked only for words that are not among them

import { groupVersionOf, type ResourceType, resourceByKind, resourceTypes } from '../api/resources.ts'
import { Fail, fail, failureOf } from './fail.ts'
import { ask, type Kit } from './kit.ts'
import type { Steps } from './want.ts'

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

/**
 * The resource of `po`, `Pod`, `pods`, `deployments.apps`, `deployments.v1.apps`; ends the command on an unknown word.
 * `bare`: that is told without `error: `, as commands do that ask the mapper themselves. */
export function* resourceNamed(kit: Kit, word: string, bare = false): Steps<ResourceType> {
  const found = among(resourceTypes, word) ?? among(yield* discovered(kit), word)
  if (found !== undefined) return found
  const { resource, group } = parts(word)
  const told = `the server doesn't have a resource type ${JSON.stringify(resource)}${group === '' ? '' : ` in group ${JSON.stringify(group)}`}`
  if (bare) throw new Fail({ is: 'exit', text: told, code: 1 })
  return fail(told)
}

/** The resource of an object's kind, or undefined. */
export function* resourceOfKind(kit: Kit, apiVersion: string, kind: string): Steps<ResourceType | undefined> {
  const known = resourceByKind(apiVersion, kind)
  if (known !== undefined) return known
  const { group, version } = groupVersionOf(apiVersion)
  return (yield* discovered(kit)).find(t => t.group === group && t.version === version && t.kind === kind)
}

/** `all` → its ten resources, or undefined where the word is no category. */
export function categoryOf(word: string): string[] | undefined {
  const members = resourceTypes.filter(t => t.categories.includes(word))
  if (members.length === 0) return undefined
  if (word === 'all') return ALL
  return members.map(t => (t.group === '' ? t.plural : `${t.plural}.${t.group}`))
}

/** The order in which discovery lists them. */
const ALL = [
  'pods',
  'replicationcontrollers',
  'services',
  'daemonsets.apps',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'horizontalpodautoscalers.autoscaling',
  'cronjobs.batch',
  'jobs.batch',
]

/** The usual resource of that name, or undefined; nobody is asked. */
export const usualResource = (word: string): ResourceType | undefined => among(resourceTypes, word)

function parts(word: string): { resource: string; group: string } {
  const dot = word.indexOf('.')
  return dot < 0 ? { resource: word, group: '' } : { resource: word.slice(0, dot), group: word.slice(dot + 1) }
}

function among(types: ResourceType[], word: string): ResourceType | undefined {
  const [first = '', second = '', ...rest] = word.split('.')
  const full = rest.length > 0 ? match(types, first, rest.join('.'), second) : undefined
  const { resource, group } = parts(word)
  return full ?? match(types, resource, group)
}

function match(types: ResourceType[], resource: string, group: string, version?: string): ResourceType | undefined {
  const word = resource.toLowerCase()
  const fits = types.filter(t => (group === '' || t.group === group || t.group.startsWith(`${group}.`)) && (version === undefined || t.version === version))
  return (
    fits.find(t => t.shortNames.includes(resource)) ??
    fits.find(t => t.plural === word || t.singular === word) ??
    fits.find(t => t.kind === resource || t.kind.toLowerCase() === word)
  )
}

/** What the server says it serves. */
export function* discovered(kit: Kit): Steps<ResourceType[]> {
  if (kit.discovered !== undefined) return kit.discovered
  const found: ResourceType[] = []
  for (const path of ['/api', '/apis']) {
    try {
      const { body } = yield* ask(kit, { path, query: { timeout: '32s' }, accept: DISCOVERY })
      for (const group of body?.items ?? []) found.push(...resourcesIn(group))
    } catch (error) {
      const failure = failureOf(error)
      if (failure.is === 'unreachable') throw new Fail(failure)
    }
  }
  kit.discovered = found.length > 0 ? found : resourceTypes
  return kit.discovered
}

function resourcesIn(group: any): ResourceType[] {
  const name: string = group.metadata?.name ?? ''
  return (group.versions ?? []).flatMap((v: any) =>
    (v.resources ?? []).map((r: any) => ({
      group: name,
      version: v.version,
      kind: r.responseKind?.kind ?? '',
      plural: r.resource,
      singular: r.singularResource ?? '',
      shortNames: r.shortNames ?? [],
      categories: r.categories ?? [],
      namespaced: r.scope === 'Namespaced',
      verbs: r.verbs ?? [],
      subresources: (r.subresources ?? []).map((s: any) => ({
        name: s.subresource,
        group: s.responseKind?.group || name,
        version: s.responseKind?.version || v.version,
        kind: s.responseKind?.kind ?? '',
        verbs: s.verbs ?? [],
      })),
    })),
  )
}
