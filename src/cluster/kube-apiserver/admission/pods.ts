// pods.ts: small plugins for Pods: priority, tolerations, runtime classes.
// Models k8s.io/kubernetes/plugin/pkg/admission/{priority,defaulttolerationseconds,runtimeclass}/admission.go
// Differs: nothing known

import type { KubeObject } from '../../../api/object.ts'
import { sameJson } from '../../../api/patch.ts'
import { forbidden } from '../../../api/status.ts'
import type { State } from '../state.ts'
import type { Attributes, Plugin } from './admission.ts'

const newPod = (a: Attributes): boolean => a.type.plural === 'pods' && a.subresource === '' && a.operation === 'CREATE'
const nameOf = (a: Attributes): string => a.name || a.object?.metadata.generateName || 'Unknown'

export const priority: Plugin = {
  name: 'Priority',
  resources: ['pods', 'priorityclasses'],
  mutate(s, a) {
    if (a.type.plural !== 'pods' || a.subresource !== '') return a.object
    const { spec } = a.object
    if (a.operation === 'UPDATE') {
      // What was computed once stays, where the request left it out.
      const old = a.old?.['spec'] ?? {}
      const kept: any = {}
      if (spec.priority === undefined && old.priority !== undefined) kept.priority = old.priority
      if (spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined) kept.preemptionPolicy = old.preemptionPolicy
      return Object.keys(kept).length === 0 ? a.object : { ...a.object, spec: { ...spec, ...kept } }
    }
    const found = classOf(s, spec.priorityClassName ?? '')
    if (found === undefined) return forbidden(a.type, nameOf(a), `no PriorityClass with name ${spec.priorityClassName} was found`)
    const { name, value, policy } = found
    if (spec.priority !== undefined && spec.priority !== value)
      return forbidden(
        a.type,
        nameOf(a),
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      )
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
      return forbidden(
        a.type,
        nameOf(a),
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
      )
    return { ...a.object, spec: { ...spec, ...(name === '' ? {} : { priorityClassName: name }), priority: value, preemptionPolicy: policy } }
  },
  validate(s, a) {
    if (a.type.plural !== 'priorityclasses' || a.object?.['globalDefault'] !== true) return undefined
    const other = defaultClass(s)
    if (other === undefined || other.metadata.name === a.object.metadata.name) return undefined
    return forbidden(a.type, nameOf(a), `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`)
  },
}

function classOf(s: State, name: string): { name: string; value: number; policy: string } | undefined {
  const found = name === '' ? defaultClass(s) : s.caches['priorityclasses']!.objects.get(name)
  if (found === undefined) return name === '' ? { name: '', value: 0, policy: 'PreemptLowerPriority' } : undefined
  return { name: found.metadata.name, value: found['value'], policy: found['preemptionPolicy'] ?? 'PreemptLowerPriority' }
}

/** Of several global defaults the one with the lowest value counts. */
function defaultClass(s: State): KubeObject | undefined {
  let found: KubeObject | undefined
  for (const candidate of s.caches['priorityclasses']!.objects.values())
    if (candidate['globalDefault'] === true && (found === undefined || candidate['value'] < found['value'])) found = candidate
  return found
}

const TOLERATED_S = 300

export const defaultTolerationSeconds: Plugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  mutate(_, a) {
    if (a.type.plural !== 'pods' || a.subresource !== '') return a.object
    const has: any[] = a.object['spec'].tolerations ?? []
    const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
      .filter(key => !has.some(t => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect)))
      .map(key => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATED_S }))
    if (added.length === 0) return a.object
    return { ...a.object, spec: { ...a.object['spec'], tolerations: [...has, ...added] } }
  },
}

export const runtimeClass: Plugin = {
  name: 'RuntimeClass',
  resources: ['pods'],
  mutate(s, a) {
    if (!newPod(a) || !a.object['spec'].runtimeClassName) return a.object
    const { spec } = a.object
    const found = s.caches['runtimeclasses']!.objects.get(spec.runtimeClassName)
    if (found === undefined) return forbidden(a.type, nameOf(a), `pod rejected: RuntimeClass ${JSON.stringify(spec.runtimeClassName)} not found`)
    const next = { ...spec }
    if (found['overhead']?.podFixed) {
      if (spec.overhead !== undefined && !sameJson(spec.overhead, found['overhead'].podFixed))
        return forbidden(a.type, nameOf(a), `pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead`)
      next.overhead = found['overhead'].podFixed
    }
    for (const [key, value] of Object.entries<string>(found['scheduling']?.nodeSelector ?? {})) {
      if (spec.nodeSelector?.[key] !== undefined && spec.nodeSelector[key] !== value)
        return forbidden(
          a.type,
          nameOf(a),
          `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${spec.nodeSelector[key]}`,
        )
      next.nodeSelector = { ...next.nodeSelector, [key]: value }
    }
    const tolerations: any[] = (found['scheduling']?.tolerations ?? []).filter((t: any) => !(spec.tolerations ?? []).some((own: any) => sameJson(own, t)))
    if (tolerations.length > 0) next.tolerations = [...(spec.tolerations ?? []), ...tolerations]
    return { ...a.object, spec: next }
  },
  validate(_, a) {
    if (!newPod(a) || a.object!['spec'].overhead === undefined || a.object!['spec'].runtimeClassName) return undefined
    return forbidden(a.type, nameOf(a), `pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead`)
  },
}
