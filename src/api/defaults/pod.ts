// pod.ts: what the server fills into Pods and pod templates.
// Models k8s.io/kubernetes/pkg/apis/core/v1/{defaults,zz_generated.defaults}.go
// Differs: nothing known

import { fill, mapField, mapItems, withFields } from '../edit.ts'
import { defaultPullPolicy } from '../image.ts'
import { formatQuantity, parseQuantity } from '../quantity.ts'

type Fields = Record<string, any>

export function defaultPod(pod: Fields): Fields {
  const out = mapField(pod, 'spec', spec => {
    let next = defaultPodSpec(spec)
    if (next['terminationGracePeriodSeconds'] < 0) next = withFields(next, { terminationGracePeriodSeconds: 1 })
    for (const key of ['containers', 'initContainers']) {
      next = mapItems(next, key, container => mapField(container, 'resources', requestsFromLimits))
      if (next['hostNetwork'] === true)
        next = mapItems(next, key, c => mapItems(c, 'ports', p => (p.hostPort ? p : withFields(p, { hostPort: p.containerPort }))))
    }
    return fill(next, { enableServiceLinks: true })
  })
  return mapField(out, 'status', defaultPodStatus)
}

export function defaultPodSpec(spec: Fields): Fields {
  let out = spec
  const account = out['serviceAccountName'] || out['serviceAccount']
  if (account) out = withFields(out, { serviceAccountName: account, serviceAccount: account })
  out = fill(out, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  })
  out = mapItems(out, 'volumes', defaultVolume)
  for (const key of ['initContainers', 'containers', 'ephemeralContainers']) out = mapItems(out, key, defaultContainer)
  out = mapField(out, 'overhead', roundResources)
  return mapField(out, 'resources', defaultResources)
}

export function defaultTemplate(template: Fields): Fields {
  return mapField(template, 'spec', defaultPodSpec)
}

/** Quantities rounded up to thousandths. */
export function roundResources(list: Fields): Fields {
  let out = list
  for (const key in list) {
    const q = parseQuantity(list[key])
    if ('error' in q || q.nano % 1_000_000n === 0n) continue
    const nano = (q.nano / 1_000_000n + (q.nano > 0n ? 1n : 0n)) * 1_000_000n
    if (out === list) out = { ...list }
    out[key] = formatQuantity({ nano, format: q.format })
  }
  return out
}

export function defaultResources(resources: Fields): Fields {
  return mapField(mapField(resources, 'limits', roundResources), 'requests', roundResources)
}

export function defaultClaimSpec(spec: Fields): Fields {
  return mapField(fill(spec, { volumeMode: 'Filesystem' }), 'resources', defaultResources)
}

function defaultContainer(container: Fields): Fields {
  let out = fill(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: container['imagePullPolicy'] ?? defaultPullPolicy(container['image']),
  })
  out = mapItems(out, 'ports', port => fill(port, { protocol: 'TCP' }))
  out = mapItems(out, 'env', variable => mapField(variable, 'valueFrom', defaultEnvSource))
  out = mapField(out, 'resources', defaultResources)
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe']) out = mapField(out, key, defaultProbe)
  return mapField(out, 'lifecycle', lifecycle => mapField(mapField(lifecycle, 'postStart', defaultHandler), 'preStop', defaultHandler))
}

function defaultEnvSource(source: Fields): Fields {
  const out = mapField(source, 'fieldRef', ref => fill(ref, { apiVersion: 'v1' }))
  return mapField(out, 'fileKeyRef', ref => fill(ref, { optional: false }))
}

function defaultProbe(probe: Fields): Fields {
  return fill(defaultHandler(probe), { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
}

function defaultHandler(handler: Fields): Fields {
  const out = mapField(handler, 'httpGet', action => {
    const filled = fill(action, { path: '/', scheme: 'HTTP' })
    return filled['path'] === '' ? withFields(filled, { path: '/' }) : filled
  })
  return mapField(out, 'grpc', action => fill(action, { service: '' }))
}

function requestsFromLimits(resources: Fields): Fields {
  const limits = resources['limits']
  if (limits === undefined) return resources
  const requests = fill(resources['requests'] ?? {}, limits)
  return requests === resources['requests'] || Object.keys(requests).length === 0 ? resources : withFields(resources, { requests })
}

function defaultVolume(volume: Fields): Fields {
  const source = Object.keys(volume).find(key => key !== 'name' && volume[key] !== null)
  if (source === undefined) return withFields(volume, { emptyDir: {} })
  return mapField(volume, source, value => defaultVolumeSource(source, value))
}

const MODE = { defaultMode: 420 }
const SOURCES: Record<string, Fields> = {
  secret: MODE,
  configMap: MODE,
  downwardAPI: MODE,
  projected: MODE,
  hostPath: { type: '' },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
}

export function defaultVolumeSource(kind: string, source: Fields): Fields {
  const out = SOURCES[kind] === undefined ? source : fill(source, SOURCES[kind])
  switch (kind) {
    case 'downwardAPI':
      return mapItems(out, 'items', defaultDownward)
    case 'projected':
      return mapItems(out, 'sources', projection => {
        const tokens = mapField(projection, 'serviceAccountToken', token => fill(token, { expirationSeconds: 3600 }))
        return mapField(tokens, 'downwardAPI', downward => mapItems(downward, 'items', defaultDownward))
      })
    case 'image':
      return fill(out, { pullPolicy: out['pullPolicy'] ?? defaultPullPolicy(out['reference']) })
    case 'ephemeral':
      return mapField(out, 'volumeClaimTemplate', template => mapField(template, 'spec', defaultClaimSpec))
    default:
      return out
  }
}

function defaultDownward(item: Fields): Fields {
  return mapField(item, 'fieldRef', ref => fill(ref, { apiVersion: 'v1' }))
}

function defaultPodStatus(status: Fields): Fields {
  const { podIP, podIPs } = status
  if (podIP && (podIPs === undefined || podIPs[0]?.ip !== podIP)) return withFields(status, { podIPs: [{ ip: podIP }] })
  return !podIP && podIPs?.length > 0 ? withFields(status, { podIP: podIPs[0].ip }) : status
}
