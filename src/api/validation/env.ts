// env.ts: validation of environment variables and what they are taken from.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: nothing known

import type { FieldError } from '../field.ts'
import { invalidValue, notSupported, required } from '../field.ts'
import { configMapKey, dns1123Label, envVarName, qualifiedName } from '../name.ts'
import { canonicalQuantity, isZeroQuantity } from '../quantity.ts'
import { each, subdomainName } from './metadata.ts'

const ENV_FIELDS = [
  ...['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName'],
  ...['status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'],
]
const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
const KNOWN_FIELDS = [...VOLUME_FIELDS, ...ENV_FIELDS, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase', 'spec.host']
const RESOURCES = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory']
const BYTE_UNITS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

export function validateEnv(list: any[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, variable] of (list ?? []).entries()) {
    if (!variable.name) errors.push(required(`${path}[${i}].name`))
    else errors.push(...each(`${path}[${i}].name`, variable.name, envVarName(variable.name)))
    errors.push(...validateSource(variable, `${path}[${i}].valueFrom`))
  }
  return errors
}

export function validateEnvFrom(list: any[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, { prefix, configMapRef, secretRef }] of (list ?? []).entries()) {
    const at = `${path}[${i}]`
    if (prefix) errors.push(...each(`${at}.prefix`, prefix, envVarName(prefix)))
    const sources = [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ].filter(([, ref]) => ref !== undefined)
    for (const [kind, ref] of sources) {
      if (!ref.name) errors.push(required(`${at}.${kind}.name`))
      else errors.push(...each(`${at}.${kind}.name`, ref.name, subdomainName(ref.name, true)))
    }
    if (sources.length === 0) errors.push(invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    else if (sources.length > 1) errors.push(invalidValue(path, '', 'may not have more than one field specified at a time'))
  }
  return errors
}

/** A field of the Pod, for a variable or a file. */
export function validateFieldRef(ref: any, path: string, volume: boolean): FieldError[] {
  if (!ref.apiVersion) return [required(`${path}.apiVersion`)]
  if (!ref.fieldPath) return [required(`${path}.fieldPath`)]
  const bad = (why: string) => [invalidValue(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: ${why}`)]
  if (ref.apiVersion !== 'v1') return bad(`unsupported pod version: ${ref.apiVersion}`)
  const subscripted = /^(.*)\['(.*)'\]$/.exec(ref.fieldPath)
  if (subscripted !== null) {
    const [, field = '', key = ''] = subscripted
    if (field === 'metadata.annotations') return each(path, key.toLowerCase(), qualifiedName(key.toLowerCase()))
    if (field === 'metadata.labels') return each(path, key, qualifiedName(key))
    return bad(`field label does not support subscript: ${ref.fieldPath}`)
  }
  if (!KNOWN_FIELDS.includes(ref.fieldPath)) return bad(`field label not supported: ${ref.fieldPath}`)
  const allowed = volume ? VOLUME_FIELDS : ENV_FIELDS
  const field = ref.fieldPath === 'spec.host' ? 'spec.nodeName' : ref.fieldPath
  return allowed.includes(field) ? [] : [notSupported(`${path}.fieldPath`, field, [...allowed].sort())]
}

/** A container's request or limit, for a variable or a file. */
export function validateResourceFieldRef(ref: any, path: string, volume: boolean): FieldError[] {
  const errors: FieldError[] = []
  const huge = /^(requests|limits)\.hugepages-/.test(ref.resource ?? '')
  if (volume && !ref.containerName) errors.push(required(`${path}.containerName`))
  else if (!ref.resource) errors.push(required(`${path}.resource`))
  else if (!RESOURCES.includes(ref.resource) && !huge) errors.push(notSupported(`${path}.resource`, ref.resource, RESOURCES))
  const divisor = ref.divisor
  if (divisor === undefined || isZeroQuantity(divisor)) return errors
  const unit = canonicalQuantity(divisor) ?? ''
  const part = (ref.resource ?? '').replace(/^(requests|limits)\./, '')
  const complain = (what: string, units: string[], list: string): void => {
    const why = `only divisor's values ${list} are supported with the ${what} resource`
    if (!units.includes(unit)) errors.push(invalidValue(`${path}.divisor`, ref.resource, why))
  }
  const bytes = BYTE_UNITS.join(', ')
  if (part === 'cpu') complain('cpu', ['1m', '1'], '1m and 1')
  else if (part === 'memory') complain('memory', BYTE_UNITS, bytes)
  else if (part === 'ephemeral-storage') complain('local ephemeral storage', BYTE_UNITS, bytes)
  else if (huge) complain('hugepages', BYTE_UNITS, bytes)
  return errors
}

function validateSource({ value, valueFrom }: any, path: string): FieldError[] {
  if (valueFrom === undefined) return []
  const errors: FieldError[] = []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  if (fieldRef !== undefined) errors.push(...validateFieldRef(fieldRef, `${path}.fieldRef`, false))
  if (resourceFieldRef !== undefined) errors.push(...validateResourceFieldRef(resourceFieldRef, `${path}.resourceFieldRef`, false))
  if (configMapKeyRef !== undefined) errors.push(...validateKeyRef(configMapKeyRef, `${path}.configMapKeyRef`))
  if (secretKeyRef !== undefined) errors.push(...validateKeyRef(secretKeyRef, `${path}.secretKeyRef`))
  if (fileKeyRef !== undefined) errors.push(...validateFileKeyRef(fileKeyRef, `${path}.fileKeyRef`))
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(ref => ref !== undefined).length
  if (count === 0) {
    errors.push(invalidValue(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'))
  } else if (value) errors.push(invalidValue(path, '', 'may not be specified when `value` is not empty'))
  else if (count > 1) errors.push(invalidValue(path, '', 'may not have more than one field specified at a time'))
  return errors
}

function validateKeyRef({ name = '', key }: any, path: string): FieldError[] {
  const errors = each(`${path}.name`, name, subdomainName(name, false))
  return [...errors, ...(key ? each(`${path}.key`, key, configMapKey(key)) : [required(`${path}.key`)])]
}

function validateFileKeyRef(ref: any, path: string): FieldError[] {
  const errors = ref.key ? each(`${path}.key`, ref.key, envVarName(ref.key)) : [required(`${path}.key`)]
  if (!ref.volumeName) errors.push(required(`${path}.volumeName`))
  else errors.push(...each(`${path}.volumeName`, ref.volumeName, dns1123Label(ref.volumeName)))
  return [...errors, ...(ref.path ? noBacksteps(ref.path, `${path}.path`) : [required(`${path}.path`)])]
}

export function noBacksteps(text: string, path: string): FieldError[] {
  return text.split('/').includes('..') ? [invalidValue(path, text, "must not contain '..'")] : []
}

/** A relative path that does not climb. */
export function descendingPath(text: string, path: string): FieldError[] {
  return [...(text.startsWith('/') ? [invalidValue(path, text, 'must be a relative path')] : []), ...noBacksteps(text, path)]
}
