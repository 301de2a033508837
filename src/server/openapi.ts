// openapi.ts: the API described as far as clients need it before they send: which paths there are, and that the server itself checks fields.
// Models k8s.io/kube-openapi/pkg/handler3 and pkg/handler (the protobuf form of version 2)
// Differs: patches name no body, so that kubectl computes them with the types it has itself

import { apiVersionOf, type ResourceType, resourceTypes } from '../api/resources.ts'
import { schemasOf } from './schemas.ts'

/** An answer for a path below /openapi that the API server does not know; undefined: nor is it known here. */
export function openapiOf(path: string): { type: string; body: string | Buffer } | undefined {
  if (path === '/openapi/v2') return { type: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf', body: VERSION_2 }
  const [, group, version] = /^\/openapi\/v3\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path) ?? []
  if (version === undefined) return undefined
  const known = documents.get(path)
  if (known !== undefined) return known
  const types = resourceTypes.filter(type => type.group === (group ?? '') && type.version === version)
  if (types.length === 0) return undefined
  const document = { type: 'application/json', body: `${JSON.stringify(documentOf(types))}\n` }
  documents.set(path, document)
  return document
}

const documents = new Map<string, { type: string; body: string }>()

function documentOf(types: ResourceType[]): unknown {
  const paths: Record<string, unknown> = {}
  for (const type of types) {
    const { group, version, kind, plural, namespaced, verbs } = type
    const base = `/${group === '' ? 'api' : 'apis'}/${apiVersionOf(type)}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}`
    const on = (wanted: Record<string, string>, known: string[], of: { group: string; version: string; kind: string }) =>
      Object.fromEntries(Object.entries(wanted).flatMap(([method, verb]) => (known.includes(verb) ? [[method, operation(method, of)]] : [])))
    const own = { group, version, kind }
    paths[base] = on({ get: 'list', post: 'create', delete: 'deletecollection' }, verbs, own)
    if (verbs.includes('get')) paths[`${base}/{name}`] = on({ get: 'get', put: 'update', patch: 'patch', delete: 'delete' }, verbs, own)
    for (const sub of type.subresources) {
      const of = { group: sub.group, version: sub.version, kind: sub.kind }
      paths[`${base}/{name}/${sub.name}`] = on({ get: 'get', post: 'create', put: 'update', patch: 'patch' }, sub.verbs, of)
    }
  }
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.37.2' }, paths, components: { schemas: schemasOf(types) } }
}

const WRITES = new Set(['post', 'put', 'patch'])

const operation = (method: string, kind: { group: string; version: string; kind: string }) => ({
  ...(WRITES.has(method) ? { parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map(name => ({ name, in: 'query', schema: { type: 'string' } })) } : {}),
  responses: { 200: { description: 'OK' } },
  'x-kubernetes-group-version-kind': kind,
})

/** `swagger: "2.0"` and a title: kubectl up to 1.28 goes no further without it, and needs no more. */
const VERSION_2 = bytes(1, '2.0', bytes(2, bytes(1, 'Kubernetes', bytes(2, 'v1.37.2'))))

/** A field of bytes, and what follows it. */
function bytes(number: number, value: string | Buffer, rest: Buffer = Buffer.alloc(0)): Buffer {
  const content = Buffer.from(value as string)
  return Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content, rest])
}
