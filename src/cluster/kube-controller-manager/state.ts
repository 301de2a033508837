// state.ts: what the controller manager keeps, and how its controllers read and write.
// Models k8s.io/kubernetes/cmd/kube-controller-manager/app/controllermanager.go (ControllerContext)
// Differs: nothing known

import type { ApiRequest } from '../../api/http.ts'
import type { KubeObject } from '../../api/object.ts'
import { pathOf, type ResourceType, resourceTypes } from '../../api/resources.ts'
import type { Io, Machine, RoutineIo } from '../../kernel/machine.ts'
import type { ControllerState, WithControllers } from '../client/controller.ts'
import type { Election } from '../client/leaderelection.ts'
import { type Client, updateRequest } from '../client.ts'

export interface ManagerState extends WithControllers {
  election: Election
  /** How many processes came before this one in the same place. */
  life: number
}

export type ManagerIo = RoutineIo<ManagerState>

/** A message to oneself after `ms` that ends with the process; the id cancels it. */
export function after(state: ManagerState, io: Io, ms: number, type: string, body: object = {}): number {
  return io.after(ms, type, { ...body, life: state.life })
}

/** Handlers that do not hear what an earlier process had set for later. */
export function ofThisLife(handlers: Machine<ManagerState>['on']): Machine<ManagerState>['on'] {
  const out: Machine<ManagerState>['on'] = {}
  for (const type in handlers)
    out[type] = (state, message, io) => {
      if ((message.body?.life ?? state.life) === state.life) handlers[type]!(state, message, io)
    }
  return out
}

/** By plural: every resource whose objects can be listed, watched and deleted, but Events. Informers go by the same names. */
export const deletableTypes: Record<string, ResourceType> = {}
for (const type of resourceTypes)
  if (type.plural !== 'events' && ['delete', 'list', 'watch'].every(verb => type.verbs.includes(verb)) && deletableTypes[type.plural] === undefined)
    deletableTypes[type.plural] = type

const byGroupKind = new Map<string, ResourceType>()
for (const plural in deletableTypes) byGroupKind.set(`${deletableTypes[plural]!.group}/${deletableTypes[plural]!.kind}`, deletableTypes[plural]!)

/** The resource of a kind, whatever the version. */
export function typeOfKind(apiVersion: string, kind: string): ResourceType | undefined {
  const slash = apiVersion.indexOf('/')
  return byGroupKind.get(`${slash < 0 ? '' : apiVersion.slice(0, slash)}/${kind}`)
}

export const clientOf = (state: ManagerState, controller: string): Client => state.controllers[controller]!.client

export const memoryOf = <M>(state: ManagerState, controller: string): M => (state.controllers[controller] as ControllerState<M>).memory

/** Writes the status of an object that carries it already. */
export function updateStatusRequest(client: Client, plural: string, object: KubeObject): ApiRequest {
  return updateRequest(client, pathOfObject(plural, object, 'status'), object)
}

export function pathOfObject(plural: string, object: KubeObject, subresource?: string): string {
  return pathOf({ type: deletableTypes[plural]!, namespace: object.metadata.namespace, name: object.metadata.name, subresource })
}

export function pathOfKey(plural: string, key: string, subresource?: string): string {
  const [namespace, name] = splitKey(key)
  return pathOf({ type: deletableTypes[plural]!, namespace, name, subresource })
}

/** `namespace/name` or `name`. */
export function splitKey(key: string): [string | undefined, string] {
  const slash = key.indexOf('/')
  return slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)]
}

/** Go's `%q` for the names and texts that messages quote. */
export const quote = (text: string): string => JSON.stringify(text)
