// containers.ts: validation of containers: ports, probes, hooks, restart rules, security contexts.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: Windows options are taken as they come

import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, invalidValue, notFoundValue, notSupported, required, tooMany } from '../field.ts'
import { dns1123Label, httpHeaderName, inRange, portName, portNumber } from '../name.ts'
import { descendingPath, validateEnv, validateEnvFrom } from './env.ts'
import { each, nonNegative } from './metadata.ts'
import { validateResourceRequirements } from './resources.ts'
import { validateDevices, validateMounts, validatePullPolicy } from './volumes.ts'

/** What the judgement of a container depends on. */
export interface PodContext {
  volumes: Map<string, any>
  spec: any
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const INIT_ONLY_SIDECARS = 'may not be set for init containers without restartPolicy=Always'
const EPHEMERAL_FIELDS: ReadonlySet<string> = new Set([
  ...['name', 'image', 'command', 'args', 'workingDir', 'envFrom', 'env', 'volumeMounts', 'volumeDevices', 'terminationMessagePath'],
  ...['terminationMessagePolicy', 'imagePullPolicy', 'securityContext', 'stdin', 'stdinOnce', 'tty', 'targetContainerName'],
])

export function validateContainers(list: any[] | undefined, pod: PodContext, path: string): FieldError[] {
  if (list === undefined || list === null || list.length === 0) return [required(path)]
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [i, container] of list.entries()) {
    const at = `${path}[${i}]`
    errors.push(...validateCommon(container, pod, at))
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    errors.push(...validateRunning(container, pod, at))
    errors.push(...validateRestartRules(container, at))
  }
  return [...errors, ...hostPortConflicts(list, path)]
}

export function validateInitContainers(list: any[] | undefined, pod: PodContext, path: string): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>((pod.spec.containers ?? []).map((c: any) => c.name))
  for (const [i, container] of (list ?? []).entries()) {
    const at = `${path}[${i}]`
    errors.push(...validateCommon(container, pod, at))
    const { restartPolicy, restartPolicyRules: rules = [] } = container
    const sidecar = restartPolicy === 'Always'
    if (sidecar && rules.length > 0) {
      errors.push(forbiddenField(`${at}.restartPolicyRules`, 'restartPolicyRules are not allowed for init containers with restart policy Always'))
    } else errors.push(...validateRestartRules(container, at))
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    else if (container.name) names.add(container.name)
    errors.push(...hostPortConflicts([container], path))
    if (sidecar) errors.push(...validateRunning(container, pod, at))
    else {
      for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
        if (container[key] !== undefined) errors.push(forbiddenField(`${at}.${key}`, INIT_ONLY_SIDECARS))
      }
      for (const [j, policy] of (container.resizePolicy ?? []).entries()) {
        const why = "must not be set to 'RestartContainer' for non-sidecar initContainers"
        if (policy.restartPolicy === 'RestartContainer') errors.push(invalidValue(`${at}.resizePolicy[${j}].restartPolicy`, policy.restartPolicy, why))
      }
    }
  }
  return errors
}

export function validateEphemeralContainers(list: any[] | undefined, pod: PodContext, path: string): FieldError[] {
  const errors: FieldError[] = []
  const others = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].map(c => c.name)
  const names = new Set<string>(others)
  for (const [i, container] of (list ?? []).entries()) {
    const at = `${path}[${i}]`
    errors.push(...validateCommon(container, pod, at), ...imageSpace(container, at))
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    const target = container.targetContainerName
    if (target && !others.includes(target)) errors.push(notFoundValue(`${at}.targetContainerName`, target))
    for (const key of Object.keys(container)) {
      const empty = key === 'resources' && Object.keys(container.resources).length === 0
      if (!EPHEMERAL_FIELDS.has(key) && !empty) errors.push(forbiddenField(`${at}.${key}`, 'cannot be set for an Ephemeral Container'))
    }
    for (const [j, mount] of (container.volumeMounts ?? []).entries()) {
      for (const key of ['subPath', 'subPathExpr']) {
        if (mount[key]) errors.push(forbiddenField(`${at}.volumeMounts[${j}].${key}`, 'cannot be set for an Ephemeral Container'))
      }
    }
  }
  return errors
}

/** Only of Pods, not of templates. */
export function imageSpace(container: any, path: string): FieldError[] {
  const image = container.image ?? ''
  return image === image.trim() ? [] : [invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace')]
}

export function validatePortRef(port: unknown, path: string): FieldError[] {
  return typeof port === 'string' ? each(path, port, portName(port)) : each(path, port ?? 0, portNumber((port as number) ?? 0))
}

function validateCommon(container: any, pod: PodContext, path: string): FieldError[] {
  const { name = '', image = '', terminationMessagePolicy: message, ports, env, envFrom, imagePullPolicy, resources, resizePolicy } = container
  const errors = name === '' ? [required(`${path}.name`)] : each(`${path}.name`, name, dns1123Label(name))
  if (image === '') errors.push(required(`${path}.image`))
  const messages = ['File', 'FallbackToLogsOnError']
  if (!message) errors.push(required(`${path}.terminationMessagePolicy`))
  else if (!messages.includes(message)) errors.push(notSupported(`${path}.terminationMessagePolicy`, message, messages))
  const claims = (pod.spec.resourceClaims ?? []).map((c: any) => c.name)
  errors.push(
    ...validatePorts(ports, `${path}.ports`),
    ...validateEnv(env, `${path}.env`),
    ...validateEnvFrom(envFrom, `${path}.envFrom`),
    ...validateMounts(container, pod.volumes, `${path}.volumeMounts`),
    ...validateDevices(container, pod.volumes, `${path}.volumeDevices`),
    ...validatePullPolicy(imagePullPolicy, `${path}.imagePullPolicy`),
    ...validateResourceRequirements(resources, `${path}.resources`, claims),
    ...validateResizePolicy(resizePolicy, pod.spec.restartPolicy, `${path}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, pod.spec.hostUsers !== false, `${path}.securityContext`),
  )
  return errors
}

function validatePorts(ports: any[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [i, { name = '', containerPort = 0, hostPort = 0, protocol = '' }] of (ports ?? []).entries()) {
    const at = `${path}[${i}]`
    if (name !== '') {
      const bad = portName(name)
      if (bad.length > 0) errors.push(...each(`${at}.name`, name, bad))
      else if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
      else names.add(name)
    }
    if (containerPort === 0) errors.push(required(`${at}.containerPort`))
    else errors.push(...each(`${at}.containerPort`, containerPort, portNumber(containerPort)))
    if (hostPort !== 0) errors.push(...each(`${at}.hostPort`, hostPort, portNumber(hostPort)))
    if (protocol === '') errors.push(required(`${at}.protocol`))
    else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS))
  }
  return errors
}

function hostPortConflicts(containers: any[], path: string): FieldError[] {
  const errors: FieldError[] = []
  const taken = new Set<string>()
  for (const [i, container] of containers.entries()) {
    for (const [j, { hostPort = 0, hostIP = '', protocol = '' }] of (container.ports ?? []).entries()) {
      if (hostPort === 0) continue
      const key = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(key)) errors.push(duplicate(`${path}[${i}].ports[${j}].hostPort`, key))
      taken.add(key)
    }
  }
  return errors
}

/** Hooks and probes. */
function validateRunning(container: any, pod: PodContext, path: string): FieldError[] {
  const errors: FieldError[] = []
  const grace = pod.spec.terminationGracePeriodSeconds
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  if (lifecycle !== undefined) {
    for (const key of ['postStart', 'preStop']) {
      if (lifecycle[key] !== undefined) errors.push(...validateHandler(lifecycle[key], grace, `${path}.lifecycle.${key}`))
    }
    if (lifecycle.stopSignal !== undefined && pod.spec.os === undefined) {
      errors.push(forbiddenField(`${path}.lifecycle.stopSignal`, 'may not be set for containers with empty `spec.os.name`'))
    }
  }
  if (livenessProbe !== undefined) errors.push(...validateProbe(livenessProbe, grace, `${path}.livenessProbe`), ...once(livenessProbe, `${path}.livenessProbe`))
  if (readinessProbe !== undefined) {
    errors.push(...validateProbe(readinessProbe, grace, `${path}.readinessProbe`))
    const own = readinessProbe.terminationGracePeriodSeconds
    if (own !== undefined) {
      errors.push(invalidValue(`${path}.readinessProbe.terminationGracePeriodSeconds`, own, 'must not be set for readinessProbes'))
    }
  }
  if (startupProbe !== undefined) errors.push(...validateProbe(startupProbe, grace, `${path}.startupProbe`), ...once(startupProbe, `${path}.startupProbe`))
  return errors
}

function once(probe: any, path: string): FieldError[] {
  return probe.successThreshold === 1 ? [] : [invalidValue(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')]
}

function validateProbe(probe: any, grace: number | undefined, path: string): FieldError[] {
  const errors = validateHandler(probe, grace, path)
  for (const key of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) {
    errors.push(...nonNegative(`${path}.${key}`, probe[key]))
  }
  const own = probe.terminationGracePeriodSeconds
  if (own !== undefined && own <= 0) errors.push(invalidValue(`${path}.terminationGracePeriodSeconds`, own, 'must be greater than 0'))
  return errors
}

function validateHandler(handler: any, grace: number | undefined, path: string): FieldError[] {
  const errors: FieldError[] = []
  let found = 0
  for (const key of ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep']) {
    const action = handler[key]
    if (action === undefined || action === null) continue
    if (found++ > 0) errors.push(forbiddenField(`${path}.${key}`, 'may not specify more than 1 handler type'))
    else errors.push(...validateAction(key, action, grace, `${path}.${key}`))
  }
  return found === 0 ? [required(path, 'must specify a handler type')] : errors
}

function validateAction(kind: string, action: any, grace: number | undefined, path: string): FieldError[] {
  switch (kind) {
    case 'exec':
      return (action.command ?? []).length === 0 ? [required(`${path}.command`)] : []
    case 'httpGet': {
      const errors = action.path ? [] : [required(`${path}.path`)]
      errors.push(...validatePortRef(action.port, `${path}.port`))
      const schemes = ['HTTP', 'HTTPS']
      if (!schemes.includes(action.scheme)) errors.push(notSupported(`${path}.scheme`, action.scheme ?? '', schemes))
      for (const { name = '' } of action.httpHeaders ?? []) errors.push(...each(`${path}.httpHeaders`, name, httpHeaderName(name)))
      return errors
    }
    case 'sleep': {
      const seconds = action.seconds ?? 0
      const why = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`
      return grace !== undefined && (seconds < 0 || seconds > grace) ? [invalidValue(path, seconds, why)] : []
    }
    default:
      return validatePortRef(action.port, `${path}.port`)
  }
}

function validateResizePolicy(policies: any[] | undefined, podPolicy: string, path: string): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, { resourceName = '', restartPolicy = '' }] of (policies ?? []).entries()) {
    if (seen.has(resourceName)) errors.push(duplicate(`${path}[${i}]`, resourceName))
    seen.add(resourceName)
    if (resourceName === '') errors.push(required(path))
    else if (resourceName !== 'cpu' && resourceName !== 'memory') errors.push(notSupported(path, resourceName, ['cpu', 'memory']))
    if (restartPolicy === '') errors.push(required(path))
    else if (restartPolicy !== 'NotRequired' && restartPolicy !== 'RestartContainer') {
      errors.push(notSupported(path, restartPolicy, ['NotRequired', 'RestartContainer']))
    }
    if (podPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalidValue(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
    }
  }
  return errors
}

function validateRestartRules(container: any, path: string): FieldError[] {
  const { restartPolicy, restartPolicyRules: rules = [] } = container
  const errors: FieldError[] = []
  const policies = ['Always', 'Never', 'OnFailure']
  if (restartPolicy === undefined) {
    if (rules.length === 0) return []
    errors.push(required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'))
  } else if (!policies.includes(restartPolicy)) errors.push(notSupported(`${path}.restartPolicy`, restartPolicy, policies))
  if (rules.length > 20) errors.push(tooMany(`${path}.restartPolicyRules`, rules.length, 20))
  for (const [i, { action = '', exitCodes }] of rules.entries()) {
    const at = `${path}.restartPolicyRules[${i}]`
    if (action !== 'Restart') errors.push(notSupported(`${at}.action`, action, ['Restart']))
    if (exitCodes === undefined) {
      errors.push(required(`${at}.exitCodes`, 'must be specified'))
      continue
    }
    const operators = ['In', 'NotIn']
    if (!operators.includes(exitCodes.operator)) errors.push(notSupported(`${at}.exitCodes.operator`, exitCodes.operator ?? '', operators))
    if ((exitCodes.values ?? []).length > 255) errors.push(tooMany(`${at}.exitCodes.values`, exitCodes.values.length, 255))
  }
  return errors
}

const USER_MAX = 2_147_483_647
export const validateId = (path: string, id: number | undefined): FieldError[] => (id === undefined ? [] : each(path, id, inRange(id, 0, USER_MAX)))

export function validateSeccomp(profile: any, path: string): FieldError[] {
  if (profile === undefined) return []
  const errors: FieldError[] = []
  const types = ['Localhost', 'RuntimeDefault', 'Unconfined']
  if (!profile.type) errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!types.includes(profile.type)) errors.push(notSupported(`${path}.type`, profile.type, types))
  const local = profile.localhostProfile
  if (profile.type === 'Localhost') {
    if (local === undefined) errors.push(required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'))
    else errors.push(...descendingPath(local, `${path}.localhostProfile`))
  } else if (local !== undefined) {
    const shown = { Type: profile.type ?? '', LocalhostProfile: local }
    errors.push(invalidValue(`${path}.localhostProfile`, shown, 'can only be set when seccomp type is Localhost'))
  }
  return errors
}

function validateSecurityContext(context: any, hostUsers: boolean, path: string): FieldError[] {
  if (context === undefined) return []
  const errors = [...validateId(`${path}.runAsUser`, context.runAsUser), ...validateId(`${path}.runAsGroup`, context.runAsGroup)]
  const mounts = ['Default', 'Unmasked']
  if (context.procMount !== undefined) {
    if (!mounts.includes(context.procMount)) errors.push(notSupported(`${path}.procMount`, context.procMount, mounts))
    if (hostUsers && context.procMount === 'Unmasked') {
      errors.push(invalidValue(`${path}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`'))
    }
  }
  errors.push(...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`))
  if (context.allowPrivilegeEscalation === false && context.privileged === true) {
    const why = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'
    errors.push(invalidValue(path, internalContext(context), why))
  }
  return errors
}

/** As Go prints its internal type. */
function internalContext(c: any): unknown {
  const capabilities = c.capabilities === undefined ? null : { Add: c.capabilities.add ?? null, Drop: c.capabilities.drop ?? null }
  return {
    Capabilities: capabilities,
    Privileged: c.privileged ?? null,
    SELinuxOptions: c.seLinuxOptions ?? null,
    WindowsOptions: c.windowsOptions ?? null,
    RunAsUser: c.runAsUser ?? null,
    RunAsGroup: c.runAsGroup ?? null,
    RunAsNonRoot: c.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: c.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: c.allowPrivilegeEscalation ?? null,
    ProcMount: c.procMount ?? null,
    SeccompProfile: c.seccompProfile ?? null,
    AppArmorProfile: c.appArmorProfile ?? null,
  }
}
