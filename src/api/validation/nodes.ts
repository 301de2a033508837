// nodes.ts: validation of Nodes.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: annotations, config sources, swap and declared features are taken as they come

import type { FieldError } from '../field.ts'
import { duplicate, forbiddenField, internalFieldError, invalidValue, required } from '../field.ts'
import { labelValue } from '../name.ts'
import { goInternal } from './diff.ts'
import { cidr, parseCidr } from './ip.ts'
import { subdomainName, validateLabelName, validateObjectMeta } from './metadata.ts'
import { validateAmount } from './resources.ts'
import { validateEffect } from './scheduling.ts'

export const validateNode = (node: any): FieldError[] => [
  ...validateObjectMeta(node.metadata, false, subdomainName),
  ...taintErrors(node.spec?.taints),
  ...resourceErrors(node.status),
  ...rangeErrors(node.spec?.podCIDRs),
]

/** Taints and resources are judged in both, and what is wrong with them is told twice, as upstream does. */
export const validateNodeUpdate = (node: any, old: any): FieldError[] => [...validateNode(node), ...validateNodeStatusUpdate(node, old)]

export function validateNodeStatusUpdate(node: any, old: any): FieldError[] {
  const errors = resourceErrors(node.status)
  const seen = new Set<string>()
  for (const [i, address] of (node.status?.addresses ?? []).entries()) {
    const key = `${address.type} ${address.address}`
    if (seen.has(key)) errors.push(duplicate(`status.addresses[${i}]`, goInternal('core/v1.NodeAddress', address)))
    seen.add(key)
  }
  const [now, was] = [node.spec ?? {}, old.spec ?? {}]
  const [ranges, before]: string[][] = [now.podCIDRs ?? [], was.podCIDRs ?? []] as string[][]
  const changed = ranges!.length === before!.length ? before!.some((range, i) => range !== ranges![i]) : before!.length > 0
  if (changed) errors.push(forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  if (was.providerID && now.providerID !== was.providerID) {
    errors.push(invalidValue('spec.providerID', null, `field cannot be ${now.providerID ? 'modified' : 'cleared'} once set`))
  }
  errors.push(...taintErrors(now.taints))
  if ((now.externalID ?? '') !== (was.externalID ?? '')) errors.push(forbiddenField('spec.externalID', 'may not be updated'))
  return errors
}

/** One range, or one of each family. */
function rangeErrors(ranges: string[] = []): FieldError[] {
  const path = 'spec.podCIDRs'
  const errors = ranges.flatMap((range, i) => cidr(range, `${path}[${i}]`))
  if (ranges.length < 2) return errors
  const unread = ranges.find(range => parseCidr(range) === undefined)
  if (unread !== undefined) {
    const why = `invalid CIDR[${ranges.indexOf(unread)}]: <nil> (invalid CIDR address: ${unread})`
    errors.push(internalFieldError(path, `invalid PodCIDRs. failed to check with dual stack with error:${why}`))
  }
  const families = new Set(ranges.map(range => range.includes(':')))
  if (unread !== undefined || families.size < 2 || ranges.length > 2)
    errors.push(invalidValue(path, ranges, 'may specify no more than one CIDR for each IP family'))
  return errors
}

function resourceErrors(status: any): FieldError[] {
  return ['capacity', 'allocatable'].flatMap(key => {
    const list: Record<string, string> = status?.[key] ?? {}
    return Object.keys(list)
      .sort()
      .flatMap(name => validateAmount(name, list[name]!, `status.${key}.${name}`))
  })
}

function taintErrors(taints: any[] = []): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, taint] of taints.entries()) {
    const { key = '', value = '', effect = '' } = taint
    const at = `metadata.taints[${i}]`
    errors.push(...validateLabelName(key, `${at}.key`))
    const complaints = labelValue(value)
    if (complaints.length > 0) errors.push(invalidValue(`${at}.value`, value, complaints.join(';')))
    errors.push(...(effect === '' ? [required(`${at}.effect`)] : validateEffect(effect, `${at}.effect`)))
    const pair = `${key}:${effect}`
    if (seen.has(pair)) errors.push({ ...duplicate(at, goInternal('core/v1.Taint', taint)), detail: 'taints must be unique by key and effect pair' })
    seen.add(pair)
  }
  return errors
}
