// field.ts: errors of single fields, and how they are printed.
// Models k8s.io/apimachinery/pkg/util/validation/field/errors.go
// Differs: values of internal API types must be given in their Go spelling by the caller

export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'Forbidden'
  | 'Duplicate'
  | 'NotSupported'
  | 'NotFound'
  | 'TooLong'
  | 'TooMany'
  | 'TypeInvalid'
  | 'InternalError'

export interface FieldError {
  type: FieldErrorType
  /** `spec.containers[0].name` */
  field: string
  badValue?: unknown
  detail: string
  /** The value is not printed, though errors of this type have one. */
  omitted?: true
}

export const required = (field: string, detail = ''): FieldError => ({ type: 'Required', field, detail })
export const invalidValue = (field: string, badValue: unknown, detail: string): FieldError => ({ type: 'Invalid', field, badValue, detail })
/** `Invalid value: detail`, for values too large to be shown. */
export const invalidOmitted = (field: string, detail: string): FieldError => ({ type: 'Invalid', field, detail, omitted: true })
export const forbiddenField = (field: string, detail: string): FieldError => ({ type: 'Forbidden', field, detail })
export const duplicate = (field: string, badValue: unknown): FieldError => ({ type: 'Duplicate', field, badValue, detail: '' })
export const notFoundValue = (field: string, badValue: unknown): FieldError => ({ type: 'NotFound', field, badValue, detail: '' })
/** `may not be more than 253 bytes`; the value is not printed. */
export const tooLong = (field: string, max: number): FieldError => ({ type: 'TooLong', field, detail: `may not be more than ${max} bytes` })
export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  type: 'TooMany',
  field,
  badValue: actual,
  detail: `must have at most ${max} items`,
})
export const internalFieldError = (field: string, message: string): FieldError => ({ type: 'InternalError', field, detail: message })
export const notSupported = (field: string, badValue: unknown, supported: readonly string[]): FieldError => ({
  type: 'NotSupported',
  field,
  badValue,
  detail: supported.length === 0 ? '' : `supported values: ${supported.map(v => JSON.stringify(v)).join(', ')}`,
})

const WORDS: Record<FieldErrorType, string> = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  Forbidden: 'Forbidden',
  Duplicate: 'Duplicate value',
  NotSupported: 'Unsupported value',
  NotFound: 'Not found',
  TooLong: 'Too long',
  TooMany: 'Too many',
  TypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
}
const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set(['Required', 'Forbidden', 'TooLong', 'InternalError'])

/** `Invalid value: "x": detail`, without the field. */
export function errorBody(error: FieldError): string {
  const { badValue } = error
  const value = WITHOUT_VALUE.has(error.type) || error.omitted ? '' : `: ${typeof badValue === 'string' ? goQuote(badValue) : goJson(badValue)}`
  return `${WORDS[error.type]}${value}${error.detail === '' ? '' : `: ${error.detail}`}`
}

/** `spec.x: Invalid value: "x": detail` */
export const errorText = (error: FieldError): string => `${error.field}: ${errorBody(error)}`

/** One error bare, several as `[a, b]`, identical ones once. */
export function aggregate(errors: FieldError[]): string {
  const texts = [...new Set(errors.map(errorText))]
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
}

/** A text in quotes as Go's %q prints it. */
export function goQuote(text: string): string {
  return JSON.stringify(text).replace(/\\u00([01][0-9a-f])|\x7f/g, (c, code) => ESCAPES[code] ?? `\\x${c === '\x7f' ? '7f' : code}`)
}
const ESCAPES: Record<string, string> = { '07': '\\a', '0b': '\\v' }

/** JSON as Go prints it: compact (or with an indent), map keys sorted as given, `<`, `>`, `&` escaped; undefined is null. */
export function goJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value === undefined ? null : value, null, indent)
  return text.replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
