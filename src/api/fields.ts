// fields.ts: field selectors, and which fields each resource can be selected by.
// Models k8s.io/apimachinery/pkg/fields/selector.go, k8s.io/kubernetes/pkg/apis/*/v1/conversion.go and pkg/registry/*/strategy.go
// Differs: nothing known

import type { KubeObject } from './object.ts'
import type { ResourceType } from './resources.ts'

export interface FieldRequirement {
  field: string
  operator: '=' | '!='
  value: string
}

/** All requirements must hold. */
export type FieldSelector = FieldRequirement[]

/** The requirements of a text such as `status.phase!=Running,spec.nodeName=n1`, or upstream's error text. */
export function parseFieldSelector(text: string): FieldSelector | { error: string } {
  const requirements: FieldRequirement[] = []
  for (const term of splitTerms(text).sort()) {
    if (term === '') continue
    const at = /!=|==|=/.exec(term)
    if (at === null) return { error: `invalid selector: '${text}'; can't understand '${term}'` }
    const value = unescapeValue(term.slice(at.index + at[0].length))
    if (typeof value !== 'string') return value
    if (at.index === 0 && value === '') continue
    requirements.push({ field: term.slice(0, at.index), operator: at[0] === '!=' ? '!=' : '=', value })
  }
  return requirements
}

/** Upstream's refusal if the resource cannot be selected by one of the fields; undefined if it can. */
export function unsupportedField(type: ResourceType, selector: FieldSelector): string | undefined {
  const known = FIELDS[key(type)]
  for (const { field } of selector) {
    if (field === 'metadata.name' || (field === 'metadata.namespace' && !CLUSTER_SCOPED_OWN.has(key(type)))) continue
    if (known !== undefined && Object.hasOwn(known, field)) continue
    if (known === undefined) return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
    return key(type) === 'batch/jobs' ? `field label "${field}" not supported for Job` : `field label not supported: ${field}`
  }
  return undefined
}

export function fieldSelectorMatches(type: ResourceType, selector: FieldSelector, object: KubeObject): boolean {
  for (const { field, operator, value } of selector) if ((fieldValue(type, field, object) === value) !== (operator === '=')) return false
  return true
}

/** The value that a selector equals, if it demands one: `spec.nodeName=n1` gives `n1`. */
export function exactValue(selector: FieldSelector, field: string): string | undefined {
  return selector.find(r => r.field === field && r.operator === '=')?.value
}

function fieldValue(type: ResourceType, field: string, object: KubeObject): string {
  if (field === 'metadata.name') return object.metadata.name
  if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
  let fields = known.get(type)
  if (fields === undefined) {
    fields = FIELDS[key(type)] ?? {}
    known.set(type, fields)
  }
  return fields[field]?.(object) ?? ''
}

/** The fields of resources that were asked for. */
const known = new WeakMap<object, Record<string, Read>>()

type Read = (object: any) => string
const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value))
/** A field at a path of names: `spec.nodeName`. */
function at(path: string): Read {
  const names = path.split('.')
  return object => {
    let value = object
    for (const name of names) value = value?.[name]
    return text(value)
  }
}
const table = (...paths: string[]): Record<string, Read> => Object.fromEntries(paths.map(path => [path, at(path)]))

/** Both versions of an Event show one stored object: either form may be read. */
const EVENT: Record<string, Read> = {
  ...Object.fromEntries(
    ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].flatMap(name => {
      const read: Read = e => text((e.involvedObject ?? e.regarding)?.[name])
      return [
        [`involvedObject.${name}`, read],
        [`regarding.${name}`, read],
      ]
    }),
  ),
  ...table('reason', 'type'),
  reportingComponent: e => text(e.reportingComponent ?? e.reportingController),
  reportingController: e => text(e.reportingComponent ?? e.reportingController),
  source: e => text((e.source ?? e.deprecatedSource)?.component || e.reportingComponent || e.reportingController),
}
const eventFields = (unknown: RegExp): Record<string, Read> => Object.fromEntries(Object.entries(EVENT).filter(([name]) => !unknown.test(name)))

const FIELDS: Record<string, Record<string, Read>> = {
  '/pods': {
    ...table('spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.phase', 'status.nominatedNodeName'),
    'spec.hostNetwork': pod => (pod.spec?.hostNetwork === true ? 'true' : 'false'),
    'status.podIP': pod => text(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP),
    'status.podIPs': pod => text(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP),
  },
  '/nodes': { 'spec.unschedulable': node => (node.spec?.unschedulable === true ? 'true' : 'false') },
  '/namespaces': table('status.phase'),
  '/secrets': table('type'),
  '/services': table('spec.clusterIP', 'spec.type'),
  '/events': eventFields(/^regarding|reportingController/),
  'events.k8s.io/events': eventFields(/^involvedObject|^source|reportingComponent/),
  '/replicationcontrollers': { 'status.replicas': rc => text(rc.status?.replicas ?? 0) },
  'batch/jobs': { 'status.successful': job => text(job.status?.succeeded ?? 0) },
  'certificates.k8s.io/certificatesigningrequests': table('spec.signerName'),
  'resource.k8s.io/resourceslices': table('spec.nodeName', 'spec.driver'),
}

/** Cluster-scoped resources with fields of their own do not know metadata.namespace. */
const CLUSTER_SCOPED_OWN: ReadonlySet<string> = new Set([
  '/nodes',
  '/namespaces',
  'certificates.k8s.io/certificatesigningrequests',
  'resource.k8s.io/resourceslices',
])

const key = (type: { group: string; plural: string }): string => `${type.group}/${type.plural}`

function splitTerms(text: string): string[] {
  const terms: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === ',') {
      terms.push(text.slice(start, i))
      start = i + 1
    }
  }
  return text === '' ? [] : [...terms, text.slice(start)]
}

function unescapeValue(value: string): string | { error: string } {
  let out = ''
  for (let i = 0; i < value.length; i++) {
    const c = value[i]!
    if (c === '\\') {
      const next = value[++i]
      if (next === undefined || !'\\,='.includes(next)) return { error: `invalid field selector: invalid escape sequence: \\${next ?? ''}` }
      out += next
    } else if (c === '=' || c === ',') return { error: `invalid field selector: unescaped character in value: ${c.charCodeAt(0)}` }
    else out += c
  }
  return out
}
