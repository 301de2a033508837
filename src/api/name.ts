// name.ts: the shapes that names, labels, ports and numbers may have. Each function returns the complaints, none if fine.
// Models k8s.io/apimachinery/pkg/util/validation/validation.go and pkg/api/validate/content
// Differs: nothing known

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const LABEL_VALUE = `(${LABEL_KEY})?`
const CONFIG_KEY = '[-._a-zA-Z0-9]+'
const ENV_VAR = '[-._a-zA-Z][-._a-zA-Z0-9]*'

const labelPattern = whole(LABEL)
const subdomainPattern = whole(SUBDOMAIN)
const labelKeyPattern = whole(LABEL_KEY)
const labelValuePattern = whole(LABEL_VALUE)
const configKeyPattern = whole(CONFIG_KEY)
const envVarPattern = whole(ENV_VAR)

export function dns1123Label(value: string): string[] {
  const errors = value.length > 63 ? [maxCharacters(63)] : []
  if (!labelPattern.test(value)) {
    const says = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
    errors.push(subdomainPattern.test(value) ? 'must not contain dots' : regexError(says, LABEL, 'my-name', '123-abc'))
  }
  return errors
}

export function dns1123Subdomain(value: string): string[] {
  const errors = value.length > 253 ? [maxCharacters(253)] : []
  if (!subdomainPattern.test(value)) {
    const says =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
    errors.push(regexError(says, SUBDOMAIN, 'example.com'))
  }
  return errors
}

export function wildcardSubdomain(value: string): string[] {
  const errors = value.length > 253 ? [maxCharacters(253)] : []
  const format = `\\*\\.${SUBDOMAIN}`
  if (!whole(format).test(value)) {
    const says =
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
    errors.push(regexError(says, format, '*.example.com'))
  }
  return errors
}

/** Keys and values of labels that were found right of late: there are few, and they come again with every object. */
const rightKeys = new Set<string>()
const rightValues = new Set<string>()
const RIGHT_MAX = 5_000

function remember(right: Set<string>, value: string): void {
  if (right.size >= RIGHT_MAX) right.clear()
  right.add(value)
}

/** Keys of labels and annotations, finalizers, resource names: `name` or `prefix/name`. */
export function qualifiedName(value: string): string[] {
  if (rightKeys.has(value)) return []
  const errors = nameErrors(value)
  if (errors.length === 0) remember(rightKeys, value)
  return errors
}

function nameErrors(value: string): string[] {
  const says = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  const shape = regexError(says, LABEL_KEY, 'MyName', 'my.name', '123-abc')
  const parts = value.split('/')
  const errors: string[] = []
  if (parts.length > 2) return [`a valid label key ${shape} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  const name = parts[parts.length - 1]!
  if (parts.length === 2) {
    if (parts[0] === '') errors.push('prefix part must be non-empty')
    else for (const e of dns1123Subdomain(parts[0]!)) errors.push(`prefix part ${e.replace('253 characters', '253 bytes')}`)
  }
  if (name === '') errors.push('name part must be non-empty')
  else if (bytes(name) > 63) errors.push('name part must be no more than 63 bytes')
  if (!labelKeyPattern.test(name)) errors.push(`name part ${shape}`)
  return errors
}

export function labelValue(value: string): string[] {
  if (rightValues.has(value)) return []
  const errors = bytes(value) > 63 ? ['must be no more than 63 bytes'] : []
  if (!labelValuePattern.test(value)) {
    const says =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
    errors.push(regexError(says, LABEL_VALUE, 'MyValue', 'my_value', '12345'))
  }
  if (errors.length === 0) remember(rightValues, value)
  return errors
}

/** Keys of ConfigMaps and Secrets. */
export function configMapKey(value: string): string[] {
  const errors = bytes(value) > 253 ? [maxCharacters(253)] : []
  if (!configKeyPattern.test(value)) {
    errors.push(regexError("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'))
  }
  return [...errors, ...folderLike(value)]
}

function folderLike(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}

/** Names that kubectl itself takes: the server takes more. */
export function strictEnvVarName(value: string): string[] {
  const says = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit"
  const wrong = envVarPattern.test(value) ? [] : [regexError(says, ENV_VAR, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')]
  return [...wrong, ...folderLike(value)]
}

export function envVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty']
  return /^[\x20-\x3c\x3e-\x7e]*$/.test(value) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** Names of ports: of containers, at most 15 characters. */
export function portName(value: string): string[] {
  const errors: string[] = []
  if (value.length > 15) errors.push(maxCharacters(15))
  if (!/^[-a-z0-9]+$/.test(value)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)')
  if (value.includes('--')) errors.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || (value !== '' && value.endsWith('-'))) errors.push('must not begin or end with a hyphen')
  return errors
}

export const portNumber = (value: number): string[] => inRange(value, 1, 65_535)
export const inRange = (value: number, low: number, high: number): string[] =>
  value >= low && value <= high ? [] : [`must be between ${low} and ${high}, inclusive`]

export function percent(value: string): string[] {
  return /^[0-9]+%$/.test(value) ? [] : [regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')]
}

export function httpHeaderName(value: string): string[] {
  const says = "a valid HTTP header must consist of alphanumeric characters or '-'"
  return /^[-A-Za-z0-9]+$/.test(value) ? [] : [regexError(says, '[-A-Za-z0-9]+', 'X-Header-Name')]
}

/** Names that stand in a path. */
export function pathSegment(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  return ['/', '%'].filter(c => value.includes(c)).map(c => `may not contain '${c}'`)
}

export const maxCharacters = (n: number): string => `must be no more than ${n} characters`

/** `… (e.g. 'a',  or 'b', regex used for validation is '…')`, odd spacing included. */
export function regexError(says: string, format: string, ...examples: string[]): string {
  if (examples.length === 0) return `${says} (regex used for validation is '${format}')`
  return `${says} (e.g. ${examples.map(e => `'${e}', `).join(' or ')}regex used for validation is '${format}')`
}

/** Length in UTF-8. */
export function bytes(text: string): number {
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    n += c < 0x80 ? 1 : c < 0x800 ? 2 : c >= 0xd800 && c < 0xdc00 ? 4 : c >= 0xdc00 && c < 0xe000 ? 0 : 3
  }
  return n
}

/** What a name with a random suffix is checked as: a trailing dash may stand for more. */
export function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}

function whole(format: string): RegExp {
  return new RegExp(`^(?:${format})$`)
}
