// generic.ts: the description of kinds that have none of their own: all fields, by their names in words.
// Models k8s.io/kubectl/pkg/describe/describe.go (genericDescriber, printUnstructuredContent)
// Differs: nothing known

import { sortedKeys } from '../json.ts'
import { events, heading, type Paper } from './paper.ts'

const ACRONYMS = ['API', 'URL', 'UID', 'GUID']
const HIDDEN = new Set(['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations'])

export function describeGeneric(p: Paper, o: any, list: any[] | undefined): void {
  heading(p, o, true)
  p.field('API Version', o.apiVersion)
  p.field('Kind', o.kind)
  const { apiVersion: _a, kind: _k, ...rest } = o
  content(p, 0, rest, '')
  events(p, list)
}

function content(p: Paper, level: number, map: Record<string, any>, path: string): void {
  for (const key of sortedKeys(map)) {
    const at = `${path}.${key}`
    if (HIDDEN.has(at)) continue
    const value = map[key]
    if (Array.isArray(value)) {
      p.line(level, `${words(key)}:`)
      for (const item of value) {
        if (typeof item === 'object' && item !== null) content(p, level + 1, item, at)
        else p.line(level + 1, String(item))
      }
    } else if (typeof value === 'object' && value !== null) {
      p.line(level, `${words(key)}:`)
      content(p, level + 1, value, at)
    } else p.line(level, `${words(key)}:\t${value}`)
  }
}

/** `resourceVersion` → `Resource Version`; capitals that stand together stay together. */
export function words(name: string): string {
  if (!/^[A-Za-z-]*$/.test(name)) return name
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
  return spaced
    .split(' ')
    .map(part =>
      ACRONYMS.includes(part.toUpperCase()) ? part.toUpperCase() : part === part.toLowerCase() ? part.slice(0, 1).toUpperCase() + part.slice(1) : part,
    )
    .join(' ')
}
