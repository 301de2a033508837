// pairs.ts: `pod web a=b c-`: which objects, and what is set of them and what dropped.
// Models k8s.io/kubectl/pkg/cmd/util/helpers.go (GetResourcesAndPairs, ParsePairs)
// Differs: nothing known

import { fail } from './fail.ts'

export interface Pairs {
  set: Record<string, string>
  drop: string[]
}

/** Resources stand before the first change. */
export function resourcesAndPairs(args: string[], what: string): { resources: string[]; pairs: string[] } {
  const isPair = (arg: string) => arg.indexOf('=') > 0 || (arg.endsWith('-') && arg !== '-')
  const first = args.findIndex(isPair)
  if (first < 0) return { resources: args, pairs: [] }
  const pairs = args.slice(first)
  const late = pairs.find(arg => !isPair(arg))
  if (late !== undefined) fail(`all resources must be specified before ${what} changes: ${late}`)
  return { resources: args.slice(0, first), pairs }
}

/** `a=b` sets, and `a-` drops where that is possible. */
export function parsePairs(pairs: string[], what: string, droppable: boolean): Pairs {
  const set: Record<string, string> = {}
  const drop: string[] = []
  const odd: string[] = []
  for (const pair of pairs) {
    const eq = pair.indexOf('=')
    if (eq > 0) set[pair.slice(0, eq)] = pair.slice(eq + 1)
    else if (droppable && pair.endsWith('-')) drop.push(pair.slice(0, -1))
    else odd.push(pair)
  }
  if (odd.length > 0) fail(`invalid ${what} format: ${odd.join(', ')}`)
  return { set, drop }
}
