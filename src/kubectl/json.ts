// json.ts: values as JSON, as Go prints them.
// Models encoding/json and k8s.io/cli-runtime/pkg/printers/json.go
// Differs: nothing known

/** Sorted keys and an indentation of four, as `-o json` prints. */
export const jsonText = (value: unknown): string => `${goEscape(JSON.stringify(sorted(value), null, 4).replace(/(\[|\{)\n +(\]|\})/g, '$1$2'))}\n`

/** Sorted keys, compact: the value of a map in jsonpath, a last-applied annotation. */
export const compactJson = (value: unknown): string => goEscape(JSON.stringify(sorted(value)))

/** A copy with sorted keys at every depth. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, unknown> = {}
  for (const key of sortedKeys(value as Record<string, unknown>)) out[key] = sorted((value as Record<string, unknown>)[key])
  return out
}

export const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const sortedKeys = (value: Record<string, unknown> | undefined | null): string[] => Object.keys(value ?? {}).sort(byCode)

const goEscape = (text: string): string => text.replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
