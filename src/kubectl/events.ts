// events.ts: `kubectl events`: Events in order of time.
// Models k8s.io/kubectl/pkg/cmd/events
// Differs: nothing known

import { humanDuration } from '../api/duration.ts'
import { resourceByKind } from '../api/resources.ts'
import { parseTime } from '../api/time.ts'
import { fail } from './fail.ts'
import { bool, list, text } from './flags.ts'
import { err, type Kit, listObjects, open, out, pathTo } from './kit.ts'
import { resourceNamed } from './mapper.ts'
import { formatOf, listOf, printObject, REPORT_FORMATS } from './output.ts'
import { align } from './tabwriter.ts'
import type { Next, Steps } from './want.ts'

const type = resourceByKind('v1', 'Event')!

export function* events(kit: Kit): Steps<void> {
  const { flags } = kit
  yield* formatOf(kit, REPORT_FORMATS)
  const query: Record<string, string> = {}
  const about = text(flags, 'for')
  if (about !== '') {
    const [word = '', name = ''] = about.split('/')
    if (!about.includes('/')) fail('--for must be in resource/name form')
    const found = yield* resourceNamed(kit, word, true)
    const version = found.group === '' ? found.version : `${found.group}/${found.version}`
    query['fieldSelector'] = `involvedObject.kind=${found.kind},involvedObject.apiVersion=${version},involvedObject.name=${name}`
  }
  const namespace = bool(flags, 'all-namespaces') ? '' : kit.namespace
  const wanted = list(flags, 'types').map(t => t.toLowerCase())
  if (wanted.some(t => t !== 'normal' && t !== 'warning')) fail('valid --types are Normal or Warning')
  const keep = (e: any) => wanted.length === 0 || wanted.includes(String(e.type).toLowerCase())
  const found = (yield* listObjects(kit, type, namespace, query)).filter(keep)
  const last = (e: any) => parseTime(e.series?.lastObservedTime) ?? parseTime(e.lastTimestamp) ?? parseTime(e.eventTime) ?? 0
  const sorted = found.map((e, i) => ({ e, i })).sort((a, b) => last(a.e) - last(b.e) || a.i - b.i)
  const now: number = yield { want: 'now' }
  const headers = !bool(flags, 'no-headers')
  if (sorted.length === 0 && !bool(flags, 'watch')) {
    yield* err(namespace === '' ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`)
    return
  }
  if (text(flags, 'output') !== '') {
    yield* printObject(kit, listOf(sorted.map(x => x.e)), REPORT_FORMATS)
    return
  }
  yield* out(
    table(
      sorted.map(x => x.e),
      now,
      namespace === '',
      headers,
    ),
  )
  if (!bool(flags, 'watch')) return
  const opened = yield* open(kit, 'watch', { path: pathTo(type, namespace), query: { ...query, watch: 'true' } })
  for (;;) {
    const next: Next = yield { want: 'next', watch: opened.watch }
    if ('closed' in next) return
    if ('event' in next && next.event.type !== 'BOOKMARK' && keep(next.event.object))
      yield* out(table([next.event.object], yield { want: 'now' }, namespace === '', false))
  }
}

function table(list: any[], now: number, spaces: boolean, headers: boolean): string {
  const since = (time: string | undefined) => {
    const at = parseTime(time)
    return at === undefined ? '<unknown>' : humanDuration(now - at)
  }
  const rows = list.map(e => {
    const first = since(e.firstTimestamp ?? e.eventTime)
    const age = e.series
      ? `${since(e.series.lastObservedTime)} (x${e.series.count} over ${first})`
      : e.count > 1
        ? `${since(e.lastTimestamp)} (x${e.count} over ${first})`
        : first
    const cells = [age, e.type, e.reason, `${e.involvedObject?.kind}/${e.involvedObject?.name}`, String(e.message ?? '').trim()]
    return (spaces ? [e.metadata.namespace, ...cells] : cells).join('\t')
  })
  const head = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
  return `${align([...(headers ? [(spaces ? ['NAMESPACE', ...head] : head).join('\t')] : []), ...rows].join('\n'), 3, 6)}\n`
}
