// logs.ts: what containers wrote.
// Models k8s.io/kubectl/pkg/cmd/logs/logs.go and pkg/polymorphichelpers/{logsforobject,attachablepodforobject}.go
// Differs: of several followed logs the lines come container by container as they arrive at one counter

import { formatLabelSelector } from '../api/labels.ts'
import { type ResourceType, resourceByKind } from '../api/resources.ts'
import { parseTime } from '../api/time.ts'
import { errorText, Fail, fail, failureOf, isNotFound, misuse } from './fail.ts'
import { bool, changed, duration, int, text } from './flags.ts'
import { ask, err, getObject, type Kit, listObjects, open, out, pathTo } from './kit.ts'
import { resourceNamed } from './mapper.ts'
import type { Next, Steps } from './want.ts'

const pods = resourceByKind('v1', 'Pod')!
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

interface Source {
  pod: any
  container: string
  field: string
}

export function* logs(kit: Kit): Steps<void> {
  const { flags } = kit
  const selector = text(flags, 'selector')
  if (flags.args.length === 0 && selector === '')
    return misuse('logs', "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command")
  if (flags.args.length > 2)
    return misuse('logs', "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command")
  if (flags.args.length > 0 && selector !== '') misuse('logs', 'only a selector (-l) or a POD name is allowed')
  const time = text(flags, 'since-time')
  if (time !== '' && parseTime(time) === undefined)
    fail(`parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(time)} as "2006"`)
  const found = yield* podsOf(kit, selector)
  judged(kit)
  const sources = found.flatMap(pod => sourcesOf(kit, pod))
  const told = yield* defaulted(kit, found)
  const prefix = bool(flags, 'prefix') || bool(flags, 'all-pods')
  const failures = []
  for (const source of sources) {
    try {
      yield* one(kit, source, prefix, selector !== '')
    } catch (error) {
      const failure = failureOf(error)
      if (sources.length === 1 || !bool(flags, 'ignore-errors')) throw error
      failures.push(failure)
      yield* err(`error: ${errorText(failure)}\n`)
    }
  }
  yield* err(told)
}

/** What is said of flags once the object is known to be there. */
function judged({ flags }: Kit): void {
  if (duration(flags, 'since') !== 0 && text(flags, 'since-time') !== '') fail('at most one of `sinceTime` or `sinceSeconds` may be specified')
  const container = text(flags, 'container') || flags.args[1] || ''
  if (bool(flags, 'all-containers') && container !== '') fail(`--all-containers=true should not be specified with container name ${container}`)
  if (text(flags, 'container') !== '' && flags.args.length === 2) fail('only one of -c or an inline [CONTAINER] arg is allowed')
  if (changed(flags, 'limit-bytes') && int(flags, 'limit-bytes') <= 0) fail('--limit-bytes must be greater than 0')
  if (changed(flags, 'tail') && int(flags, 'tail') < -1) fail('--tail must be greater than or equal to -1')
  if (duration(flags, 'since') < 0) fail('--since must be greater than 0')
}

/** The Pods whose logs are meant. */
function* podsOf(kit: Kit, selector: string): Steps<any[]> {
  if (selector !== '') {
    const list = yield* listObjects(kit, pods, kit.namespace, { labelSelector: selector })
    if (list.length === 0) yield* err(`No resources found in ${kit.namespace} namespace.\n`)
    return list
  }
  const word = kit.flags.args[0]!
  const slash = word.indexOf('/')
  const type = slash < 0 ? pods : yield* resourceNamed(kit, word.slice(0, slash))
  const name = word.slice(slash + 1)
  let object: any
  try {
    object = yield* getObject(kit, type, kit.namespace, name)
  } catch (error) {
    const failure = failureOf(error)
    if (isNotFound(failure)) return fail(`error from server (NotFound): ${errorText(failure)} in namespace ${JSON.stringify(kit.namespace)}`)
    throw error
  }
  if (type === pods) return [object]
  const sorted = yield* podsBehind(kit, type, object, 'get the logs from')
  if (bool(kit.flags, 'all-pods')) return sorted
  if (sorted.length > 1) yield* err(`Found ${sorted.length} pods, using pod/${sorted[0]!.metadata.name}\n`)
  return [sorted[0]]
}

/** Pods of what selects them, most useful first. */
export function* podsBehind(kit: Kit, type: ResourceType, object: any, wish: string): Steps<any[]> {
  const selector = object.spec?.selector
  const labelSelector = formatLabelSelector(type.kind === 'Service' || type.kind === 'ReplicationController' ? { matchLabels: selector } : selector)
  if (labelSelector === '<none>') return fail(`cannot ${wish} *v1.${type.kind}: selector for *v1.${type.kind} not implemented`)
  const list = yield* listObjects(kit, pods, kit.namespace, { labelSelector })
  if (list.length === 0) return fail('timed out waiting for the condition')
  return [...list].sort(byLogging)
}

/** Most useful first: bound, running, ready, longest ready, fewest restarts, oldest. */
function byLogging(a: any, b: any): number {
  const phase: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 }
  const ready = (p: any) => (p.status?.conditions ?? []).some((c: any) => c.type === 'Ready' && c.status === 'True')
  const restarts = (p: any) => Math.max(0, ...(p.status?.containerStatuses ?? []).map((c: any) => c.restartCount))
  const keys = (p: any) => [p.spec.nodeName ? 1 : 0, phase[p.status?.phase] ?? 2, ready(p) ? 1 : 0, -restarts(p)]
  const [x, y] = [keys(a), keys(b)]
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return y[i]! - x[i]!
  return a.metadata.creationTimestamp === b.metadata.creationTimestamp ? 0 : a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1
}

/** All containers of a Pod, in the order in which they are told. */
export const containersOf = (pod: any): { name: string; field: string; suffix: string }[] => [
  ...pod.spec.containers.map((c: any) => ({ name: c.name, field: 'containers', suffix: '' })),
  ...(pod.spec.ephemeralContainers ?? []).map((c: any) => ({ name: c.name, field: 'ephemeralContainers', suffix: ' (ephem)' })),
  ...(pod.spec.initContainers ?? []).map((c: any) => ({ name: c.name, field: 'initContainers', suffix: ' (init)' })),
]

function sourcesOf(kit: Kit, pod: any): Source[] {
  const list = containersOf(pod)
  if (bool(kit.flags, 'all-containers'))
    return ['initContainers', 'containers', 'ephemeralContainers']
      .flatMap(f => list.filter(c => c.field === f))
      .map(c => ({ pod, container: c.name, field: c.field }))
  const wanted = text(kit.flags, 'container') || kit.flags.args[1]
  if (wanted === undefined || wanted === '') return [{ pod, container: defaultContainer(pod), field: 'containers' }]
  const found = list.find(c => c.name === wanted)
  if (!found) return fail(`container ${wanted} is not valid for pod ${pod.metadata.name} out of: ${list.map(c => c.name + c.suffix).join(', ')}`)
  return [{ pod, container: wanted, field: found.field }]
}

function defaultContainer(pod: any): string {
  const named = pod.metadata.annotations?.[DEFAULT_CONTAINER]
  return containersOf(pod).some(c => c.name === named) ? named : pod.spec.containers[0].name
}

/** What is said when a container was picked among several. */
function* defaulted(kit: Kit, found: any[]): Steps<string> {
  if (bool(kit.flags, 'all-containers') || text(kit.flags, 'container') !== '' || kit.flags.args.length > 1) return ''
  return found
    .filter(pod => containersOf(pod).length > 1 && pod.metadata.annotations?.[DEFAULT_CONTAINER] === undefined)
    .map(pod => {
      const list = containersOf(pod)
      return `Defaulted container ${JSON.stringify(defaultContainer(pod))} out of: ${list.map(c => c.name + c.suffix).join(', ')}\n`
    })
    .join('')
}

function queryOf(kit: Kit, container: string, selected: boolean): Record<string, string> {
  const { flags } = kit
  const query: Record<string, string> = { container }
  if (bool(flags, 'follow')) query['follow'] = 'true'
  if (bool(flags, 'previous')) query['previous'] = 'true'
  if (bool(flags, 'timestamps')) query['timestamps'] = 'true'
  if (changed(flags, 'tail') && int(flags, 'tail') >= 0) query['tailLines'] = String(int(flags, 'tail'))
  else if (selected && !changed(flags, 'tail')) query['tailLines'] = '10'
  if (changed(flags, 'since')) query['sinceSeconds'] = String(Math.ceil(duration(flags, 'since') / 1000))
  if (changed(flags, 'since-time')) query['sinceTime'] = text(flags, 'since-time')
  if (changed(flags, 'limit-bytes')) query['limitBytes'] = text(flags, 'limit-bytes')
  return query
}

function* one(kit: Kit, source: Source, prefix: boolean, selected: boolean): Steps<void> {
  const { metadata } = source.pod
  const path = pathTo(pods, metadata.namespace, metadata.name, 'log')
  const query = queryOf(kit, source.container, selected)
  const before = prefix ? `[pod/${metadata.name}/${source.container}] ` : ''
  const print = (body: string) => out(before === '' ? body : body.replace(/^(?=.)/gm, before))
  if (query['follow'] === undefined) {
    const { body } = yield* ask(kit, { path, query, accept: 'application/json, */*' })
    yield* print(typeof body === 'string' ? body : '')
    return
  }
  const opened = yield* open(kit, 'stream', { path, query, accept: 'application/json, */*' })
  for (;;) {
    const next: Next = yield { want: 'next', watch: opened.watch }
    if ('text' in next) yield* print(next.text)
    else if ('closed' in next) return
    else if ('event' in next) throw new Fail({ is: 'plain', text: 'the log stream carried an object' })
  }
}
