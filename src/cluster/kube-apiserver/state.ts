// state.ts: what an API server has in memory, and what a request is on its way through it.
// Models k8s.io/apiserver/pkg/{server/config.go,endpoints/request/requestinfo.go,audit}
// Differs: one watch cache serves both versions of a kind

import type { ApiRequest } from '../../api/http.ts'
import type { ResourceType } from '../../api/resources.ts'
import type { Message, RoutineIo } from '../../kernel/machine.ts'
import type { Cache } from './cache.ts'

/** Who asks, once it is known. */
export interface User {
  username: string
  uid?: string
  groups: string[]
  extra?: Record<string, string[]>
}

/** Configuration of the actor `kube-apiserver`. */
export interface ApiServerConfig {
  /** Bearer tokens of people; `admin-token` of the user admin is always there. */
  users?: Record<string, User>
  /** The address at which the Service `kubernetes` ends. */
  address?: string
}

export interface State {
  durable: Durable
  config: ApiServerConfig
  caches: Record<string, Cache>
  /** Newest revision heard of from etcd. */
  revision: number
  /** After a break: from which revision on the caches are being told again what they may have missed. */
  resuming: number | undefined
  /** Is the connection with etcd there? */
  etcdThere: boolean
  /** The timer after which it is tried again, 0 if none runs. */
  rewatch: number
  /** `broken`: etcd went away meanwhile, and with it the watches of what had been listed. */
  phase: { at: 'listing'; left: number; broken?: boolean } | { at: 'booting' } | { at: 'serving'; since: number }
  /** Parts of what has to be there that the next round will look at. */
  rounds: Set<string>
  /** Requests that came before the door was open. */
  waiting: Message[]
  /** Replaced whenever a role or binding changes: what was decided before may not hold any more. */
  rbac: object
  /** Addresses and node ports of Services that are being stored, and until when they are kept. */
  reserved: Map<string, number>
  /** Logs that are followed: by the number of the request, who reads them. */
  streams: Map<number, Stream>
  /** The etcd lease that Events are written with at present. */
  eventLease: { id: number; until: number; count: number }
  /** What the compactor remembers: the version of its key, and the revision of its last round. */
  compactor: { version: number; revision: number }
}

/** A log that somebody follows, by the connection that it goes over. */
export interface Stream {
  client: string
  link: number
  watch: number
  kubelet: string
}

/** Files of the process that outlive it. */
export interface Durable {
  /** With which tokens of service accounts are signed. */
  signingKey: string
  /** Requests so far: their numbers. */
  requests: number
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

export interface RequestInfo {
  /** `get`, `list`, … of a resource; the method in lower case of other paths. */
  verb: string
  path: string
  group: string
  version: string
  /** Plural; '' for paths that name no resource. */
  resource: string
  subresource: string
  namespace: string
  name: string
  /** Does the path itself name an object? A selector may do so, too. */
  named: boolean
  /** Undefined where nothing is served. */
  type: ResourceType | undefined
  /** What is behind a proxy subresource. */
  rest: string
}

/** A request that has passed the badge and the may-I, as plain data. */
export interface Call {
  /** Number of the request; all its notes carry it. */
  id: number
  message: Message
  request: ApiRequest
  info: RequestInfo
  type: ResourceType
  user: User
  dryRun: boolean
  fieldValidation: 'Strict' | 'Warn' | 'Ignore'
  /** Field manager of what is written. */
  manager: string
  /** `full`: a note at every station; `request`: only the closing one; `none`. */
  notes: 'full' | 'request' | 'none'
}

/** What is answered. */
export interface Outcome {
  status: number
  body: any
  headers?: Record<string, string>
  warnings?: string[]
  /** The decoded and defaulted body of a write, for the note. */
  seen?: any
  /** The name of what was created, where the request had none. */
  name?: string
}

export type ServerIo = RoutineIo<State>

export const SELF: User = { username: 'system:apiserver', uid: 'apiserver', groups: ['system:authenticated', 'system:masters'] }
