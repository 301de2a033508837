// why.ts: `why pod/NAME` at the prompt: how the planner judged every factory for a slip, plugin by plugin, from his own notes.

import { type Run, worldOf } from './run.ts'

const LINE = /^why(?:\s+(?:pods?\/)?([a-z0-9.-]+))?\s*$/

/** The lines that answer; undefined: the line asks for nothing of the kind. */
export function whyOf(run: Run, line: string): { to: 'out' | 'err'; lines: string[] } | undefined {
  const asked = LINE.exec(line.trim())
  if (asked === null) return undefined
  const name = asked[1]
  if (name === undefined) return { to: 'err', lines: ['why: which pod? Such as why pod/tea'] }
  const notes = worldOf(run).notes.filter(n => (n.kind === 'Filtered' || n.kind === 'Scored') && n.data.pod.endsWith(`/${name}`))
  const filtered = notes.findLast(n => n.kind === 'Filtered')
  if (filtered === undefined) return { to: 'err', lines: [`why: kube-scheduler has not looked at a pod named "${name}"`] }
  if (run.level.start.sheet && !bound(run, name)) return { to: 'err', lines: ['why: that sheet is yours to fill in first'] }
  const scored = notes.findLast(n => n.kind === 'Scored' && n.id > filtered.id)
  return { to: 'out', lines: [...filters(filtered.data), ...(scored === undefined ? [] : ['', ...scores(scored.data)])] }
}

const bound = (run: Run, name: string): boolean => worldOf(run).notes.some(n => n.kind === 'Bound' && n.data.pod.endsWith(`/${name}`))

function filters({ verdicts, feasible }: { verdicts: Record<string, { plugin: string; reasons: string[] }>; feasible: string[] }): string[] {
  return table([
    ['NODE', 'FILTER', 'REASON'],
    ...Object.entries(verdicts).map(([node, v]) => [node, v.plugin, v.reasons.join(', ')]),
    ...feasible.map(node => [node, '', 'feasible']),
  ])
}

interface Sheet {
  scores: Record<string, Record<string, { raw: number; weighted: number }>>
  final: Record<string, number>
  node: string
}

/** What each plugin counted, and in brackets what it is worth after scaling and weighing. */
function scores({ scores, final, node }: Sheet): string[] {
  const nodes = Object.keys(scores)
  if (nodes.length === 0) return [`${node} is the only feasible node: nothing is scored.`]
  const plugins = [...new Set(nodes.flatMap(n => Object.keys(scores[n]!)))]
  return [
    ...table([
      ['SCORE', ...nodes],
      ...plugins.map(p => [p, ...nodes.map(n => `${scores[n]![p]!.raw} (${scores[n]![p]!.weighted})`)]),
      ['total', ...nodes.map(n => String(final[n]))],
    ]),
    `${node} it is.`,
  ]
}

function table(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map(r => r[i]!.length)))
  return rows.map(r =>
    r
      .map((cell, i) => cell.padEnd(widths[i]! + 3))
      .join('')
      .trimEnd(),
  )
}
