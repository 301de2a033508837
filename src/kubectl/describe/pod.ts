// pod.ts: descriptions of Pods and of the Pods in templates.
// Models k8s.io/kubectl/pkg/describe/describe.go (describePod, DescribePodTemplate, describeContainers)
// Differs: devices, ephemeral volumes and dynamic resources are not shown

import { sortedKeys } from '../json.ts'
import { annotations, controlledBy, events, labels, type Paper, rfc1123 } from './paper.ts'
import { volumes } from './volumes.ts'

export function describePod(p: Paper, pod: any, list: any[] | undefined): void {
  const { metadata, spec, status = {} } = pod
  p.field('Name', metadata.name)
  p.field('Namespace', metadata.namespace)
  if (spec.priority !== undefined) p.field('Priority', spec.priority)
  if (spec.priorityClassName) p.field('Priority Class Name', spec.priorityClassName)
  if (spec.runtimeClassName) p.field('Runtime Class Name', spec.runtimeClassName)
  if (spec.serviceAccountName) p.field('Service Account', spec.serviceAccountName)
  p.field('Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>')
  if (status.startTime) p.field('Start Time', rfc1123(status.startTime))
  labels(p, 'Labels', metadata.labels)
  annotations(p, 'Annotations', metadata.annotations)
  if (metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    p.field('Status', `Terminating (lasts ${p.since(metadata.deletionTimestamp)})`)
    p.field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else p.field('Status', status.phase ?? '')
  if (status.reason) p.field('Reason', status.reason)
  if (status.message) p.field('Message', status.message)
  if (spec.securityContext?.seccompProfile) p.field('SeccompProfile', spec.securityContext.seccompProfile.type)
  p.field('IP', status.podIP ?? '')
  const ips = status.podIPs ?? []
  if (ips.length === 0) p.field('IPs', '<none>')
  else {
    p.line(0, 'IPs:')
    for (const { ip } of ips) p.line(1, `IP:\t${ip}`)
  }
  controlledBy(p, pod)
  if (status.nominatedNodeName) p.field('NominatedNodeName', status.nominatedNodeName)
  const envOf = (field: string) => valueOfField(pod, field)
  if (spec.initContainers?.length > 0) containers(p, 'Init Containers', spec.initContainers, status.initContainerStatuses ?? [], '', envOf)
  containers(p, 'Containers', spec.containers, status.containerStatuses ?? [], '', envOf)
  if (spec.ephemeralContainers?.length > 0) containers(p, 'Ephemeral Containers', spec.ephemeralContainers, status.ephemeralContainerStatuses ?? [], '', envOf)
  if (spec.readinessGates?.length > 0) {
    p.line(0, 'Readiness Gates:\n  Type\tStatus')
    for (const gate of spec.readinessGates) {
      const found = (status.conditions ?? []).find((c: any) => c.type === gate.conditionType)
      p.line(1, `${gate.conditionType} \t${found?.status ?? '<none>'} `)
    }
  }
  if (status.conditions?.length > 0) {
    p.line(0, 'Conditions:\n  Type\tStatus')
    for (const c of status.conditions) p.line(1, `${c.type} \t${c.status} `)
  }
  volumes(p, spec.volumes, '')
  p.field('QoS Class', status.qosClass ?? '')
  labels(p, 'Node-Selectors', spec.nodeSelector)
  tolerations(p, 'Tolerations', spec.tolerations)
  spread(p, spec.topologySpreadConstraints, '')
  events(p, list)
}

/** The template of a workload, two spaces in. */
export function podTemplate(p: Paper, template: any): void {
  p.line(0, 'Pod Template:')
  if (!template) {
    p.line(1, '<unset>')
    return
  }
  const { metadata = {}, spec } = template
  labels(p, '  Labels', metadata.labels)
  if (Object.keys(metadata.annotations ?? {}).length > 0) annotations(p, '  Annotations', metadata.annotations)
  if (spec.serviceAccountName) p.field('  Service Account', spec.serviceAccountName)
  if (spec.initContainers?.length > 0) containers(p, 'Init Containers', spec.initContainers, undefined, '  ')
  containers(p, 'Containers', spec.containers, undefined, '  ')
  volumes(p, spec.volumes, '  ')
  spread(p, spec.topologySpreadConstraints, '  ')
  if (spec.priorityClassName) p.field('  Priority Class Name', spec.priorityClassName)
  labels(p, '  Node-Selectors', spec.nodeSelector)
  tolerations(p, '  Tolerations', spec.tolerations)
}

function containers(
  p: Paper,
  title: string,
  list: any[] | undefined,
  statuses: any[] | undefined,
  space: string,
  envOf: (field: string) => string = () => '',
): void {
  if (!list || list.length === 0) {
    p.line(0, `${space}${title}:\t<none>`)
    return
  }
  p.line(0, `${space}${title}:`)
  for (const c of list) {
    const status = statuses?.find(s => s.name === c.name)
    p.line(1, `${space === '' ? '' : ' '}${c.name}:`)
    if (status) p.line(2, `Container ID:\t${status.containerID ?? ''}`)
    p.line(2, `Image:\t${c.image}`)
    if (status) p.line(2, `Image ID:\t${status.imageID ?? ''}`)
    ports(
      p,
      'Port',
      (c.ports ?? []).map((x: any) => `${x.containerPort}/${x.protocol}${x.name ? ` (${x.name})` : ''}`),
    )
    ports(
      p,
      'Host Port',
      (c.ports ?? []).map((x: any) => `${x.hostPort ?? 0}/${x.protocol}${x.name ? ` (${x.name})` : ''}`),
    )
    if (c.securityContext?.seccompProfile) p.line(2, `SeccompProfile:\t${c.securityContext.seccompProfile.type}`)
    words(p, 'Command', c.command)
    words(p, 'Args', c.args)
    if (status) state(p, status)
    amounts(p, 'Limits', c.resources?.limits)
    amounts(p, 'Requests', c.resources?.requests)
    for (const [name, probe] of [
      ['Liveness', c.livenessProbe],
      ['Readiness', c.readinessProbe],
      ['Startup', c.startupProbe],
    ] as const)
      if (probe) p.line(2, `${name}:\t${probeText(probe)}`)
    environment(p, c, envOf)
    mounts(p, c.volumeMounts)
  }
}

function ports(p: Paper, title: string, list: string[]): void {
  p.line(2, `${title}${list.length > 1 ? 's' : ''}:\t${list.length === 0 ? '<none>' : list.join(', ')}`)
}

function words(p: Paper, title: string, list: string[] | undefined): void {
  if (!list || list.length === 0) return
  p.line(2, `${title}:`)
  for (const word of list) for (const line of word.split('\n')) p.line(3, line)
}

function state(p: Paper, status: any): void {
  oneState(p, 'State', status.state ?? {})
  if (status.lastState?.terminated) oneState(p, 'Last State', status.lastState)
  p.line(2, `Ready:\t${status.ready ? 'True' : 'False'}`)
  p.line(2, `Restart Count:\t${status.restartCount}`)
}

function oneState(p: Paper, title: string, s: any): void {
  if (s.running) {
    p.line(2, `${title}:\tRunning`)
    p.line(3, `Started:\t${rfc1123(s.running.startedAt)}`)
  } else if (s.terminated) {
    const t = s.terminated
    p.line(2, `${title}:\tTerminated`)
    if (t.reason) p.line(3, `Reason:\t${t.reason}`)
    if (t.message) p.line(3, `Message:\t${t.message}`)
    p.line(3, `Exit Code:\t${t.exitCode}`)
    if (t.signal > 0) p.line(3, `Signal:\t${t.signal}`)
    p.line(3, `Started:\t${rfc1123(t.startedAt)}`)
    p.line(3, `Finished:\t${rfc1123(t.finishedAt)}`)
  } else {
    p.line(2, `${title}:\tWaiting`)
    if (s.waiting?.reason) p.line(3, `Reason:\t${s.waiting.reason}`)
  }
}

function amounts(p: Paper, title: string, list: Record<string, string> | undefined): void {
  const keys = sortedKeys(list)
  if (keys.length === 0) return
  p.line(2, `${title}:`)
  for (const key of keys) p.line(3, `${key}:\t${list![key]}`)
}

export function probeText(probe: any): string {
  const attributes = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds}s period=${probe.periodSeconds}s #success=${probe.successThreshold} #failure=${probe.failureThreshold}`
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${attributes}`
  if (probe.httpGet) {
    const { scheme = 'HTTP', host = '', port, path = '' } = probe.httpGet
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') || path === '' ? path : `/${path}`} ${attributes}`
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${attributes}`
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${attributes}`
  return `unknown ${attributes}`
}

function environment(p: Paper, c: any, envOf: (field: string) => string): void {
  if (c.envFrom?.length > 0) {
    p.line(2, 'Environment Variables from:')
    for (const e of c.envFrom) {
      const [kind, ref] = e.configMapRef ? ['ConfigMap', e.configMapRef] : ['Secret', e.secretRef]
      p.line(3, `${ref.name}\t${kind}${e.prefix ? ` with prefix '${e.prefix}'` : ''}\tOptional: ${ref.optional === true}`)
    }
  }
  if (!c.env || c.env.length === 0) {
    p.line(2, 'Environment:\t<none>')
    return
  }
  p.line(2, 'Environment:')
  for (const e of c.env) {
    const from = e.valueFrom
    if (!from) {
      String(e.value ?? '')
        .split('\n')
        .forEach((line, i) => {
          p.line(3, i === 0 ? `${e.name}:\t${line}` : `\t${line}`)
        })
    } else if (from.fieldRef) p.line(3, `${e.name}:\t${envOf(from.fieldRef.fieldPath)} (${from.fieldRef.apiVersion}:${from.fieldRef.fieldPath})`)
    else if (from.resourceFieldRef) p.line(3, `${e.name}:\t${amountOf(c, from.resourceFieldRef.resource)} (${from.resourceFieldRef.resource})`)
    else if (from.secretKeyRef)
      p.line(
        3,
        `${e.name}:\t<set to the key '${from.secretKeyRef.key}' in secret '${from.secretKeyRef.name}'>\tOptional: ${from.secretKeyRef.optional === true}`,
      )
    else if (from.configMapKeyRef)
      p.line(
        3,
        `${e.name}:\t<set to the key '${from.configMapKeyRef.key}' of config map '${from.configMapKeyRef.name}'>\tOptional: ${from.configMapKeyRef.optional === true}`,
      )
  }
}

/** `limits.cpu` of a container. */
const amountOf = (c: any, resource: string): string => {
  const [side, ...name] = resource.split('.')
  return c.resources?.[side!]?.[name.join('.')] ?? '0'
}

function valueOfField(pod: any, path: string): string {
  const quoted = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (quoted) return pod.metadata[quoted[1]!]?.[quoted[2]!] ?? ''
  const value = path.split('.').reduce((at, part) => at?.[part], pod)
  return value === undefined ? '' : String(value)
}

function mounts(p: Paper, list: any[] | undefined): void {
  if (!list || list.length === 0) {
    p.line(2, 'Mounts:\t<none>')
    return
  }
  p.line(2, 'Mounts:')
  for (const m of [...list].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1)))
    p.line(3, `${m.mountPath} from ${m.name} (${m.readOnly ? 'ro' : 'rw'}${m.subPath ? `,path=${JSON.stringify(m.subPath)}` : ''})`)
}

export function tolerations(p: Paper, title: string, list: any[] | undefined): void {
  if (!list || list.length === 0) {
    p.field(title, '<none>')
    return
  }
  list.forEach((t, i) => {
    let text = `${t.key ?? ''}${t.value ? `=${t.value}` : ''}${t.effect ? `:${t.effect}` : ''}`
    if (t.operator === 'Exists' && !t.value) text += t.key || t.effect ? ' op=Exists' : 'op=Exists'
    if (t.tolerationSeconds !== undefined) text += ` for ${t.tolerationSeconds}s`
    p.line(0, `${i === 0 ? `${title}:` : ''}\t${text}`)
  })
}

function spread(p: Paper, list: any[] | undefined, space: string): void {
  if (!list || list.length === 0) return
  const sorted = [...list].sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1))
  sorted.forEach((c, i) => {
    const selector = c.labelSelector
      ? ` for selector ${sortedKeys(c.labelSelector.matchLabels)
          .map(k => `${k}=${c.labelSelector.matchLabels[k]}`)
          .join(',')}`
      : ''
    p.line(
      0,
      `${i === 0 ? `${space}Topology Spread Constraints:` : space}\t${c.topologyKey}:${c.whenUnsatisfiable} when max skew ${c.maxSkew} is exceeded${selector}`,
    )
  })
}
