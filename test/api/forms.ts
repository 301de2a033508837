// forms.ts: objects as a server reads them, and what it finds wrong with them.
import { decode } from '../../src/api/decode.ts'
import { applyDefaults } from '../../src/api/defaults/defaults.ts'
import { errorText } from '../../src/api/field.ts'
import { resourceByKind } from '../../src/api/resources.ts'
import { structIdOf } from '../../src/api/schema.ts'
import { prepareForCreate, prepareForUpdate } from '../../src/api/strategy.ts'
import { validate, validateUpdate } from '../../src/api/validation/validation.ts'

/** An object called `x`, unless its metadata says otherwise. */
export const of = (apiVersion: string, kind: string, rest: any, metadata: any = {}) => ({ apiVersion, kind, metadata: { name: 'x', ...metadata }, ...rest })

/** As decoded and defaulted. */
export function read(given: any): any {
  const type = resourceByKind(given.apiVersion, given.kind)!
  const metadata = { uid: 'u', resourceVersion: '1', ...(type.namespaced ? { namespace: 'default' } : {}), ...given.metadata }
  const decoded = decode<any>(structIdOf(type)!, { ...given, metadata })
  if ('error' in decoded) throw new Error(decoded.error)
  return applyDefaults(decoded.value)
}

/** All texts, one for each cause. */
export const errorsOf = (given: any): string[] => validate(prepareForCreate(read(given))).map(errorText)

/** The same of a change to what was made of the given. */
export function changeErrors(given: any, change: (object: any) => any, subresource = ''): string[] {
  const old = prepareForCreate(read(given))
  const next = prepareForUpdate(read(change(JSON.parse(JSON.stringify(old)))), old, subresource)
  return validateUpdate(next, old, subresource).map(errorText)
}
