// paper.ts: what every description is written with: levels, labels, times, Events.
// Models k8s.io/kubectl/pkg/describe/describe.go (PrefixWriter, printLabelsMultiline, DescribeEvents)
// Differs: nothing known

import { humanDuration } from '../../api/duration.ts'
import { civil, parseTime } from '../../api/time.ts'
import { sortedKeys } from '../json.ts'
import { LAST_APPLIED } from '../lastapplied.ts'
import { align } from '../tabwriter.ts'

const ANNOTATION_MAX = 140

/** Text in the making; tabs end cells. */
export class Paper {
  readonly now: number
  private text = ''
  constructor(now: number) {
    this.now = now
  }
  /** A line, or lines, at a level: two spaces each. */
  line(level: number, text: string): void {
    this.text += `${'  '.repeat(level)}${text}\n`
  }
  /** `title: value` at level 0. */
  field(title: string, value: unknown): void {
    this.line(0, `${title}:\t${value}`)
  }
  /** Does what `describe` prints as one text. */
  done(): string {
    return align(this.text)
  }
  /** The text with its tabs. */
  raw(): string {
    return this.text
  }
  /** How long ago, of an API timestamp. */
  since(time: string | null | undefined): string {
    const at = parseTime(time)
    return at === undefined ? '<unknown>' : humanDuration(this.now - at)
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Mon, 02 Nov 2026 08:00:00 +0000`: Go's RFC1123Z. */
export function rfc1123(time: string | null | undefined): string {
  const at = parseTime(time)
  if (at === undefined) return 'Mon, 01 Jan 0001 00:00:00 +0000'
  const c = civil(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${DAYS[weekday(c.year, c.month, c.day)]}, ${two(c.day)} ${MONTHS[c.month - 1]} ${c.year} ${two(c.hour)}:${two(c.minute)}:${two(c.second)} +0000`
}

/** 0 is Sunday (Sakamoto's method). */
function weekday(year: number, month: number, day: number): number {
  const shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1]!
  const y = month < 3 ? year - 1 : year
  return (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + shift + day) % 7
}

/** Labels, one a line. */
export function labels(p: Paper, title: string, map: Record<string, string> | undefined): void {
  const keys = sortedKeys(map)
  if (keys.length === 0) p.field(title, '<none>')
  keys.forEach((key, i) => {
    p.line(0, `${i === 0 ? `${title}:` : ''}\t${key}=${map![key]}`)
  })
}

/** Annotations, one a line, without the one that apply keeps. */
export function annotations(p: Paper, title: string, map: Record<string, string> | undefined): void {
  const keys = sortedKeys(map).filter(k => k !== LAST_APPLIED)
  if (keys.length === 0) p.field(title, '<none>')
  keys.forEach((key, i) => {
    const value = map![key]!.replace(/\n$/, '')
    const head = `${i === 0 ? `${title}:` : ''}\t`
    if (key.length + value.length + 2 <= ANNOTATION_MAX && !value.includes('\n')) {
      p.line(0, `${head}${key}: ${value}`)
      return
    }
    p.line(0, `${head}${key}:`)
    for (const part of value.split('\n')) p.line(0, `\t  ${part.length > ANNOTATION_MAX - 2 ? `${part.slice(0, ANNOTATION_MAX - 2)}...` : part}`)
  })
}

/** Name, namespace, labels, annotations: how most descriptions begin. */
export function heading(p: Paper, object: any, namespaced = true): void {
  p.field('Name', object.metadata.name)
  if (namespaced) p.field('Namespace', object.metadata.namespace ?? '')
  labels(p, 'Labels', object.metadata.labels)
  annotations(p, 'Annotations', object.metadata.annotations)
}

/** `Kind/name` of the controller, if there is one. */
export function controlledBy(p: Paper, object: any): void {
  const owner = (object.metadata.ownerReferences ?? []).find((o: any) => o.controller)
  if (owner) p.field('Controlled By', `${owner.kind}/${owner.name}`)
}

/** The Events at the end; undefined: they were not asked for. */
export function events(p: Paper, list: any[] | undefined): void {
  if (list === undefined) return
  if (list.length === 0) {
    p.field('Events', '<none>')
    return
  }
  const last = (e: any): number => parseTime(e.series?.lastObservedTime) ?? parseTime(e.lastTimestamp) ?? parseTime(e.eventTime) ?? 0
  // Moments of both kinds of Events are compared as whole seconds, which is all that lastTimestamp has.
  const second = (e: any): number => Math.floor(last(e) / 1000)
  const sorted = list.map((e, i) => ({ e, i })).sort((a, b) => second(a.e) - second(b.e) || a.i - b.i)
  p.line(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage')
  p.line(1, '----\t------\t----\t----\t-------')
  for (const { e } of sorted) {
    const first = p.since(e.eventTime ?? e.firstTimestamp)
    let age = first
    if (e.series) age = `${p.since(e.series.lastObservedTime)} (x${e.series.count} over ${first})`
    else if (e.count > 1) age = `${p.since(e.lastTimestamp)} (x${e.count} over ${first})`
    const where = e.involvedObject?.fieldPath ? `${e.involvedObject.fieldPath}: ` : ''
    p.line(1, `${e.type}\t${e.reason}\t${age}\t${e.source?.component || e.reportingComponent || ''}\t${where}${String(e.message ?? '').trim()}`)
  }
}

/** Conditions as type, status and reason. */
export function conditions(p: Paper, list: any[] | undefined): void {
  if (!list || list.length === 0) return
  p.line(0, 'Conditions:\n  Type\tStatus\tReason')
  p.line(1, '----\t------\t------')
  for (const c of list) p.line(1, `${c.type} \t${c.status}\t${c.reason ?? ''}`)
}
