// kube-controller-manager.ts: many controllers in one process, each of which makes one thing true. Played by Collin.
// Models k8s.io/kubernetes/cmd/kube-controller-manager/app/{controllermanager,controller_descriptor}.go
// Differs: informers are shared with the garbage collector; controllers use fixed tokens, not ones they request

import type { ResourceType } from '../api/resources.ts'
import { type Io, machine } from '../kernel/machine.ts'
import { beginControllers, type Controller, controllerHandlers, informersOf, newControllers } from './client/controller.ts'
import { eventHandlers, newEventRecorder } from './client/events.ts'
import { byNamespace, byNodeName, hasSynced, type InformerSpec, informerHandlers, newInformers, startInformers } from './client/informer.ts'
import { electionHandlers, newElection, startElection } from './client/leaderelection.ts'
import type { Client } from './client.ts'
import { deploymentController } from './kube-controller-manager/deployment/deployment.ts'
import { byControllerOrOrphan } from './kube-controller-manager/ownership.ts'
import { replicaSetController } from './kube-controller-manager/replicaset.ts'
import { deletableTypes, type ManagerState } from './kube-controller-manager/state.ts'

/** In the order in which they hear of a change. */
export const controllers: Controller<ManagerState>[] = [replicaSetController, deploymentController]

const SELF = 'kube-controller-manager'

/** Some controllers go by another name at the hatch. */
const SERVICE_ACCOUNTS: Record<string, string> = {}

const clientOf = (controller: string): Client => ({
  token: `system:serviceaccount:kube-system:${SERVICE_ACCOUNTS[controller] ?? controller}`,
  userAgent: `${SELF}/v1.37.2 (linux/amd64) kubernetes/${controller}`,
})
const own: Client = { token: `system:${SELF}`, userAgent: `${SELF}/v1.37.2 (linux/amd64) kubernetes` }

const indices: NonNullable<InformerSpec['indices']> = { namespace: byNamespace, controller: byControllerOrOrphan, uid: object => [object.metadata.uid] }

const table = informersOf<ManagerState>(Object.fromEntries(Object.entries(deletableTypes).map(([plural, type]) => [plural, specOf(plural, type)])), controllers)

function specOf(plural: string, type: ResourceType): InformerSpec<ManagerState> {
  const synced = (state: ManagerState, io: Io) => {
    if (!state.working && hasSynced(state)) beginControllers(controllers, state, io)
  }
  if (plural === 'pods') return { type, synced, indices: { ...indices, nodeName: byNodeName } }
  return plural === 'replicasets' || plural === 'deployments' ? { type, synced, indices } : { type, synced, indices: { namespace: byNamespace } }
}

const work = controllerHandlers(controllers)

/** Configuration: `host`, the name of the machine the process runs on. */
export const kubeControllerManager = machine<ManagerState>({
  init() {
    const made = newControllers(controllers, clientOf)
    return {
      ...made,
      recorders: { ...made.recorders, [SELF]: newEventRecorder(SELF, '', own) },
      informers: newInformers(own),
      election: newElection(SELF, own),
    }
  },
  on: {
    start(state, message, io) {
      startElection(state, io, message.body?.host ?? 'control-plane')
    },
    ...electionHandlers<ManagerState>(
      (state, io) => startInformers(table, state, io),
      // The real process exits, and is started again by the kubelet of its machine.
      (_, io) => io.note('Exited', { because: 'leaderelection lost' }),
    ),
    ...informerHandlers(table),
    ...eventHandlers,
    ...work.on,
  },
  routines: work.routines,
})
