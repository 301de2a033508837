// cluster.ts: the cluster of the recordings: two factories over the stand-in runtime, without proxies and cloud.

import { newCluster, SYSTEM } from '../../src/cluster/cluster.ts'
import { advanceTo } from '../../src/kernel/world.ts'

// The recordings began so long after the kubelets did: the ticks of node status (10 s) and of container collection (60 s) that they show fit no other beginning.
const BEGIN_MS = 3500

/** A fresh one, at rest. */
export function recordingCluster(seed = 1) {
  const world = newCluster({ seed, pace: 'recorded', proxies: false })
  advanceTo(SYSTEM, world, BEGIN_MS)
  return { system: SYSTEM, world }
}
