// go.ts: values as Go's fmt prints them.
// Models fmt: %v and %#v of what encoding/json decodes
// Differs: nothing known

import { sortedKeys } from './json.ts'

/** %v: `map[a:1 b:[x y]]`. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  return typeof value === 'object' ? `map[${entries(value, (key, of) => `${key}:${goValue(of)}`).join(' ')}]` : String(value)
}

/** %#v: `map[string]interface {}{"a":1}`. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  return `map[string]interface {}{${entries(value, (key, of) => `${JSON.stringify(key)}:${goSyntax(of)}`).join(', ')}}`
}

const entries = (map: object, write: (key: string, value: unknown) => string): string[] =>
  sortedKeys(map as Record<string, unknown>).map(key => write(key, (map as Record<string, unknown>)[key]))
