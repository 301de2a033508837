// quiz.ts: questions: what is asked, what was answered, what an answer is worth, and which belief it shows.

import { BELIEFS } from '../company/beliefs.ts'
import type { QuizItem } from './level.ts'
import type { Question } from './review.ts'
import type { QuizView, ScoreView, Words } from './view.ts'

export interface Asked {
  items: (Question & { order: number[] })[]
  /** How many of them are old, and due; the others are new. */
  old: number
  /** All are old: they were asked for at the title. */
  review: boolean
  at: number
  chosen: number[]
  verdict?: number
  results: { key: string; level: string; share: number; codes: string[]; met: string[] }[]
}

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

/** New questions in their order, then old ones that are due. */
export function newAsked(fresh: readonly Question[], old: readonly Question[], seed: number): Asked {
  const items = [...fresh, ...old].map((q, i) => ({ ...q, order: shuffled(countOf(q.item), seed * 31 + i * 7 + q.level.id.length) }))
  return { items, old: old.length, review: fresh.length === 0, at: 0, chosen: [], results: [] }
}

const countOf = (item: QuizItem) => ('options' in item ? item.options.length : 'steps' in item ? item.steps.length : item.pairs.length)

/** A fixed order for a seed, so that a script can answer. */
function shuffled(n: number, seed: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i)
  let s = (seed * 2_654_435_761) >>> 0
  for (let i = n - 1; i > 0; i--) {
    s = (Math.imul(s, 1_664_525) + 1_013_904_223) >>> 0
    const j = s % (i + 1)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}

/** Chooses, or takes back; of a single answer the last one counts. */
export function answer(asked: Asked, option: number): void {
  const current = asked.items[asked.at]
  if (current === undefined || asked.verdict !== undefined || option < 0 || option >= current.order.length) return
  const { item } = current
  if (item.type === 'match') {
    const left = asked.chosen.length < item.pairs.length ? asked.chosen.length : 0
    if (left === 0 && asked.chosen.length > 0) asked.chosen = []
    asked.chosen.push(option)
    return
  }
  if (item.type !== 'multi' && item.type !== 'order') asked.chosen = [option]
  else asked.chosen = asked.chosen.includes(option) ? asked.chosen.filter(o => o !== option) : [...asked.chosen, option]
}

/** Judges; nothing chosen is no answer. */
export function submit(asked: Asked): void {
  const current = asked.items[asked.at]
  if (current === undefined || asked.verdict !== undefined || asked.chosen.length === 0) return
  const { item, order, level, key } = current
  let share = 0
  const codes: string[] = []
  const met: string[] = []
  if (item.type === 'order') {
    const key = item.steps.map((_, i) => order.indexOf(i))
    share = asked.chosen.length === key.length && asked.chosen.every((c, i) => c === key[i]) ? 1 : 0
  } else if (item.type === 'match') {
    share = asked.chosen.filter((c, i) => order[c] === i).length / item.pairs.length
    if (share < 1) share = Math.floor(share * 2) / 2
  } else {
    const options = order.map(i => item.options[i]!)
    for (const o of options) if (o.code !== undefined) met.push(o.code)
    const right = options.flatMap((o, i) => (o.right === true ? [i] : []))
    const hits = asked.chosen.filter(c => right.includes(c)).length
    const wrong = asked.chosen.filter(c => !right.includes(c))
    for (const c of wrong) if (options[c]!.code !== undefined) codes.push(options[c]!.code!)
    share = right.length === 0 ? 0 : Math.max(0, (hits - wrong.length) / right.length)
  }
  asked.verdict = share
  asked.results.push({ key, level: level.id, share, codes, met })
}

export function quizOf(asked: Asked): QuizView {
  const { level, item, order } = asked.items[asked.at]!
  const last = asked.at === asked.items.length - 1
  const done = asked.verdict !== undefined
  const options =
    'options' in item ? order.map(i => item.options[i]!.text) : 'steps' in item ? order.map(i => item.steps[i]!.text) : item.pairs.map(p => two(p.left))
  return {
    screen: 'quiz',
    level: { id: level.id, title: level.title },
    number: asked.at + 1,
    of: asked.items.length,
    mix: mixOf(asked),
    item: {
      type: item.type,
      stem: item.ask,
      ...('code' in item && item.code.length > 0 ? { code: item.code } : {}),
      options,
      ...(item.type === 'match' ? { right: order.map(i => two(item.pairs[i]!.right)) } : {}),
    },
    chosen: asked.chosen,
    ...(done ? { verdict: verdictOf(asked) } : {}),
    next: done
      ? { key: 'Enter', text: two(last ? 'how it went' : `question ${asked.at + 2}`) }
      : {
          key: `1-${order.length}`,
          text: two(
            item.type === 'order'
              ? 'step by step, then Enter'
              : item.type === 'multi'
                ? 'all that are right, then Enter'
                : item.type === 'match'
                  ? 'for each line its other half, then Enter'
                  : asked.chosen.length > 0
                    ? 'Enter is your answer'
                    : 'choose, then Enter',
          ),
        },
  }
}

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']

/** `two new, one old`. */
function mixOf({ items, old }: Asked): string {
  const count = (n: number, what: string) => (n === 0 ? [] : [`${COUNTS[n] ?? n} ${what}`])
  return [...count(items.length - old, 'new'), ...count(old, 'old')].join(', ')
}

function verdictOf(asked: Asked): NonNullable<QuizView['verdict']> {
  const { item, order } = asked.items[asked.at]!
  const share = asked.verdict!
  const common = { share, right: share === 1 }
  if (item.type === 'order')
    return {
      ...common,
      options: order.map((i, at) => ({
        text: item.steps[i]!.text,
        why: two(`step ${i + 1}`),
        state: asked.chosen[i] === at ? 'right' : 'other',
        yours: false,
      })),
      key: item.steps.map(s => s.text.company),
      why: item.why,
    }
  if (item.type === 'match')
    return {
      ...common,
      options: item.pairs.map((p, i) => ({
        text: two(`${p.left}: ${p.right}`),
        why: two(''),
        state: order[asked.chosen[i] ?? -1] === i ? 'right' : 'other',
        yours: order[asked.chosen[i] ?? -1] !== i,
      })),
      why: item.why,
    }
  const options = order.map((i, at) => {
    const o = item.options[i]!
    return {
      text: o.text,
      why: o.why,
      state: o.right === true ? ('right' as const) : ('wrong' as const),
      yours: asked.chosen.includes(at),
      ...(o.code === undefined ? {} : { code: o.code }),
    }
  })
  const code = options.find(o => o.yours && o.state === 'wrong')?.code
  return { ...common, options, ...(code === undefined ? {} : { belief: { code, text: BELIEFS[code] ?? '' } }) }
}

export function scoreOf(asked: Asked): ScoreView {
  const codes = new Map<string, { met: number; held: number }>()
  for (const r of asked.results) {
    for (const c of r.met) codes.set(c, { met: (codes.get(c)?.met ?? 0) + 1, held: codes.get(c)?.held ?? 0 })
    for (const c of r.codes) codes.set(c, { met: codes.get(c)?.met ?? 1, held: (codes.get(c)?.held ?? 0) + 1 })
  }
  return {
    screen: 'score',
    title: asked.items.length === 0 || asked.review ? 'Questions' : `Questions of ${[...new Set(asked.items.map(i => i.level.id))].join(', ')}`,
    points: asked.results.reduce((sum, r) => sum + r.share, 0),
    of: asked.items.length,
    beliefs: [...codes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, c]) => ({ code, text: BELIEFS[code] ?? '', ...c })),
    next: { key: 'Enter', text: two('go on') },
  }
}
