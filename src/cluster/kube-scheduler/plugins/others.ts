// others.ts: dynamic resources as far as Pods without claims show them, and what a node declares that it can do.
// Models k8s.io/kubernetes/pkg/scheduler/framework/plugins/{dynamicresources,nodedeclaredfeatures} and component-helpers/nodedeclaredfeatures
// Differs: Pods with resource claims are not allocated any

import type { Pod } from '../../../api/pod.ts'
import { type Plugin, refuseForGood } from '../framework.ts'
import { podInfo } from '../nodeinfo.ts'

const DYNAMIC = 'DynamicResources'

export const dynamicResources: Plugin = {
  name: DYNAMIC,
  preFilter(cycle) {
    cycle.data[DYNAMIC] = true
    return 'skip'
  },
  // It looks for what its own PreFilter left, which never ran if a plugin before it refused the Pod.
  postFilter: ({ data }) => (data[DYNAMIC] ? undefined : { message: 'not found', code: 'error' }),
  preScore: () => undefined,
  score: () => 0,
}

function featuresNeeded({ spec }: Pod): string[] {
  const features: string[] = []
  if (spec.hostNetwork && spec.hostUsers === false) features.push('UserNamespacesHostNetworkSupport')
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  if (all.some(c => c.restartPolicyRules?.some(r => r.action === 'RestartAllContainers'))) features.push('RestartAllContainersOnContainerExits')
  if (all.some(c => c.volumeMounts?.some((m: any) => (m.bindMountOptions ?? []).length > 0))) features.push('VolumeBindMountOptions')
  return features
}

const sameFeatures = (a: string[] = [], b: string[] = []): boolean => a.length === b.length && a.every(f => b.includes(f))

export const nodeDeclaredFeatures: Plugin = {
  name: 'NodeDeclaredFeatures',
  events: [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateNodeDeclaredFeature'],
      worth: (_, { old, now }) => old === undefined || !sameFeatures(old.status?.declaredFeatures, now.status?.declaredFeatures),
    },
    {
      resource: 'TargetPod',
      actions: ['Update'],
      worth: (_, { old, now }) => !sameFeatures(featuresNeeded(podInfo(old).pod), featuresNeeded(podInfo(now).pod)),
    },
  ],
  preFilter(cycle) {
    const needed = featuresNeeded(cycle.pod.pod)
    cycle.data['NodeDeclaredFeatures'] = needed
    return needed.length === 0 ? 'skip' : undefined
  },
  filter({ data }, node) {
    const has = node.node.status?.declaredFeatures ?? []
    return (data['NodeDeclaredFeatures'] as string[]).every(f => has.includes(f)) ? undefined : refuseForGood("node(s) didn't match Pod's required features")
  },
}
