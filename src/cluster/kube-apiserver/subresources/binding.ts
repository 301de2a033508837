// binding.ts: a Pod gets its node: once, and for ever.
// Models k8s.io/kubernetes/pkg/registry/core/pod/storage/storage.go (BindingREST)
// Differs: nothing known

import { aggregate, type FieldError, invalidValue, notSupported, required } from '../../../api/field.ts'
import { dns1123Subdomain } from '../../../api/name.ts'
import type { KubeObject } from '../../../api/object.ts'
import { resourceByPlural } from '../../../api/resources.ts'
import { badRequest, conflict, isStatus, plainError, type Status, success } from '../../../api/status.ts'
import { rfc3339 } from '../../../api/time.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { share } from '../../../kernel/share.ts'
import { readObject } from '../decoding.ts'
import { refusal } from '../door.ts'
import { station } from '../notes.ts'
import type { Call, Outcome, ServerIo, State } from '../state.ts'
import { guaranteedUpdate, type Next, wrongObject } from '../update.ts'
import { admit, validated } from './admit.ts'

const PODS = resourceByPlural('', 'pods')!
const TOPOLOGY = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

export function* bind(io: ServerIo, call: Call): Steps<Outcome> {
  const read = io.state(() => readObject({ group: '', version: 'v1', kind: 'Binding' }, call.request.body, call.fieldValidation))
  if (isStatus(read)) return refusal(read)
  const binding: any = read.object
  const unwelcome = yield* admit(io, call, binding)
  if (unwelcome !== undefined) return { ...refusal(unwelcome), seen: binding }
  const name = call.info.name || binding.metadata.name
  if (call.info.name && binding.metadata.name !== name) return refusal(badRequest('name in URL does not match name in Binding object'))
  const errors = validateBinding(binding)
  if (errors.length > 0) return { ...refusal(plainError(aggregate(errors))), seen: binding }
  const refused = validated(io, call, binding)
  if (refused !== undefined) return { ...refusal(refused), seen: binding }
  const pods: Call = call.type.plural === 'pods' ? call : { ...call, type: PODS }
  const written = yield* guaranteedUpdate(io, pods, name, (s, t, pod) => bound(s, t, call, binding, pod))
  if (isStatus(written)) return { ...refusal(written), seen: binding }
  return { status: 201, body: success(201), seen: binding }
}

function validateBinding({ target = {} }: any): FieldError[] {
  const { kind = '', name = '' } = target
  if (kind !== '' && kind !== 'Node') return [notSupported('target.kind', kind, ['Node', '<empty>']), ...(name === '' ? [required('target.name')] : [])]
  return name === '' ? [required('target.name')] : dns1123Subdomain(name).map(why => invalidValue('target.name', name, why))
}

function bound(s: State, io: Io, call: Call, binding: any, pod: KubeObject): Next | Status {
  const { name } = pod.metadata
  const no = (why: string) => {
    station(io, call, 'storage', 'refused', { why })
    return conflict({ group: '', plural: 'pods/binding' }, name, why)
  }
  const unmet = wrongObject(PODS, call.info.namespace, pod.metadata, binding.metadata)
  if (unmet !== undefined) {
    station(io, call, 'storage', 'refused', { why: unmet.message })
    return unmet
  }
  if (pod.metadata.deletionTimestamp !== undefined) return no(`pod ${name} is being deleted, cannot be assigned to a host`)
  if (pod['spec'].nodeName) return no(`pod ${name} is already assigned to node ${JSON.stringify(pod['spec'].nodeName)}`)
  if ((pod['spec'].schedulingGates ?? []).length > 0) return no(`pod ${name} has non-empty .spec.schedulingGates`)
  const node = binding.target?.name
  const labels: Record<string, string> = { ...pod.metadata.labels, ...topologyOf(s, node), ...binding.metadata.labels }
  const annotations: Record<string, string> = { ...pod.metadata.annotations, ...binding.metadata.annotations }
  const metadata: any = { ...pod.metadata }
  if (Object.keys(labels).length > 0) metadata.labels = labels
  if (Object.keys(annotations).length > 0) metadata.annotations = annotations
  const { nominatedNodeName: _, ...status } = pod['status'] ?? {}
  return {
    object: share({
      ...pod,
      metadata,
      spec: { ...pod['spec'], nodeName: node },
      status: { ...status, conditions: scheduled(status.conditions ?? [], io.now) },
    }),
    warnings: [],
  }
}

/** The labels that PodTopologyLabels copies from the node. */
function topologyOf(s: State, node: string): Record<string, string> {
  const labels = s.caches['nodes']!.objects.get(node)?.metadata.labels ?? {}
  return Object.fromEntries(TOPOLOGY.filter(key => labels[key] !== undefined).map(key => [key, labels[key]!]))
}

function scheduled(conditions: any[], now: number): any[] {
  const old = conditions.find(c => c.type === 'PodScheduled')
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: old?.status === 'True' ? old.lastTransitionTime : rfc3339(now),
  }
  return old === undefined ? [...conditions, condition] : conditions.map(c => (c === old ? condition : c))
}
