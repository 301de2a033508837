// level.ts: what a level file may hold: its schema, its limits, and how its mistakes are named.

import { z } from 'zod'
import type { Words } from './view.ts'
import { type Problem, readYaml } from './yaml.ts'

/** Raised when a level needs a newer game. */
export const FORMAT = 1

const text = (max: number) => z.string().min(1).max(max)

/** One text for both registers, or one for each. */
const words = (max = 400) =>
  z
    .union([text(max), z.strictObject({ company: text(max), kubernetes: text(max) })])
    .transform((w): Words => (typeof w === 'string' ? { company: w, kubernetes: w } : w))

const cel = text(600).describe('A CEL expression over the cluster and what happened in it; see levels/README.md')
const line = text(400).describe('A line as typed in plain mode: a key, a bet (`3 s`), an answer, a verb, or a kubectl command')
const misconception = z.string().regex(/^M\d\d$/, 'is a code such as M02')
const seconds = z.number().min(0).max(3600)
const actor = z
  .string()
  .regex(/^[a-z-]+(\/[a-z0-9.-]+)?$/, 'is the name of an actor, such as kube-scheduler or kubelet/factory-p')
  .max(80)

const request = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z
    .string()
    .regex(/^\/[a-zA-Z0-9/._-]+$/)
    .max(200),
  type: text(80).optional(),
  body: z.any().optional(),
})

const action = z.union([
  z.strictObject({ crash: actor }),
  z.strictObject({ restart: actor }),
  z.strictObject({ unplug: z.literal('office') }),
  z.strictObject({ plug: z.literal('office') }),
  z.strictObject({ cut: z.tuple([actor, actor]) }),
  z.strictObject({ mend: z.tuple([actor, actor]) }),
  z.strictObject({ slow: z.tuple([actor, actor]), ms: z.number().int().min(0).max(60_000) }),
  z.strictObject({ run: text(400) }).describe('Somebody else gives this command'),
  z.strictObject({ verb: line }).describe('A verb of the level, in a bet: the copy does it'),
  z.strictObject({ knock: z.literal('vault') }).describe('Somebody who is not the API server tries to write into etcd'),
])

const clause = z.strictObject({
  is: cel,
  when: z
    .union([z.enum(['now', 'always', 'never', 'eventually']), z.string().regex(/^within \d+$/, 'is now, always, never, eventually or "within SECONDS"')])
    .default('now'),
  say: words(90),
})

const option = z.strictObject({
  text: words(110),
  why: words(240),
  right: z.literal(true).optional(),
  code: misconception.optional(),
  is: cel.optional().describe('True in the world in which this option is right'),
  mutant: misconception.optional().describe('The company in which this belief is true: there `is` holds'),
  against: z
    .strictObject({ beat: cel, say: words(200) })
    .optional()
    .describe('The beat that disproves this option, and what it shows'),
})

const bet = z.strictObject({
  ask: words(200),
  short: text(40),
  when: cel.describe('The beat at which time stands still for the bet'),
  do: action.optional().describe('What is done once the bet is placed; in a bet without `decides` only the copy suffers it'),
  shows: cel.optional().describe('The beat of the copy that is shown with the answer of such a bet'),
  seconds: seconds.default(10).describe('How long the fork runs'),
  decides: cel.optional().describe('The beat that decides the bet; without it the answer is shown at once, from a copy of the company'),
  options: z.array(option).min(2).max(5),
  gap: z.tuple([actor, actor]).optional(),
})

/** How the simulator answers: what is done, from the opening of the level; default: its first solution. */
const proof = z.strictObject({ do: z.array(action).max(10).default([]), lines: z.array(line).max(200).optional() }).optional()

const choiceItem = z.strictObject({
  type: z.enum(['single', 'multi', 'bug', 'output', 'predict']),
  id: text(40).optional(),
  ask: words(240),
  code: z.array(text(76)).max(12).default([]),
  options: z.array(option).min(2).max(6),
  proof,
  objectives: z.array(text(4)).default([]),
})

const orderItem = z.strictObject({
  type: z.literal('order'),
  id: text(40).optional(),
  ask: words(240),
  steps: z
    .array(z.strictObject({ text: words(110), beat: cel.optional().describe('The last beat of this kind is this step') }))
    .min(3)
    .max(8),
  proof,
  why: words(300),
  objectives: z.array(text(4)).default([]),
})

const matchItem = z.strictObject({
  type: z.literal('match'),
  id: text(40).optional(),
  ask: words(240),
  pairs: z
    .array(z.strictObject({ left: text(60), right: text(60), is: cel.optional().describe('True if these two belong together') }))
    .min(3)
    .max(9),
  proof,
  why: words(300),
  objectives: z.array(text(4)).default([]),
})

const item = z.discriminatedUnion('type', [choiceItem, orderItem, matchItem])

const caller = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .max(40),
  who: words(80),
  badge: z.enum(['you', 'expired', 'clerk', 'none', 'factory-p', 'factory-q', 'crowbar']),
  says: words(160),
  slip: text(30),
  request: request.describe('What the paper asks; with a crowbar: what would be written into the vault'),
})

const task = z.strictObject({
  text: words(120),
  beat: cel.describe('Beats of the recorded run that are this task; all are by the same person'),
  by: z.enum(['actor', 'to']).default('actor'),
})

const fake = z.strictObject({ after: cel, from: actor, to: actor, text: words(120), code: misconception })

const script = z.strictObject({ name: text(80), lines: z.array(line).min(1).max(200) })
const miss = z.strictObject({ name: text(80), lines: z.array(line).max(200) })

export const levelSchema = z.strictObject({
  format: z.literal(FORMAT, { error: () => `needs another version of k8s-factory; this one reads format ${FORMAT}` }).describe('Version of this format'),
  id: z
    .string()
    .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, 'is made of small letters, digits, dots and dashes')
    .max(40),
  title: text(60),
  kind: z.enum(['watch', 'be', 'incident', 'build', 'optimise', 'boss']),
  chapter: text(40).optional(),
  objectives: z
    .array(z.string().regex(/^[SX]\d\d$/))
    .max(20)
    .default([]),
  story: z.array(text(76)).min(1).max(5),
  concept: text(240),
  greeting: z.strictObject({ who: actor, text: words(200) }).optional(),
  start: z
    .strictObject({
      files: z
        .record(
          z
            .string()
            .regex(/^[a-z0-9._-]+$/)
            .max(60),
          z.string().max(20_000),
        )
        .default({}),
      run: z
        .array(z.union([text(400), seconds, action]))
        .max(20)
        .default([])
        .describe('Commands that were given before the level opens, seconds of rest, and actions; what they led to is the recorded run'),
      seconds: seconds.default(30).describe('How long they had to settle'),
      first: z.array(action).max(10).default([]).describe('What is done just before the level opens'),
      played: z.array(actor).max(10).default([]).describe('Whose place the player takes; the first is worn at the start'),
      day: z.boolean().default(false).describe('The player sets how the scheduler scores, and lets days go by: orders.yaml is placed anew each time'),
      sheet: z.boolean().default(false).describe('In the jacket of the scheduler, who cannot take a Pod is crossed out by hand, with the reason'),
      nodes: z
        .array(
          z.strictObject({
            name: z.string().regex(/^factory-[a-z]$/, 'is factory- and a small letter'),
            cpu: text(8).default('4'),
            memory: text(8).default('8Gi'),
            labels: z.record(text(63), text(63)).default({}),
          }),
        )
        .min(1)
        .max(7)
        .optional()
        .describe('The factories; P and Q with 4 cpu each, unless it says otherwise'),
      brisk: z.boolean().default(false).describe('What was learned step by step elsewhere is one verb here'),
    })
    .prefault({}),
  desk: z.strictObject({ command: text(200), slip: text(30) }).optional(),
  stations: z.boolean().default(false).describe('The first slip is walked through the stations one by one'),
  callers: z.array(caller).max(20).default([]),
  tasks: z.array(task).max(20).default([]),
  people: z.array(actor).max(12).default([]),
  mistakes: z.number().int().min(0).max(20).optional(),
  fakes: z.array(fake).max(6).default([]),
  bets: z.array(bet).max(5).default([]),
  win: z.array(clause).min(1).max(10),
  fail: z
    .array(
      z.strictObject({
        is: cel.describe('Once this holds, it went wrong: the incident report opens'),
        say: words(160).describe('What the customer saw'),
        moral: words(160).describe('What there is to learn from it, without blame'),
        measure: z
          .strictObject({ is: cel.describe('A number'), say: words(14) })
          .optional()
          .describe('The figure that the report follows from beat to beat'),
      }),
    )
    .max(5)
    .default([]),
  incidents: z
    .array(z.strictObject({ when: cel, do: action }))
    .max(10)
    .default([])
    .describe('What happens to the company, once, when this first holds'),
  par: z.strictObject({ seconds: z.number().int().min(1).max(3600), commands: z.number().int().min(0).max(200) }),
  hints: z.array(z.strictObject({ text: words(240), run: line.optional() })).length(3),
  lens: z.strictObject({
    words: z
      .array(z.tuple([text(24), text(40)]))
      .min(2)
      .max(12),
    bends: words(240),
  }),
  debrief: z.array(words(160)).min(1).max(5),
  unlocks: words(80).optional(),
  quiz: z.array(item).max(8).default([]),
  solutions: z.array(script).min(1).max(5),
  misses: z.array(miss).min(3).max(12),
})

export type Level = z.output<typeof levelSchema> & { path: string }
export type Bet = Level['bets'][number]
export type Option = Bet['options'][number]
export type QuizItem = Level['quiz'][number]
export type Caller = Level['callers'][number]
export type Action = z.output<typeof action>
export type Task = Level['tasks'][number]

/** Reads one level file; all its mistakes at once. */
export function readLevel(path: string, source: string): Level | Problem[] {
  const read = readYaml(path, source)
  if (Array.isArray(read)) return read
  const parsed = levelSchema.safeParse(read.value)
  if (parsed.success) return { ...parsed.data, path }
  return parsed.error.issues.flatMap(issue => problemsOf(issue, path, read.value, read.place))
}

function problemsOf(issue: z.core.$ZodIssue, path: string, value: unknown, place: (f: (string | number)[]) => { line: number; col: number }): Problem[] {
  const field = issue.path.filter((p): p is string | number => typeof p !== 'symbol')
  const at = (f: (string | number)[], message: string): Problem => ({ path, ...place(f), field: fieldName(f), message })
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => at([...field, key], unknownField(key, knownFields(field))))
  if (issue.code === 'invalid_union') {
    // The branch that got furthest says best what is wrong.
    const branches = issue.errors.filter(b => b.length > 0)
    const deepest = branches.sort((a, b) => depthOf(b) - depthOf(a))[0]
    if (deepest !== undefined && depthOf(deepest) > 0)
      return deepest.flatMap(i => problemsOf({ ...i, path: [...field, ...i.path] } as z.core.$ZodIssue, path, value, place))
    return [at(field, 'is none of the forms that may stand here')]
  }
  return [at(field, messageOf(issue))]
}

const depthOf = (issues: z.core.$ZodIssue[]): number => Math.max(...issues.map(i => i.path.length))

function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.includes('undefined') ? 'is missing' : `must be ${article(issue.expected)}`
    case 'too_big':
      return issue.origin === 'string' ? `is longer than ${issue.maximum} characters` : `has or is more than ${issue.maximum}`
    case 'too_small':
      return issue.origin === 'string' ? 'is empty' : `has or is less than ${issue.minimum}`
    case 'invalid_value':
      return issue.message.startsWith('needs') ? issue.message : `must be ${issue.values.map(String).join(', ')}`
    default:
      return issue.message
  }
}

const article = (type: string): string =>
  type === 'array' ? 'a list' : type === 'object' || type === 'record' ? 'a map' : type === 'string' ? 'text' : `a ${type}`

/** As it is written in messages: `bets[0].options[1].is`. */
export const fieldName = (field: (string | number)[]): string => field.map((f, i) => (typeof f === 'number' ? `[${f}]` : i === 0 ? f : `.${f}`)).join('')

function unknownField(key: string, known: string[]): string {
  const near = known.map(k => ({ k, d: distance(key, k) })).sort((a, b) => a.d - b.d)[0]
  return near !== undefined && near.d <= 3 ? `is not a field; did you mean ${near.k}?` : 'is not a field'
}

/** The fields that may stand at a place, from the JSON Schema. */
function knownFields(field: (string | number)[]): string[] {
  let at: any = levelJsonSchema()
  for (const step of field) {
    at = typeof step === 'number' ? (at?.items ?? at?.prefixItems?.[step]) : at?.properties?.[step]
    if (at?.anyOf) at = { properties: Object.assign({}, ...at.anyOf.map((b: any) => b.properties ?? {})) }
    if (at?.oneOf) at = { properties: Object.assign({}, ...at.oneOf.map((b: any) => b.properties ?? {})) }
  }
  return Object.keys(at?.properties ?? {})
}

/** Edits between two names. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

/** The JSON Schema that editors use; written to levels/level.schema.json. */
export function levelJsonSchema(): any {
  return { title: 'A level of k8s-factory', ...z.toJSONSchema(levelSchema, { io: 'input', unrepresentable: 'any' }) }
}
