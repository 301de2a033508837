// kube-controller-manager.ts: many controllers in one process, each of which makes one thing true. Played by Collin.
// Models k8s.io/kubernetes/cmd/kube-controller-manager/app/{controllermanager,controller_descriptor}.go
// Differs: informers are shared with the garbage collector, which knows no Leases but those of nodes; controllers use fixed tokens

import type { KubeObject } from '../api/object.ts'
import type { ResourceType } from '../api/resources.ts'
import { type Io, machine } from '../kernel/machine.ts'
import { beginControllers, type Controller, controllerHandlers, informersOf, newControllers } from './client/controller.ts'
import { eventHandlers, newEventRecorder } from './client/events.ts'
import { byNamespace, byNodeName, hasSynced, type InformerSpec, informerHandlers, newInformers, startInformers, stopInformer } from './client/informer.ts'
import { electionHandlers, newElection, startElection } from './client/leaderelection.ts'
import type { Client } from './client.ts'
import { clusterRoleAggregationController } from './kube-controller-manager/clusterroleaggregation.ts'
import { daemonSetController } from './kube-controller-manager/daemonset/daemonset.ts'
import { deploymentController } from './kube-controller-manager/deployment/deployment.ts'
import { disruptionController, staleDisruptionController } from './kube-controller-manager/disruption.ts'
import { endpointsController } from './kube-controller-manager/endpoints/endpoints.ts'
import { byService, endpointSliceController } from './kube-controller-manager/endpoints/endpointslice.ts'
import { byMirrored, mirroringController } from './kube-controller-manager/endpoints/mirroring.ts'
import { garbageCollector, orphanCollector } from './kube-controller-manager/garbage-collector/garbage-collector.ts'
import { hpaController } from './kube-controller-manager/hpa.ts'
import { cronJobController } from './kube-controller-manager/job/cronjob.ts'
import { jobController, orphanPodController } from './kube-controller-manager/job/job.ts'
import { ttlAfterFinishedController } from './kube-controller-manager/job/ttl.ts'
import { namespaceController } from './kube-controller-manager/namespace.ts'
import { nodeLifecycleController, podNotReadyController } from './kube-controller-manager/node-lifecycle/node-lifecycle.ts'
import { taintEvictionController } from './kube-controller-manager/node-lifecycle/taint-eviction.ts'
import { nodeTtlController } from './kube-controller-manager/nodettl.ts'
import { byControllerOrOrphan } from './kube-controller-manager/ownership.ts'
import { podGarbageCollector } from './kube-controller-manager/podgc.ts'
import { replicaSetController } from './kube-controller-manager/replicaset.ts'
import { resourceQuotaController } from './kube-controller-manager/resourcequota.ts'
import { rootCaController, serviceAccountController } from './kube-controller-manager/serviceaccounts.ts'
import { deletableTypes, type ManagerState, ofThisLife } from './kube-controller-manager/state.ts'
import { statefulSetController } from './kube-controller-manager/statefulset/statefulset.ts'
import { volumeBinder, volumeController } from './kube-controller-manager/volumebinder.ts'
import { claimProtectionController, volumeProtectionController } from './kube-controller-manager/volumeprotection.ts'

/** In the order in which they hear of a change. */
export const controllers: Controller<ManagerState>[] = [
  replicaSetController,
  deploymentController,
  statefulSetController,
  daemonSetController,
  jobController,
  orphanPodController,
  cronJobController,
  ttlAfterFinishedController,
  hpaController,
  endpointsController,
  endpointSliceController,
  mirroringController,
  disruptionController,
  staleDisruptionController,
  nodeLifecycleController,
  podNotReadyController,
  taintEvictionController,
  namespaceController,
  serviceAccountController,
  rootCaController,
  resourceQuotaController,
  podGarbageCollector,
  nodeTtlController,
  clusterRoleAggregationController,
  volumeBinder,
  volumeController,
  claimProtectionController,
  volumeProtectionController,
  garbageCollector,
  orphanCollector,
]

const SELF = 'kube-controller-manager'
const RESTART_MS = 10_000 // The kubelet's first back-off for a process that has exited.

/** The service accounts of those that do not go by their own name at the hatch. */
const SERVICE_ACCOUNTS: Record<string, string> = {
  'taint-eviction-controller': 'node-controller',
}

/** What stands behind a slash names a second queue of the same controller. */
const accountOf = (controller: string): string => SERVICE_ACCOUNTS[controller] ?? controller.split('/')[0]!

const clientOf = (controller: string): Client => ({
  token: `system:serviceaccount:kube-system:${accountOf(controller)}`,
  userAgent: `${SELF}/v1.37.2 (linux/amd64) kubernetes/${accountOf(controller)}`,
})
const own: Client = { token: `system:${SELF}`, userAgent: `${SELF}/v1.37.2 (linux/amd64) kubernetes` }

const byUid = (object: KubeObject): string[] => [object.metadata.uid]
const namespaceIndex: NonNullable<InformerSpec['indices']> = { namespace: byNamespace }
const INDICES: Record<string, InformerSpec['indices']> = {
  pods: { namespace: byNamespace, controller: byControllerOrOrphan, nodeName: byNodeName },
  replicasets: { namespace: byNamespace, controller: byControllerOrOrphan, uid: byUid },
  endpointslices: { namespace: byNamespace, service: byService, mirrored: byMirrored },
}

const table = informersOf<ManagerState>(Object.fromEntries(Object.entries(deletableTypes).map(([plural, type]) => [plural, specOf(plural, type)])), controllers)

function specOf(plural: string, type: ResourceType): InformerSpec<ManagerState> {
  // Leases that somebody owns are those of nodes; the others would only be heard of every few seconds.
  if (plural === 'leases') return { type, namespace: 'kube-node-lease', synced }
  return { type, indices: INDICES[plural] ?? (type.namespaced ? namespaceIndex : {}), synced }
}

function synced(state: ManagerState, io: Io): void {
  if (!state.working && hasSynced(state)) beginControllers(controllers, state, io)
}

const work = controllerHandlers(controllers)

function newState(life: number): ManagerState {
  const made = newControllers(controllers, clientOf)
  return {
    ...made,
    recorders: { ...made.recorders, [SELF]: newEventRecorder(SELF, '', own) },
    informers: newInformers(own),
    election: newElection(SELF, own),
    life,
  }
}

/** Configuration: `host`, the name of the machine the process runs on. */
export const kubeControllerManager = machine<ManagerState>({
  init: () => newState(0),
  on: {
    start(state, message, io) {
      startElection(state, io, message.body?.host ?? 'control-plane')
    },
    ...electionHandlers<ManagerState>((state, io) => startInformers(table, state, io), exit),
    ...informerHandlers(table),
    ...eventHandlers,
    ...ofThisLife(work.on),
  },
  routines: work.routines,
})

/** The real process exits, and is started again: nothing is remembered. */
function exit(state: ManagerState, io: Io): void {
  io.note('Exited', { because: 'leaderelection lost' })
  for (const id of state.running) io.kill(id)
  for (const name in state.controllers) for (const { timer } of state.controllers[name]!.queue.delayed.values()) io.cancel(timer)
  for (const name of Object.keys(state.informers.byName)) stopInformer(state, io, name)
  const { lastWatch } = state.informers
  const host = state.election.identity.split('_')[0]
  Object.assign(state, newState(state.life + 1))
  state.informers.lastWatch = lastWatch
  io.after(RESTART_MS, 'start', { host })
}
