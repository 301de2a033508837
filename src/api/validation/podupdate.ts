// podupdate.ts: validation of changes to Pods: what may change through which door.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: image, claim and user parts of statuses are taken as they come

import { withFields } from '../edit.ts'
import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, required } from '../field.ts'
import { inRange, qualifiedName } from '../name.ts'
import { sameJson } from '../patch.ts'
import { qosClass } from '../qos.ts'
import { goInternal, structDiff } from './diff.ts'
import { ipAddress } from './ip.ts'
import { each, immutable, subdomainName, validateObjectMetaUpdate } from './metadata.ts'
import { MIRROR, validatePodAnnotations, validatePodBody } from './pod.ts'
import { validateTolerations } from './scheduling.ts'

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')
const NODE_AFFINITY = 'spec.affinity.nodeAffinity'
const INT32_MAX = 2_147_483_647

export function validatePodUpdate(pod: any, old: any): FieldError[] {
  const errors = [...validateObjectMetaUpdate(pod.metadata, old.metadata), ...validatePodBody(pod), ...annotationChanges(pod, old)]
  const { spec } = pod
  const was = old.spec
  for (const key of ['containers', 'initContainers']) {
    const list: any[] = spec[key] ?? []
    if (list.length !== (was[key] ?? []).length) return [...errors, forbiddenField(`spec.${key}`, 'pod updates may not add or remove containers')]
    for (const [i, { image = '' }] of list.entries()) {
      if (image === '') errors.push(required(`spec.${key}[${i}].image`))
      if (image !== image.trim()) errors.push(invalidValue(`spec.${key}[${i}].image`, image, 'must not have leading or trailing whitespace'))
    }
  }
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined) {
    if (deadline < 0 || deadline > INT32_MAX) return [...errors, ...each('spec.activeDeadlineSeconds', deadline, inRange(deadline, 0, INT32_MAX))]
    if (was.activeDeadlineSeconds !== undefined && was.activeDeadlineSeconds < deadline) {
      return [...errors, invalidValue('spec.activeDeadlineSeconds', deadline, 'must be less than or equal to previous value')]
    }
  } else if (was.activeDeadlineSeconds !== undefined) {
    errors.push(invalidValue('spec.activeDeadlineSeconds', null, 'must not update from a positive integer to nil value'))
  }
  errors.push(...addedTolerations(spec.tolerations ?? [], was.tolerations ?? []), ...deletedGates(spec.schedulingGates ?? [], was.schedulingGates ?? []))
  if (sameJson(spec, was)) return errors
  const munged = withoutMutable(spec, was, errors)
  if (!sameJson(munged, was)) {
    const why = `pod updates may not change fields other than ${UPDATABLE}\n${structDiff('core/v1.PodSpec', was, munged)}`
    errors.push(forbiddenField('spec', why))
  }
  return errors
}

export function validatePodStatusUpdate(pod: any, old: any): FieldError[] {
  const errors = [...validateObjectMetaUpdate(pod.metadata, old.metadata), ...annotationChanges(pod, old)]
  const { status = {}, spec } = pod
  const was = old.status ?? {}
  for (const [i, { type = '', observedGeneration = 0 }] of (status.conditions ?? []).entries()) {
    const at = `status.conditions[${i}]`
    if (observedGeneration < 0) errors.push(invalidValue(`${at}.observedGeneration`, observedGeneration, 'must be a non-negative integer'))
    if (!['PodScheduled', 'Ready', 'Initialized'].includes(type)) errors.push(...each(`${at}.Type`, type, qualifiedName(type)))
  }
  if ((spec.nodeName ?? '') !== (old.spec.nodeName ?? '')) errors.push(forbiddenField('status.nodeName', 'may not be changed directly'))
  const nominated = status.nominatedNodeName ?? ''
  if (nominated !== '' && nominated !== was.nominatedNodeName) {
    errors.push(...each('status.nominatedNodeName', nominated, subdomainName(nominated, false)))
    if (old.spec.nodeName) errors.push(forbiddenField('status.nominatedNodeName', 'may not be set on pods that are already bound to a node'))
  }
  if ((status.observedGeneration ?? 0) < 0) {
    errors.push(invalidValue('status.observedGeneration', status.observedGeneration, 'must be a non-negative integer'))
  }
  errors.push(...immutable(status.qosClass ?? '', was.qosClass ?? '', 'status.qosClass'))
  errors.push(...transitions(status.containerStatuses, was.containerStatuses, old.spec, 'containers', 'status.containerStatuses'))
  errors.push(...transitions(status.initContainerStatuses, was.initContainerStatuses, old.spec, 'initContainers', 'status.initContainerStatuses'))
  const ips: { ip: string }[] = status.podIPs ?? []
  if (ips !== was.podIPs) for (const [i, { ip = '' }] of ips.entries()) errors.push(...ipAddress(ip, `status.podIPs[${i}]`))
  const families = new Set(ips.map(({ ip }) => ip.includes(':')))
  if (ips.length > 2 || (ips.length === 2 && families.size === 1)) {
    errors.push(
      invalidValue(
        'status.podIPs',
        ips.map(({ ip }) => ({ IP: ip })),
        'may specify no more than one IP for each IP family',
      ),
    )
  }
  return errors
}

export function validateEphemeralUpdate(pod: any, old: any): FieldError[] {
  const errors = [...validateObjectMetaUpdate(pod.metadata, old.metadata), ...validatePodBody(pod), ...annotationChanges(pod, old)]
  if (old.metadata.annotations?.[MIRROR] !== undefined) return [forbiddenField('', 'static pods do not support ephemeral containers')]
  for (const container of old.spec.ephemeralContainers ?? []) {
    const next = (pod.spec.ephemeralContainers ?? []).find((c: any) => c.name === container.name)
    const name = JSON.stringify(container.name)
    if (next === undefined) errors.push(forbiddenField('spec.ephemeralContainers', `existing ephemeral containers ${name} may not be removed\n`))
    else if (!sameJson(container, next)) {
      const why = `existing ephemeral containers ${name} may not be changed\n${structDiff('core/v1.EphemeralContainer', container, next)}`
      errors.push(forbiddenField('spec.ephemeralContainers', why))
    }
  }
  return errors
}

export function validateResize(pod: any, old: any): FieldError[] {
  if (old.metadata.annotations?.[MIRROR] !== undefined) return [forbiddenField('', 'static pods cannot be resized')]
  if (old.spec.os?.name === 'windows') return [forbiddenField('', 'windows pods cannot be resized')]
  const errors = [...validateObjectMetaUpdate(pod.metadata, old.metadata), ...validatePodBody(pod)]
  if ((old.status?.qosClass ?? qosClass(old.spec)) !== qosClass(pod.spec)) {
    errors.push(invalidValue('spec', pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'))
  }
  const moved = orderErrors(pod.spec, old.spec)
  if (moved.length > 0) return [...errors, ...moved]
  for (const [key, path] of [
    ['containers', 'spec.containers'],
    ['initContainers', 'spec.initContainers'],
  ] as const) {
    for (const [i, container] of (old.spec[key] ?? []).entries()) {
      if (key === 'initContainers' && container.restartPolicy !== 'Always') continue
      for (const [part, word] of [
        ['requests', 'requests'],
        ['limits', 'limits'],
      ] as const) {
        const next = pod.spec[key][i].resources?.[part] ?? {}
        const removed = Object.keys(container.resources?.[part] ?? {}).some(name => next[name] === undefined)
        if (removed) errors.push(forbiddenField(`${path}[${i}].resources.${part}`, `resource ${word} cannot be removed`))
      }
    }
  }
  for (const [i, container] of (old.spec.containers ?? []).entries()) {
    if (!sameJson(withoutCompute(pod.spec.containers[i]), withoutCompute(container))) {
      errors.push(forbiddenField('spec', 'only cpu and memory resources are mutable'))
    }
  }
  for (const [i, container] of (old.spec.initContainers ?? []).entries()) {
    const next = pod.spec.initContainers[i]
    if (container.restartPolicy === 'Always') {
      if (sameJson(withoutCompute(next), withoutCompute(container))) continue
      errors.push(forbiddenField(`spec.initContainers[${i}]`, 'only cpu and memory resources for init or sidecar containers are mutable'))
    } else if (!sameJson(next, container)) errors.push(forbiddenField('spec', 'resources for non-sidecar init containers are immutable'))
  }
  return errors
}

function orderErrors(spec: any, was: any): FieldError[] {
  const errors: FieldError[] = []
  for (const key of ['containers', 'initContainers']) {
    const [next, before]: any[][] = [spec[key] ?? [], was[key] ?? []] as any[][]
    if (next!.length !== before!.length) errors.push(forbiddenField(`spec.${key}`, `${key} may not be added or removed on resize`))
    else {
      before!.forEach((container, i) => {
        if (next![i].name !== container.name) errors.push(forbiddenField(`spec.${key}[${i}].name`, `${key} may not be renamed or reordered on resize`))
      })
    }
  }
  return errors
}

function withoutCompute(container: any): any {
  const strip = (list: any) => {
    const { cpu: _cpu, memory: _memory, ...rest } = list ?? {}
    return rest
  }
  const { limits, requests, ...rest } = container.resources ?? {}
  return { ...container, resources: { ...rest, limits: strip(limits), requests: strip(requests) } }
}

function annotationChanges(pod: any, old: any): FieldError[] {
  const [next, before] = [pod.metadata.annotations?.[MIRROR], old.metadata.annotations?.[MIRROR]]
  const errors: FieldError[] = []
  const verb = before === undefined ? 'add' : 'remove or update'
  if (next !== before) errors.push(forbiddenField(`metadata.annotations[${MIRROR}]`, `may not ${verb} mirror pod annotation`))
  return [...errors, ...validatePodAnnotations(pod.metadata.annotations, pod.spec, 'metadata.annotations')]
}

function addedTolerations(next: any[], before: any[]): FieldError[] {
  const bare = (t: any) => ({ key: t.key, operator: t.operator, value: t.value, effect: t.effect })
  if (before.some(old => !next.some(t => sameJson(bare(t), bare(old))))) {
    return [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
  }
  return validateTolerations(next, 'spec.tolerations')
}

function deletedGates(next: { name: string }[], before: { name: string }[]): FieldError[] {
  return next.flatMap(({ name }, i) => {
    if (before.some(gate => gate.name === name)) return []
    return [forbiddenField(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)]
  })
}

/** The new spec with all that may change set back; what a gated Pod may tighten is judged on the way. */
function withoutMutable(spec: any, was: any, errors: FieldError[]): any {
  const images = (key: string) => spec[key]?.map((c: any, i: number) => withFields(c, { image: was[key][i].image }))
  let munged = withFields(spec, { containers: images('containers'), initContainers: images('initContainers') })
  for (const key of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) munged = withFields(munged, { [key]: was[key] })
  if (was.terminationGracePeriodSeconds < 0 && munged.terminationGracePeriodSeconds === 1) {
    munged = withFields(munged, { terminationGracePeriodSeconds: was.terminationGracePeriodSeconds })
  }
  if ((was.schedulingGates ?? []).length === 0) return munged
  if (!sameJson(munged.nodeSelector, was.nodeSelector)) {
    const kept = Object.keys(was.nodeSelector ?? {}).every(key => munged.nodeSelector?.[key] === was.nodeSelector[key])
    const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
    if (!kept) errors.push(invalidValue('spec.nodeSelector', munged.nodeSelector ?? null, why))
    munged = withFields(munged, { nodeSelector: was.nodeSelector })
  }
  const [next, before] = [munged.affinity?.nodeAffinity, was.affinity?.nodeAffinity]
  if (sameJson(next, before)) return munged
  errors.push(...tightened(next, before))
  const affinity = withFields(munged.affinity ?? {}, { nodeAffinity: before })
  return withFields(munged, { affinity: was.affinity === undefined && Object.keys(affinity).length === 0 ? undefined : affinity })
}

function tightened(next: any, before: any): FieldError[] {
  const key = 'requiredDuringSchedulingIgnoredDuringExecution'
  const oldTerms: any[] = before?.[key]?.nodeSelectorTerms ?? []
  const terms: any[] = next?.[key]?.nodeSelectorTerms ?? []
  const path = `${NODE_AFFINITY}.${key}.nodeSelectorTerms`
  const internal = (term: any) => goInternal('core/v1.NodeSelectorTerm', term)
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) {
    const shown = terms.length === 0 ? null : terms.map(internal)
    return [invalidValue(path, shown, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')]
  }
  return oldTerms.flatMap((old, i) => {
    const grown = ['matchExpressions', 'matchFields'].every(part => (old[part] ?? []).every((e: any, j: number) => sameJson(e, terms[i][part]?.[j])))
    const some = (old.matchExpressions ?? []).length + (old.matchFields ?? []).length > 0 || sameJson(old, terms[i])
    if (grown && some) return []
    return [invalidValue(`${path}[${i}]`, internal(terms[i]), 'only additions are allowed (no mutations or deletions)')]
  })
}

/** A container that ended, and would not be restarted, stays ended. */
function transitions(next: any[] = [], before: any[] = [], spec: any, kind: string, path: string): FieldError[] {
  return before.flatMap((old, i) => {
    const ended = old.state?.terminated
    const status = ended === undefined ? undefined : next.find(s => s.name === old.name)
    if (status === undefined || status.state?.terminated !== undefined) return []
    const container = (spec[kind] ?? []).find((c: any) => c.name === old.name)
    if (container !== undefined && restarts(container, spec, ended.exitCode ?? 0)) return []
    return [forbiddenField(`${path}[${i}].state`, 'may not be transitioned to non-terminated state')]
  })
}

/** Does a container start again after that exit status? Its own rules and policy come first. */
export function restarts(container: any, spec: any, exitCode: number): boolean {
  if (container.restartPolicy !== undefined) {
    for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
      const listed = (exitCodes?.values ?? []).includes(exitCode)
      if (action === 'Restart' && exitCodes !== undefined && (exitCodes.operator === 'In') === listed) return true
    }
  }
  const policy = container.restartPolicy ?? spec.restartPolicy
  return policy === 'OnFailure' ? exitCode !== 0 : policy !== 'Never'
}
