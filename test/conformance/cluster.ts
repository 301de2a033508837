// cluster.ts: the cluster of the recordings: two factories over the stand-in runtime, without proxies and cloud.

import { bootedCluster, SYSTEM } from '../../src/cluster/cluster.ts'

/** A fresh one, at rest. */
export const recordingCluster = (seed = 1) => ({ system: SYSTEM, world: bootedCluster({ seed, pace: 'recorded', proxies: false }) })
