// secrets.ts: validation of Secrets.
// Models k8s.io/kubernetes/pkg/apis/core/validation/validation.go
// Differs: keys are judged in their order, which Go leaves to chance

import { base64Size, decodeBase64 } from '../base64.ts'
import type { FieldError } from '../field.ts'
import { forbiddenField, invalidValue, required, tooLong } from '../field.ts'
import { goJsonError } from '../gojson.ts'
import { configMapKey } from '../name.ts'
import { sameJson } from '../patch.ts'
import { each, immutable, subdomainName, validateObjectMeta } from './metadata.ts'

const SIZE_MAX = 1_048_576
const FROZEN = 'field is immutable when `immutable` is set'
const ACCOUNT = 'kubernetes.io/service-account.name'

export function validateSecret(secret: any): FieldError[] {
  const errors = validateObjectMeta(secret.metadata, true, subdomainName)
  const data: Record<string, string> = secret.data ?? {}
  let size = 0
  for (const key of Object.keys(data)) {
    errors.push(...each(`data[${key}]`, key, configMapKey(key)))
    size += base64Size(data[key]!)
  }
  if (size > SIZE_MAX) errors.push(tooLong('data', SIZE_MAX))
  return [...errors, ...typeErrors(secret.type ?? '', data, secret.metadata.annotations)]
}

export function validateSecretUpdate(secret: any, old: any): FieldError[] {
  const errors = immutable(secret.type ?? '', old.type ?? '', 'type')
  if (old.immutable === true) {
    if (secret.immutable !== true) errors.push(forbiddenField('immutable', FROZEN))
    if (!sameJson(secret.data ?? {}, old.data ?? {})) errors.push(forbiddenField('data', FROZEN))
  }
  return [...errors, ...validateSecret(secret)]
}

/** What a type promises to hold must be there. */
function typeErrors(type: string, data: Record<string, string>, annotations: Record<string, string> | undefined): FieldError[] {
  const missing = (...keys: string[]) => keys.filter(key => data[key] === undefined).map(key => required(`data[${key}]`))
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return annotations?.[ACCOUNT] ? [] : [required(`metadata.annotations[${ACCOUNT}]`)]
    case 'kubernetes.io/dockercfg':
      return docker('.dockercfg', data)
    case 'kubernetes.io/dockerconfigjson':
      return docker('.dockerconfigjson', data)
    case 'kubernetes.io/basic-auth': {
      const keys = missing('username', 'password')
      return keys.length === 2 ? keys : []
    }
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')]
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key')
    default:
      return []
  }
}

function docker(key: string, data: Record<string, string>): FieldError[] {
  if (data[key] === undefined) return [required(`data[${key}]`)]
  const why = goJsonError(decodeBase64(data[key]))
  return why === undefined ? [] : [invalidValue(`data[${key}]`, '<secret contents redacted>', why)]
}
