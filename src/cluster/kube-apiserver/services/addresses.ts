// addresses.ts: an IPAddress object for each address of a Service: made before the Service is stored, gone after it.
// Models k8s.io/kubernetes/pkg/registry/core/service/ipallocator/ipallocator.go
// Differs: the object is written straight to etcd, past the server's own door

import { invalidValue } from '../../../api/field.ts'
import type { KubeObject } from '../../../api/object.ts'
import { resourceByPlural } from '../../../api/resources.ts'
import { invalid, isStatus, type Status } from '../../../api/status.ts'
import { prepareForCreate } from '../../../api/strategy.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { share } from '../../../kernel/share.ts'
import { txn } from '../etcdclient.ts'
import { withNewMetadata } from '../metadata.ts'
import { noteRequest } from '../notes.ts'
import { type Call, SELF, type ServerIo } from '../state.ts'
import { etcdKey, storedOf } from '../storage.ts'

const TYPE = resourceByPlural('networking.k8s.io', 'ipaddresses')!

/** Addresses that the Service has and `old` had not are claimed; the refusal if somebody was faster. */
export function* claimAddresses(io: ServerIo, call: Call, service: KubeObject, old: KubeObject | undefined): Steps<Status | undefined> {
  const had = addressesOf(old)
  for (const ip of addressesOf(service)) {
    if (had.includes(ip)) continue
    const address = io.state((_, t) => share(prepareForCreate(withNewMetadata(addressObject(ip, service), undefined, t))))
    const key = etcdKey(TYPE, undefined, ip)
    const result = yield* txn(io, { compare: [{ key, target: 'mod', value: 0 }], success: [{ put: key, value: share(storedOf(address)) }], quiet: true })
    if (isStatus(result)) return result
    if (!result.succeeded)
      return invalid({ group: '', kind: 'Service' }, service.metadata.name, [
        invalidValue('spec.clusterIPs', [ip], `failed to allocate IP ${ip}: provided IP is already allocated`),
      ])
    tell(io, call, 'create', ip, 201, address)
  }
  return undefined
}

/** Addresses that the Service no longer has are given back. */
export function* releaseAddresses(io: ServerIo, call: Call, had: KubeObject, has: KubeObject | undefined): Steps<void> {
  const kept = addressesOf(has)
  for (const ip of addressesOf(had)) {
    if (kept.includes(ip)) continue
    const key = etcdKey(TYPE, undefined, ip)
    const result = yield* txn(io, { compare: [], success: [{ delete: key }], quiet: true })
    if (!isStatus(result)) tell(io, call, 'delete', ip, 200, {})
  }
}

const addressesOf = (service: KubeObject | undefined): string[] => {
  const spec = service?.['spec']
  return spec === undefined || spec.type === 'ExternalName' ? [] : (spec.clusterIPs ?? []).filter((ip: string) => ip !== 'None' && ip !== '')
}

const addressObject = (ip: string, { metadata }: KubeObject): KubeObject =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: ip, labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
    spec: { parentRef: { group: '', resource: 'services', namespace: metadata.namespace, name: metadata.name } },
  }) as unknown as KubeObject

function tell(io: ServerIo, call: Call, verb: string, name: string, code: number, body: unknown): void {
  const info = { ...call.info, verb, group: TYPE.group, version: TYPE.version, resource: TYPE.plural, subresource: '', namespace: '', name, type: TYPE }
  io.state((_, t) => noteRequest(t, { id: call.id, notes: 'request', info, user: SELF, request: { ...call.request, body } }, { status: code, body: undefined }))
}
