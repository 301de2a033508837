// storage.ts: under which key an object lies in etcd, and how it comes back from there.
// Models k8s.io/apiserver/pkg/storage/{etcd3/store.go,api_object_versioner.go} and k8s.io/kubernetes/pkg/kubeapiserver/default_storage_factory_builder.go
// Differs: objects are stored as they are, not as protobuf

import type { KubeObject } from '../../api/object.ts'
import { type ResourceType, resourceTypes } from '../../api/resources.ts'
import { share } from '../../kernel/share.ts'
import { prefixEnd } from '../etcd/store.ts'

export interface Storage {
  /** Plural of the resource. */
  name: string
  prefix: string
  end: string
  /** Number of the watch at etcd. */
  watch: number
  /** The version in which it is stored. */
  type: ResourceType
}

const PREFIXES: Record<string, string> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  ingresses: 'ingress',
  customresourcedefinitions: 'apiextensions.k8s.io/customresourcedefinitions',
  apiservices: 'apiregistration.k8s.io/apiservices',
}

/** Resources that are stored, by plural; the first version served is the one stored. */
export const storages: Map<string, Storage> = new Map()
for (const type of resourceTypes) {
  if (!type.verbs.includes('list') || !type.verbs.includes('create') || storages.has(type.plural)) continue
  const prefix = `/registry/${PREFIXES[type.plural] ?? type.plural}/`
  storages.set(type.plural, { name: type.plural, prefix, end: prefixEnd(prefix), watch: storages.size + 1, type })
}
const byWatch = [...storages.values()]

export const storageOfWatch = (watch: number): Storage | undefined => byWatch[watch - 1]

export const storageOf = (type: ResourceType): Storage | undefined => storages.get(type.plural)

/** `default/web`, `factory-p`: what stands behind the prefix. */
export const keyIn = (namespace: string | undefined, name: string): string => (namespace ? `${namespace}/${name}` : name)

export function etcdKey(type: ResourceType, namespace: string | undefined, name: string): string {
  return storages.get(type.plural)!.prefix + keyIn(type.namespaced ? namespace : undefined, name)
}

/** The stored value as an object of the API at that revision: the same object for as long as it is among the last that were asked for. */
export function objectOf(value: any, revision: number): KubeObject {
  const at = revision % RECENT
  const last = recent[at]
  if (last !== undefined && last.value === value && last.revision === revision) return last.object
  const object = share({ ...value, metadata: { ...value.metadata, resourceVersion: String(revision) } })
  recent[at] = { value, revision, object }
  return object
}

const RECENT = 64
/** A write is answered and told to the cache at about the same time. */
const recent: ({ value: unknown; revision: number; object: KubeObject } | undefined)[] = new Array(RECENT).fill(undefined)

/** The object without its resourceVersion, as it is stored. */
export function storedOf(object: KubeObject): any {
  const metadata: Record<string, unknown> = {}
  for (const key in object.metadata) if (key !== 'resourceVersion') metadata[key] = object.metadata[key as keyof KubeObject['metadata']]
  return { ...object, metadata }
}
