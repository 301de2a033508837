// plugins.ts: the admission plugins that are on, in order.
// Models k8s.io/kubernetes/pkg/kubeapiserver/options/plugins.go (AllOrderedPlugins, DefaultOffAdmissionPlugins)
// Differs: NodeRestriction is on, as kubeadm has it; PodTopologyLabels acts in the binding itself

import { noEscalation } from '../authorization/escalation.ts'
import type { Plugin } from './admission.ts'
import { limitRanger } from './limitranger.ts'
import { namespaceLifecycle } from './namespacelifecycle.ts'
import { nodeRestriction, taintNodesByCondition } from './nodes.ts'
import { defaultTolerationSeconds, priority, runtimeClass } from './pods.ts'
import { podSecurity } from './podsecurity.ts'
import { serviceAccount } from './serviceaccount.ts'
import { defaultIngressClass, defaultStorageClass, persistentVolumeClaimResize, storageObjectInUseProtection } from './storageobjects.ts'

export const plugins: Plugin[] = [
  noEscalation,
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  defaultIngressClass,
]
