// resources.ts: the resources a v1.37 API server serves, and the paths they have.
// Models k8s.io/apimachinery/pkg/apis/meta/v1/types.go (APIResource) and k8s.io/kubernetes/api/discovery
// Differs: nothing known

import { resourceRows } from './data/resources.ts'

export interface Subresource {
  name: string
  /** Group, version and kind of what travels; mostly those of the resource itself. */
  group: string
  version: string
  kind: string
  verbs: string[]
}

export interface ResourceType {
  group: string
  version: string
  kind: string
  plural: string
  singular: string
  shortNames: string[]
  categories: string[]
  namespaced: boolean
  verbs: string[]
  subresources: Subresource[]
}

/** Every served resource, core first, then by group priority and name, as `/apis` lists them. */
export const resourceTypes: ResourceType[] = resourceRows.map(([group, version, kind, plural, singular, short, categories, namespaced, verbs, subs]) => ({
  group,
  version,
  kind,
  plural,
  singular,
  shortNames: words(short),
  categories: words(categories),
  namespaced: namespaced === 1,
  verbs: verbsOf(verbs),
  subresources: subs === '' ? [] : subs.split(';').map(text => subresource(text, group, version)),
}))

const byKind = new Map<string, ResourceType>()
const byPlural = new Map<string, ResourceType>()
const versions = new Map<string, string[]>()
for (const type of resourceTypes) {
  byKind.set(`${apiVersionOf(type)}/${type.kind}`, type)
  if (!byPlural.has(`${type.group}/${type.plural}`)) byPlural.set(`${type.group}/${type.plural}`, type)
  byPlural.set(`${type.group}/${type.version}/${type.plural}`, type)
  const list = versions.get(type.group) ?? []
  if (!list.includes(type.version)) versions.set(type.group, [...list, type.version])
}

/** `v1` for the core group, `apps/v1` otherwise. */
export function apiVersionOf(type: { group: string; version: string }): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`
}

/** The two parts of an apiVersion. */
export function groupVersionOf(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

export function resourceByKind(apiVersion: string, kind: string): ResourceType | undefined {
  return byKind.get(`${apiVersion}/${kind}`)
}

/** Without a version, the preferred one (autoscaling: v2). */
export function resourceByPlural(group: string, plural: string, version?: string): ResourceType | undefined {
  return byPlural.get(version === undefined ? `${group}/${plural}` : `${group}/${version}/${plural}`)
}

/** Groups in order of priority with their versions, preferred first; core is ''. */
export function servedGroups(): { group: string; versions: string[] }[] {
  return [...versions].map(([group, list]) => ({ group, versions: list }))
}

/** `deployments.apps`, `pods`: how messages name a resource. */
export function groupResource(type: { group: string; plural: string }): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`
}

/** `Deployment.apps`, `Pod`: how messages name a kind. */
export function groupKind(type: { group: string; kind: string }): string {
  return type.group === '' ? type.kind : `${type.kind}.${type.group}`
}

export type PathTarget = ({ type: ResourceType } | { apiVersion: string; kind: string }) & { namespace?: string; name?: string; subresource?: string }

/** `/apis/apps/v1/namespaces/default/deployments/web/scale`. A namespaced resource without namespace gives the path of all namespaces. Throws on an unknown kind. */
export function pathOf(target: PathTarget): string {
  const type = 'type' in target ? target.type : resourceByKind(target.apiVersion, target.kind)
  if (type === undefined) throw new Error(`no resource for ${JSON.stringify(target)}`)
  let path = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`
  if (type.namespaced && target.namespace) path += `/namespaces/${target.namespace}`
  path += `/${type.plural}`
  if (target.name) path += `/${target.name}`
  if (target.subresource) path += `/${target.subresource}`
  return path
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ')
}

function verbsOf(text: string): string[] {
  return text === '*' ? ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] : text.split(' ')
}

/** `scale=Scale:autoscaling/v1(get patch update)` */
function subresource(text: string, group: string, version: string): Subresource {
  const [, name = '', kind = '', gv, verbs = ''] = /^(.*?)=(\w+)(?::(.*))?\((.*)\)$/.exec(text) ?? []
  return { name, kind, ...(gv === undefined ? { group, version } : groupVersionOf(gv)), verbs: verbsOf(verbs) }
}
