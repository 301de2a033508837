// line.ts: one line being typed: cursor, history, completion. Pure: a key goes in, the next line comes out.

export interface Line {
  text: string
  cursor: number
  /** How far back in the history; 0: the line being typed. */
  back: number
  draft: string
}

/** Characters that a typed line may have. */
const LINE_MAX = 2_000

export const emptyLine = (text = ''): Line => ({ text, cursor: text.length, back: 0, draft: '' })

/** What the key makes of the line; undefined: the key is none of a line's. */
export function typed(line: Line, key: string, history: readonly string[]): Line | undefined {
  const { text, cursor } = line
  const at = (next: number): Line => ({ ...line, cursor: Math.max(0, Math.min(text.length, next)) })
  switch (key) {
    case 'left':
      return at(cursor - 1)
    case 'right':
      return at(cursor + 1)
    case 'Home':
    case 'Ctrl-A':
      return at(0)
    case 'End':
    case 'Ctrl-E':
      return at(text.length)
    case 'Backspace':
      return cursor === 0 ? line : { ...line, text: text.slice(0, cursor - 1) + text.slice(cursor), cursor: cursor - 1 }
    case 'Delete':
    case 'Ctrl-D':
      return { ...line, text: text.slice(0, cursor) + text.slice(cursor + 1) }
    case 'Ctrl-U':
      return { ...line, text: text.slice(cursor), cursor: 0 }
    case 'Ctrl-K':
      return { ...line, text: text.slice(0, cursor) }
    case 'Ctrl-W': {
      const kept = text.slice(0, cursor).replace(/\S*\s*$/, '')
      return { ...line, text: kept + text.slice(cursor), cursor: kept.length }
    }
    case 'up':
    case 'Ctrl-P':
      return recall(line, line.back + 1, history)
    case 'down':
    case 'Ctrl-N':
      return recall(line, line.back - 1, history)
    case 'space':
      return insert(line, ' ')
  }
  return [...key].length === 1 ? insert(line, key) : undefined
}

/** Puts text where the cursor is; line feeds in a paste become blanks, so that pasting never runs anything. */
export function insert(line: Line, text: string): Line {
  const one = text.replace(/\s*[\r\n]+\s*/g, ' ').slice(0, LINE_MAX - line.text.length)
  return { ...line, text: line.text.slice(0, line.cursor) + one + line.text.slice(line.cursor), cursor: line.cursor + one.length }
}

function recall(line: Line, back: number, history: readonly string[]): Line {
  if (back < 0 || back > history.length) return line
  const draft = line.back === 0 ? line.text : line.draft
  const text = back === 0 ? draft : history[history.length - back]!
  return { text, cursor: text.length, back, draft }
}

const VERBS =
  'annotate api-resources api-versions apply auth autoscale cluster-info cordon create delete describe diff drain edit events exec explain expose get label logs patch rollout run scale set taint top uncordon version wait'.split(
    ' ',
  )
const KINDS =
  'configmaps daemonsets deployments endpoints endpointslices events horizontalpodautoscalers jobs leases limitranges namespaces nodes poddisruptionbudgets pods priorityclasses replicasets resourcequotas rolebindings roles secrets serviceaccounts services'.split(
    ' ',
  )
const AFTER: Record<string, string[]> = {
  rollout: ['history', 'pause', 'restart', 'resume', 'status', 'undo'],
  set: ['env', 'image', 'resources', 'selector', 'serviceaccount'],
  create: [
    'configmap',
    'deployment',
    'namespace',
    'poddisruptionbudget',
    'priorityclass',
    'quota',
    'role',
    'rolebinding',
    'secret',
    'service',
    'serviceaccount',
  ],
  auth: ['can-i', 'whoami'],
  cordon: [],
  uncordon: [],
  drain: [],
  logs: [],
  run: [],
}
const FLAGS =
  '--all --all-namespaces --dry-run=client --field-selector --filename --force --from-literal --grace-period --image --labels --namespace --output --overwrite --port --replicas --selector --show-labels --sort-by --target-port --timeout --watch'.split(
    ' ',
  )

export interface Completed {
  line: Line
  /** More than one way to go on: all of them. */
  choices: string[]
}

/** Tab: goes on as far as only one way leads. `names`: what has been seen in the cluster. */
export function complete(line: Line, names: readonly string[]): Completed {
  const before = line.text.slice(0, line.cursor)
  const words = before.split(/\s+/)
  const word = words.at(-1) ?? ''
  const found = [...new Set(candidates(words, names))].filter(c => c.startsWith(word)).sort((a, b) => (a < b ? -1 : 1))
  if (found.length === 0) return { line, choices: [] }
  const shared = found.reduce((a, b) =>
    a.slice(0, [...a].findIndex((c, i) => c !== b[i]) < 0 ? Math.min(a.length, b.length) : [...a].findIndex((c, i) => c !== b[i])),
  )
  const addition = shared.slice(word.length) + (found.length === 1 && !shared.endsWith('=') && !shared.endsWith('/') ? ' ' : '')
  return { line: insert(line, addition), choices: found.length > 1 && addition === '' ? found : [] }
}

function candidates(words: string[], names: readonly string[]): readonly string[] {
  const place = words[0] === 'kubectl' || words[0] === 'k' ? words.length - 1 : words.length
  const verb = words[0] === 'kubectl' || words[0] === 'k' ? words[1] : words[0]
  const word = words.at(-1) ?? ''
  if (words.length === 1) return ['kubectl', ...VERBS]
  if (word.startsWith('-')) return FLAGS
  if (place === 1) return VERBS
  const after = AFTER[verb ?? '']
  if (place === 2 && after !== undefined && after.length > 0) return after
  if (word.includes('/')) {
    const kind = word.slice(0, word.indexOf('/') + 1)
    return names.map(n => kind + n)
  }
  if (place === 2 && after === undefined) return [...KINDS, ...names]
  return place === 3 && verb === 'rollout' ? [...KINDS.map(k => `${k.replace(/s$/, '')}/`), ...names] : names
}
