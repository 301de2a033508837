// cloud-controller-manager.ts: what a cluster has from its cloud: Nodes that are known there, and load balancers. Played by Chiran.
// Models k8s.io/cloud-provider/app/controllermanager.go
// Differs: no route controller: Pods have addresses that every node can reach, as with the VPC networks of the three clouds

import { resourceByKind } from '../api/resources.ts'
import { type Io, machine } from '../kernel/machine.ts'
import { beginControllers, type Controller, controllerHandlers, informersOf, newControllers } from './client/controller.ts'
import { eventHandlers, newEventRecorder } from './client/events.ts'
import { hasSynced, informerHandlers, newInformers, startInformers, stopInformer } from './client/informer.ts'
import { electionHandlers, newElection, startElection } from './client/leaderelection.ts'
import { cloudNodeController, cloudNodeLifecycleController } from './cloud-controller-manager/node.ts'
import { serviceController } from './cloud-controller-manager/service.ts'
import { type CloudManagerState, client } from './cloud-controller-manager/state.ts'

const SELF = 'cloud-controller-manager'
const RESTART_MS = 10_000 // The kubelet's first back-off for a process that has exited.

const controllers: Controller<CloudManagerState>[] = [cloudNodeController, cloudNodeLifecycleController, serviceController]

const synced = (state: CloudManagerState, io: Io): void => {
  if (!state.working && hasSynced(state)) beginControllers(controllers, state, io)
}

const table = informersOf<CloudManagerState>(
  { nodes: { type: resourceByKind('v1', 'Node')!, synced }, services: { type: resourceByKind('v1', 'Service')!, synced } },
  controllers,
)
const work = controllerHandlers(controllers)

function newState(): CloudManagerState {
  const made = newControllers(controllers, () => client)
  return {
    ...made,
    recorders: { ...made.recorders, [SELF]: newEventRecorder(SELF, '', client) },
    informers: newInformers(client),
    election: newElection(SELF, client),
    clocks: {},
  }
}

/** Configuration: `host`, the name of the machine the process runs on. */
export const cloudControllerManager = machine<CloudManagerState>({
  init: newState,
  on: {
    start(state, message, io) {
      startElection(state, io, message.body?.host ?? 'control-plane')
    },
    ...electionHandlers<CloudManagerState>((state, io) => startInformers(table, state, io), exit),
    ...informerHandlers(table),
    ...(eventHandlers as any),
    ...work.on,
  },
  routines: work.routines,
})

/** The real process exits, and is started again: nothing is remembered. */
function exit(state: CloudManagerState, io: Io): void {
  io.note('Exited', { because: 'leaderelection lost' })
  for (const id of state.running) io.kill(id)
  for (const type in state.clocks) io.cancel(state.clocks[type]!)
  for (const name in state.controllers) for (const { timer } of state.controllers[name]!.queue.delayed.values()) io.cancel(timer)
  for (const name of Object.keys(state.informers.byName)) stopInformer(state, io, name)
  const { lastWatch } = state.informers
  const host = state.election.identity.split('_')[0]
  Object.assign(state, newState())
  state.informers.lastWatch = lastWatch
  io.after(RESTART_MS, 'start', { host })
}
