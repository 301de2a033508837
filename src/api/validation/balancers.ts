// balancers.ts: validation of the statuses that load balancers write, of Services and Ingresses.
// Models k8s.io/kubernetes/pkg/apis/{core,networking}/validation/validation.go (ValidateLoadBalancerStatus, ValidateIngressLoadBalancerStatus)
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, notSupported, required } from '../field.ts'
import { dns1123Subdomain } from '../name.ts'
import { ipAddress, isIP } from './ip.ts'
import { each, validateObjectMetaUpdate } from './metadata.ts'

const IP_MODES = ['Proxy', 'VIP']
const PATH = 'status.loadBalancer.ingress'

const ingressesOf = (object: any): any[] => object.status?.loadBalancer?.ingress ?? []
const addressesOf = (object: any): string[] => ingressesOf(object).flatMap(({ ip }) => (ip ? [ip] : []))

export function validateServiceStatusUpdate(object: any, old: any): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata)
  const ingresses = ingressesOf(object)
  if (object.spec?.type !== 'LoadBalancer' && ingresses.length > 0)
    return [...errors, forbiddenField(PATH, "may only be used when `spec.type` is 'LoadBalancer'")]
  const known = addressesOf(old)
  for (const [i, { ip, ipMode, hostname }] of ingresses.entries()) {
    const at = `${PATH}[${i}]`
    if (ip) errors.push(...ipAddress(ip, `${at}.ip`, known))
    if (ipMode === undefined) {
      if (ip) errors.push(required(`${at}.ipMode`, 'must be specified when `ip` is set'))
    } else if (!ip) errors.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set'))
    else if (!IP_MODES.includes(ipMode)) errors.push(notSupported(`${at}.ipMode`, ipMode, IP_MODES))
    errors.push(...hostErrors(hostname, `${at}.hostname`))
  }
  return errors
}

export function validateIngressStatusUpdate(object: any, old: any): FieldError[] {
  const known = addressesOf(old)
  const wrong = ingressesOf(object).flatMap(({ ip, hostname }, i) => [
    ...(ip ? ipAddress(ip, `${PATH}[${i}].ip`, known) : []),
    ...hostErrors(hostname, `${PATH}[${i}].hostname`),
  ])
  return [...validateObjectMetaUpdate(object.metadata, old.metadata), ...wrong]
}

function hostErrors(hostname: string | undefined, path: string): FieldError[] {
  if (!hostname) return []
  const address = isIP(hostname) ? [invalidValue(path, hostname, 'must be a DNS name, not an IP address')] : []
  return [...each(path, hostname, dns1123Subdomain(hostname)), ...address]
}
