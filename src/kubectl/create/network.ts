// network.ts: Services and Ingresses from a command line; expose and autoscale.
// Models k8s.io/kubectl/pkg/cmd/{create/create_service.go,create/create_ingress.go,expose/expose.go,autoscale/autoscale.go}
// Differs: nothing known

import { dns1123Subdomain } from '../../api/name.ts'
import { canonicalQuantity } from '../../api/quantity.ts'
import { resourceByKind } from '../../api/resources.ts'
import { inTurn, visit } from '../builder.ts'
import { fail, NOTHING_MEANT } from '../fail.ts'
import { changed, int, list, text } from '../flags.ts'
import { createObject, goResource, type Kit } from '../kit.ts'
import { rememberedIfAsked } from '../lastapplied.ts'
import { dryRunOf, report } from '../output.ts'
import { labelsOf, overridden } from '../run.ts'
import type { Steps } from '../want.ts'
import { made, nameOfNew } from './create.ts'

/** `80:8080` or `80`. */
function portsOf(kit: Kit): any[] {
  const nodePort = changed(kit.flags, 'node-port') ? int(kit.flags, 'node-port') : 0
  return list(kit.flags, 'tcp').map(pair => {
    const [port = '', target = ''] = pair.split(':')
    for (const text of target !== '' && /^\d+$/.test(target) ? [port, target] : [port]) {
      if (!/^\d+$/.test(text)) fail(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
      if (Number(text) > 65_535) fail(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`)
    }
    const targetPort = target === '' ? Number(port) : /^\d+$/.test(target) ? Number(target) : target
    return { name: pair.replace(':', '-'), ...(nodePort > 0 ? { nodePort } : {}), port: Number(port), protocol: 'TCP', targetPort }
  })
}

const serviceOf = (type: string): ((kit: Kit) => Steps<void>) =>
  function* (kit) {
    const name = nameOfNew(kit)
    const ports = portsOf(kit)
    const headless = type === 'ClusterIP' && text(kit.flags, 'clusterip') === 'None'
    if (ports.length === 0 && !headless && type !== 'ExternalName') fail('at least one tcp port specifier must be provided')
    const spec: any = { ...(ports.length > 0 ? { ports } : {}), selector: { app: name }, type }
    if (type === 'ClusterIP' && text(kit.flags, 'clusterip') !== '') spec.clusterIP = text(kit.flags, 'clusterip')
    if (type === 'ExternalName') {
      const host = text(kit.flags, 'external-name')
      if (dns1123Subdomain(host).length > 0) fail(`invalid service external name ${host}`)
      spec.externalName = host
    }
    yield* made(kit, { apiVersion: 'v1', kind: 'Service', metadata: { name, labels: { app: name } }, spec, status: { loadBalancer: {} } }, `${type} service`)
  }

export const clusterip = serviceOf('ClusterIP')
export const nodeport = serviceOf('NodePort')
export const loadbalancer = serviceOf('LoadBalancer')
export const externalname = serviceOf('ExternalName')

export function* ingress(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const rules = list(kit.flags, 'rule')
  const fallback = text(kit.flags, 'default-backend')
  if (rules.length === 0 && fallback === '')
    fail(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    )
  const annotated = list(kit.flags, 'annotation')
  const odd = annotated.find(a => !a.includes('='))
  if (odd !== undefined) fail(`annotation ${odd} is invalid and should be in format key=[value]`)
  if (fallback !== '' && fallback.split(':').length !== 2) fail('default-backend should be in format servicename:serviceport')
  const backend = (text: string) => {
    const [service = '', port = ''] = text.split(':')
    return { service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } }
  }
  const byHost = new Map<string, any[]>()
  const secured = new Map<string, string>()
  for (const rule of rules) {
    const m = /^([^/]*)(\/[^=]*?)(\*)?=([^,:]+:[^,:]+)(?:,tls(?:=(.*))?)?$/.exec(rule)
    if (!m) return fail(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
    const [, host = '', path = '', star, to = '', secret] = m
    byHost.set(host, [...(byHost.get(host) ?? []), { backend: backend(to), path, pathType: star ? 'Prefix' : 'Exact' }])
    if (rule.includes(',tls')) secured.set(host, secret ?? '')
  }
  const spec: any = {}
  if (text(kit.flags, 'class') !== '') spec.ingressClassName = text(kit.flags, 'class')
  if (fallback !== '') spec.defaultBackend = backend(fallback)
  if (byHost.size > 0) spec.rules = [...byHost].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }))
  // Hosts with the same Secret stand together.
  const tls = [...new Set(secured.values())].map(secretName => ({
    hosts: [...secured].filter(([h, s]) => h !== '' && s === secretName).map(([h]) => h),
    secretName,
  }))
  const told = tls.map(({ hosts, secretName }) => ({ ...(hosts.length > 0 ? { hosts } : {}), ...(secretName === '' ? {} : { secretName }) }))
  const full = told.filter(t => Object.keys(t).length > 0)
  if (full.length > 0) spec.tls = full
  const annotations = Object.fromEntries(annotated.map(a => [a.slice(0, a.indexOf('=')), a.slice(a.indexOf('=') + 1)]))
  yield* made(
    kit,
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      spec,
      status: { loadBalancer: {} },
    },
    'ingress',
  )
}

export function* expose(kit: Kit): Steps<void> {
  const { flags } = kit
  if (flags.args.length === 0 && list(flags, 'filename').length === 0) fail(NOTHING_MEANT)
  const visited = yield* visit(kit, { all: false, selected: false })
  const { mode, suffix, query } = dryRunOf(kit)
  yield* inTurn(visited, function* (info) {
    const object: any = info.object
    const { spec } = object
    const selector = changed(flags, 'selector') ? labelsOf(text(flags, 'selector')) : selectorOf(info.type.kind, object)
    const ports = servicePorts(kit, info.type.kind, spec)
    const name = (text(flags, 'name') || info.name).slice(0, 63)
    const labels = changed(flags, 'labels') ? labelsOf(text(flags, 'labels')) : object.metadata.labels
    const made: any = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, ...(labels ? { labels } : {}), ...(kit.explicitNamespace ? { namespace: kit.namespace } : {}) },
      spec: { ports, selector },
      status: { loadBalancer: {} },
    }
    for (const [flag, field] of [
      ['type', 'type'],
      ['cluster-ip', 'clusterIP'],
      ['session-affinity', 'sessionAffinity'],
      ['load-balancer-ip', 'loadBalancerIP'],
    ] as const)
      if (text(flags, flag) !== '') made.spec[field] = text(flags, flag)
    if (text(flags, 'external-ip') !== '') made.spec.externalIPs = [text(flags, 'external-ip')]
    const service = overridden(kit, made)
    const sent = { ...query, fieldManager: text(flags, 'field-manager') || 'kubectl-expose' }
    yield* report(
      kit,
      mode === 'client' ? service : yield* createObject(kit, resourceByKind('v1', 'Service')!, kit.namespace, rememberedIfAsked(kit, service, true), sent),
      'exposed',
      suffix,
      true,
    )
  })
}

function selectorOf(kind: string, object: any): Record<string, string> {
  if (kind === 'Pod') {
    if (Object.keys(object.metadata.labels ?? {}).length === 0)
      return fail("couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed")
    return object.metadata.labels
  }
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (!object.spec.selector) return fail(`couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set`)
    return object.spec.selector
  }
  if (!['Deployment', 'ReplicaSet'].includes(kind)) return fail(`cannot expose a ${kind}`)
  if (object.spec.selector?.matchExpressions?.length > 0)
    return fail(
      `couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "${JSON.stringify(object.spec.selector.matchExpressions)}" to map-based selector format`,
    )
  return object.spec.selector?.matchLabels ?? {}
}

function servicePorts(kit: Kit, kind: string, spec: any): any[] {
  const { flags } = kit
  const target = text(flags, 'target-port')
  const targetOf = (port: number) => (target === '' ? port : /^\d+$/.test(target) ? Number(target) : target)
  const protocol = text(flags, 'protocol')
  const given = text(flags, 'port')
  const found: { port: number; protocol: string }[] =
    kind === 'Service'
      ? (spec.ports ?? []).map((p: any) => ({ port: p.port, protocol: p.protocol }))
      : ((kind === 'Pod' ? spec : spec.template?.spec)?.containers.flatMap((c: any) =>
          (c.ports ?? []).map((p: any) => ({ port: p.containerPort, protocol: p.protocol ?? 'TCP' })),
        ) ?? [])
  const wanted =
    given === '' ? found : given.split(',').map(p => ({ port: Number(p), protocol: protocol || found.find(f => f.port === Number(p))?.protocol || 'TCP' }))
  if (wanted.length === 0) fail("couldn't find port via --port flag or introspection")
  return wanted.map((p, i) => ({
    ...(wanted.length > 1 ? { name: `port-${i + 1}` } : {}),
    port: p.port,
    protocol: protocol || p.protocol,
    targetPort: targetOf(p.port),
  }))
}

export function* autoscale(kit: Kit): Steps<void> {
  const { flags } = kit
  const max = int(flags, 'max')
  const min = int(flags, 'min')
  if (max < 1) fail(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
  if (text(flags, 'cpu') !== '' && changed(flags, 'cpu-percent')) fail('--cpu-percent and --cpu are mutually exclusive')
  if (min > 0 && max < min) fail(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
  const metrics: any[] = []
  const metric = (name: string, value: string) => {
    const percent = /^(\d+)%$/.exec(value)
    if (percent) metrics.push({ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: Number(percent[1]) } } })
    else if (canonicalQuantity(value) !== undefined)
      metrics.push({ type: 'Resource', resource: { name, target: { type: 'AverageValue', averageValue: value } } })
    else fail(`invalid resource ${name} value: ${value}`)
  }
  if (text(flags, 'cpu') !== '') metric('cpu', text(flags, 'cpu'))
  else if (changed(flags, 'cpu-percent') && int(flags, 'cpu-percent') > 0) metric('cpu', `${int(flags, 'cpu-percent')}%`)
  if (text(flags, 'memory') !== '') metric('memory', text(flags, 'memory'))
  const visited = yield* visit(kit, { all: false })
  const { mode, suffix, query } = dryRunOf(kit)
  yield* inTurn(visited, function* (info) {
    if (!info.type.subresources.some(s => s.name === 'scale'))
      fail(`cannot autoscale a ${info.type.kind}: could not find scale subresource for ${goResource(info.type)} in discovery information`)
    const name = text(flags, 'name') || info.name
    const scaleTargetRef = { apiVersion: info.object!.apiVersion, kind: info.object!.kind, name: info.name }
    const hpa = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name },
      spec: { maxReplicas: max, ...(min > 0 ? { minReplicas: min } : {}), ...(metrics.length > 0 ? { metrics } : {}), scaleTargetRef },
      status: { currentMetrics: null, desiredReplicas: 0 },
    }
    const sent = { ...query, fieldManager: text(flags, 'field-manager') || 'kubectl-autoscale' }
    yield* report(kit, mode === 'client' ? hpa : yield* createScaler(kit, rememberedIfAsked(kit, hpa, true), sent), 'autoscaled', suffix, true)
  })
}

/** Where autoscaling/v2 fails v1 is tried, which can tell nothing but a share of CPU: what it says is shown. */
function* createScaler(kit: Kit, hpa: any, query: Record<string, string>): Steps<any> {
  try {
    return yield* createObject(kit, resourceByKind('autoscaling/v2', 'HorizontalPodAutoscaler')!, kit.namespace, hpa, query)
  } catch (error) {
    if (text(kit.flags, 'cpu') === '' && !changed(kit.flags, 'cpu-percent'))
      fail('failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input')
    throw error
  }
}
