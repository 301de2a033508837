// plugins.ts: the admission plugins that are on, in order.
// Models k8s.io/kubernetes/pkg/kubeapiserver/options/plugins.go (AllOrderedPlugins, DefaultOffAdmissionPlugins)
// Differs: NodeRestriction is on, as kubeadm has it

import type { Plugin } from './admission.ts'
import { namespaceLifecycle } from './namespacelifecycle.ts'

export const plugins: Plugin[] = [namespaceLifecycle]
