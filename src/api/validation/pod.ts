// pod.ts: validation of Pods and pod templates, created.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: Windows, sysctl, seccomp and AppArmor annotations are taken as they come

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notFoundValue, notSupported, required } from '../field.ts'
import { dns1123Label, dns1123Subdomain, inRange, qualifiedName } from '../name.ts'
import { compareQuantity } from '../quantity.ts'
import { containerTotals } from '../resourcetotals.ts'
import { imageSpace, validateContainers, validateEphemeralContainers, validateId, validateInitContainers, validateSeccomp } from './containers.ts'
import { ipAddress } from './ip.ts'
import { each, nonNegative, subdomainName, validateAnnotations, validateLabels, validateObjectMeta } from './metadata.ts'
import { validatePodResourceName, validateResourceRequirements } from './resources.ts'
import { validateAffinity, validateSchedulingGates, validateSpreadConstraints, validateTolerations } from './scheduling.ts'
import { validateVolumes } from './volumes.ts'

export const MIRROR = 'kubernetes.io/config.mirror'
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const INT32_MAX = 2_147_483_647
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
export const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']

export function validatePodCreate(pod: any): FieldError[] {
  const errors = validatePodBody(pod)
  const { spec } = pod
  if ((spec.ephemeralContainers ?? []).length > 0) errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'))
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0) {
    errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  }
  return errors
}

/** Metadata and spec, as both create and update judge them. */
export function validatePodBody(pod: any): FieldError[] {
  const { metadata, spec } = pod
  const errors = [
    ...validateObjectMeta(metadata, true, subdomainName),
    ...validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, metadata.name, 'spec', true),
  ]
  if (!spec.serviceAccountName) {
    for (const [i, volume] of (spec.volumes ?? []).entries()) {
      for (const [j, source] of (volume.projected?.sources ?? []).entries()) {
        const path = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`
        if (source.serviceAccountToken !== undefined) errors.push(forbiddenField(path, 'must not be specified when serviceAccountName is not set'))
      }
    }
  }
  errors.push(...nonNegative('spec.terminationGracePeriodSeconds', spec.terminationGracePeriodSeconds))
  for (const key of ['containers', 'initContainers']) {
    for (const [i, container] of (spec[key] ?? []).entries()) errors.push(...imageSpace(container, `spec.${key}[${i}]`))
  }
  return errors
}

export function validateTemplate(template: any, path: string): FieldError[] {
  const { metadata = {}, spec = {} } = template ?? {}
  const errors = [
    ...validateLabels(metadata.labels, `${path}.labels`),
    ...validateAnnotations(metadata.annotations, `${path}.annotations`),
    ...validatePodAnnotations(metadata.annotations, spec, `${path}.annotations`),
    ...validatePodSpec(spec, undefined, `${path}.spec`, false),
  ]
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'))
  }
  return errors
}

export function validatePodAnnotations(annotations: Record<string, string> | undefined, spec: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  const mirror = annotations?.[MIRROR]
  if (mirror !== undefined && !spec.nodeName) {
    errors.push(invalidValue(`${path}[${MIRROR}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set'))
  }
  const cost = annotations?.[DELETION_COST]
  if (cost !== undefined && (!/^(0|-?[1-9]\d*)$/.test(cost) || Math.abs(Number(cost)) > INT32_MAX)) {
    errors.push(invalidValue(`${path}[${DELETION_COST}]`, cost, 'must be a 32bit integer'))
  }
  return errors
}

function validatePodSpec(spec: any, podName: string | undefined, path: string, isPod: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (spec.terminationGracePeriodSeconds === undefined) errors.push(required(`${path}.terminationGracePeriodSeconds`))
  const { volumes, errors: bad } = validateVolumes(spec.volumes, podName, `${path}.volumes`)
  const pod = { volumes, spec }
  errors.push(
    ...bad,
    ...validateContainers(spec.containers, pod, `${path}.containers`),
    ...validateInitContainers(spec.initContainers, pod, `${path}.initContainers`),
    ...validateEphemeralContainers(spec.ephemeralContainers, pod, `${path}.ephemeralContainers`),
    ...validatePodResources(spec, path),
    ...validateHostNetwork(spec, path, isPod),
    ...oneOf(spec.restartPolicy, RESTART_POLICIES, `${path}.restartPolicy`),
    ...oneOf(spec.dnsPolicy, DNS_POLICIES, `${path}.dnsPolicy`),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validatePodSecurity(spec.securityContext, `${path}.securityContext`),
  )
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    errors.push(invalidValue(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'))
  }
  errors.push(...validateAffinity(spec.affinity, `${path}.affinity`), ...validateDnsConfig(spec, `${path}.dnsConfig`))
  for (const [i, { conditionType = '' }] of (spec.readinessGates ?? []).entries()) {
    errors.push(...each(`${path}.readinessGates[${i}].conditionType`, conditionType, qualifiedName(conditionType)))
  }
  errors.push(
    ...validateSchedulingGates(spec.schedulingGates, `${path}.schedulingGates`),
    ...validateSpreadConstraints(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`),
    ...validateHostUsers(spec, path),
    ...validateNames(spec, path),
  )
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined) errors.push(...each(`${path}.activeDeadlineSeconds`, deadline, inRange(deadline, 1, INT32_MAX)))
  for (const key of ['hostname', 'subdomain']) if (spec[key]) errors.push(...each(`${path}.${key}`, spec[key], dns1123Label(spec[key])))
  errors.push(...validateTolerations(spec.tolerations, `${path}.tolerations`))
  for (const [i, { ip = '', hostnames = [] }] of (spec.hostAliases ?? []).entries()) {
    errors.push(...ipAddress(ip, `${path}.hostAliases[${i}].ip`))
    for (const [j, name] of hostnames.entries()) errors.push(...each(`${path}.hostAliases[${i}].hostnames[${j}]`, name, dns1123Subdomain(name)))
  }
  for (const key of ['priorityClassName', 'runtimeClassName']) {
    if (spec[key]) errors.push(...each(`${path}.${key}`, spec[key], subdomainName(spec[key], false)))
  }
  if (spec.preemptionPolicy !== undefined) errors.push(...oneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], `${path}.preemptionPolicy`))
  if (spec.overhead !== undefined) errors.push(...validateResourceRequirements({ limits: spec.overhead }, `${path}.overhead`))
  if (spec.os !== undefined && !['linux', 'windows'].includes(spec.os.name)) {
    errors.push(spec.os.name ? notSupported(`${path}.os`, spec.os.name, ['linux', 'windows']) : required(`${path}.os.name`))
  }
  return [...errors, ...validateFileKeyVolumes(spec, path)]
}

/** Required, and one of a few words. */
export function oneOf(value: string | undefined, supported: string[], path: string): FieldError[] {
  if (!value) return [required(path)]
  return supported.includes(value) ? [] : [notSupported(path, value, supported)]
}

function validatePodResources(spec: any, path: string): FieldError[] {
  const own = spec.resources
  if (own === undefined) return []
  const at = `${path}.resources`
  const errors = own.claims === undefined ? [] : [forbiddenField(`${at}.claims`, 'claims may not be set for Resources at pod-level')]
  errors.push(...validateResourceRequirements(own, at, [], validatePodResourceName))
  const requests = containerTotals(spec, 'requests')
  for (const name of Object.keys(requests).sort()) {
    const mine = own.requests?.[name]
    if (mine === undefined || compareQuantity(requests[name], mine) <= 0) continue
    errors.push(invalidValue(`${at}.requests[${name}]`, mine, `must be greater than or equal to aggregate container requests of ${requests[name]}`))
  }
  for (const [i, container] of (spec.containers ?? []).entries()) {
    const limits = container.resources?.limits ?? {}
    for (const name of Object.keys(limits).sort()) {
      const mine = own.limits?.[name]
      if (mine === undefined || compareQuantity(limits[name], mine) <= 0) continue
      errors.push(invalidValue(`${at}.containers[${i}][${name}].limits`, limits[name], `must be less than or equal to pod limits of ${mine}`))
    }
  }
  return errors
}

function validateHostNetwork(spec: any, path: string, isPod: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (spec.hostNetwork !== true) return errors
  for (const [i, container] of (spec.containers ?? []).entries()) {
    for (const [j, { hostPort = 0, containerPort }] of (container.ports ?? []).entries()) {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) continue
      errors.push(invalidValue(`${path}.containers[${i}].ports[${j}].hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true'))
    }
  }
  return errors
}

function validatePodSecurity(context: any, path: string): FieldError[] {
  if (context === undefined) return []
  const errors = ['fsGroup', 'runAsUser', 'runAsGroup'].flatMap(key => validateId(`${path}.${key}`, context[key]))
  for (const [i, id] of (context.supplementalGroups ?? []).entries()) errors.push(...validateId(`${path}.supplementalGroups[${i}]`, id))
  const change = context.fsGroupChangePolicy
  const changes = ['Always', 'OnRootMismatch']
  if (change !== undefined && !changes.includes(change)) errors.push(notSupported(`${path}.fsGroupChangePolicy`, change, changes))
  return [...errors, ...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`)]
}

function validateDnsConfig(spec: any, path: string): FieldError[] {
  const config = spec.dnsConfig
  if (spec.dnsPolicy === 'None') {
    if (config === undefined) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if ((config.nameservers ?? []).length === 0) {
      return [required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
    }
  }
  const { nameservers = [], searches = [], options = [] } = config ?? {}
  const errors: FieldError[] = []
  if (nameservers.length > 3) errors.push(invalidValue(`${path}.nameservers`, nameservers, 'must not have more than 3 nameservers'))
  for (const [i, server] of nameservers.entries()) errors.push(...ipAddress(server, `${path}.nameservers[${i}]`))
  if (searches.length > 32) errors.push(invalidValue(`${path}.searches`, searches, 'must not have more than 32 search paths'))
  for (const [i, search] of searches.entries()) {
    const name = search.replace(/\.$/, '')
    if (search !== '.') errors.push(...each(`${path}.searches[${i}]`, name, dns1123Subdomain(name.replaceAll('_', 'a'))))
  }
  for (const [i, option] of options.entries()) if (!option.name) errors.push(required(`${path}.options[${i}]`, 'must not be empty'))
  return errors
}

function validateHostUsers(spec: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (spec.hostUsers !== false) return errors
  for (const [key, shown] of [
    ['hostNetwork', 'hostNetwork'],
    ['hostPID', 'HostPID'],
    ['hostIPC', 'HostIPC'],
  ]) {
    if (spec[key!] === true) errors.push(forbiddenField(`${path}.${shown}`, 'when `hostUsers` is false'))
  }
  return errors
}

function validateNames(spec: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  const override = spec.hostnameOverride
  if (override !== undefined) {
    if (spec.setHostnameAsFQDN === true) {
      errors.push(forbiddenField(`${path}.hostnameOverride`, 'may not be specified when setHostnameAsFQDN is true'))
    }
    if (spec.hostNetwork === true) errors.push(forbiddenField(`${path}.hostnameOverride`, 'may not be specified when hostNetwork is true'))
    errors.push(...each(`${path}.hostnameOverride`, override, dns1123Subdomain(override)))
  }
  for (const key of ['serviceAccountName', 'nodeName']) {
    if (spec[key]) errors.push(...each(`${path}.${key}`, spec[key], subdomainName(spec[key], false)))
  }
  return errors
}

function validateFileKeyVolumes(spec: any, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const kind of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const [i, container] of (spec[kind] ?? []).entries()) {
      for (const [j, variable] of (container.env ?? []).entries()) {
        const name = variable.valueFrom?.fileKeyRef?.volumeName
        if (name === undefined) continue
        const at = `${path}.${kind}[${i}].env[${j}].valueFrom.fileKeyRef.volumeName`
        const volume = (spec.volumes ?? []).find((v: any) => v.name === name)
        if (volume === undefined) errors.push(notFoundValue(at, name))
        else if (volume.emptyDir === undefined) errors.push(invalidValue(at, name, 'referenced volume must be of type emptyDir'))
      }
    }
  }
  return errors
}
