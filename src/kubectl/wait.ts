// wait.ts: until something is true of objects: a condition, a field, that they are there, that they are gone.
// Models k8s.io/kubectl/pkg/cmd/wait/{wait,condition,json,delete,create}.go
// Differs: nothing known

import type { KubeObject } from '../api/object.ts'
import { found, type Info, inTurn, visit } from './builder.ts'
import { fail, failAll, isNotFound, NOTHING_MEANT } from './fail.ts'
import { duration, list } from './flags.ts'
import { goValue } from './go.ts'
import { relaxed, valuesAt } from './jsonpath.ts'
import { findObject, type Kit, watchOne } from './kit.ts'
import { report } from './output.ts'
import type { Next, Steps } from './want.ts'

const CREATE_POLL_MS = 500
const FOREVER_MS = 7 * 24 * 3600 * 1000 // A negative timeout is a week.

/** Is it so? Undefined for an object that is gone. */
type Test = (object: KubeObject | undefined) => boolean

export function* wait(kit: Kit): Steps<void> {
  const { flags } = kit
  const conditions = list(flags, 'for')
  if (conditions.length === 0) return fail('unrecognized condition: []')
  const tests = conditions.map(testOf)
  const timeout = duration(flags, 'timeout')
  const start: number = yield { want: 'now' }
  const until = start + (timeout < 0 ? FOREVER_MS : timeout)
  if (flags.args.length === 0 && list(flags, 'filename').length === 0) fail(NOTHING_MEANT)
  const asked = (word: string) => conditions.some(c => c.toLowerCase() === word)
  if (asked('create')) yield* untilThere(kit, until)
  const { inOrder } = yield* visit(kit, { all: false })
  if (inOrder.length === 0 && !asked('delete')) fail('no matching resources found')
  const kept = inOrder.filter(one => !('is' in one && asked('delete') && isNotFound(one)))
  yield* inTurn(found(kept), function* (info) {
    for (const [i, condition] of conditions.entries()) {
      const gone = condition.toLowerCase() === 'delete'
      const object = gone ? (yield* untilGone(kit, info, until)) && info.object : yield* untilTrue(kit, info, tests[i]!, until)
      if (!object) return fail(`timed out waiting for the condition on ${pluralName(info)}`)
      yield* report(kit, object, 'condition met')
    }
  })
}

const pluralName = (info: Info): string => `${info.type.plural}${info.type.group === '' ? '' : `.${info.type.group}`}/${info.name}`

function testOf(condition: string): Test {
  const lower = condition.toLowerCase()
  if (lower === 'create' || lower === 'delete') return object => (lower === 'create') === (object !== undefined)
  if (lower.startsWith('condition=')) {
    const [name = '', value = 'true'] = condition.slice(10).split('=')
    return object => hasCondition(object, name, value)
  }
  if (lower.startsWith('jsonpath=')) {
    const m = /^jsonpath=(\{.*\}|[^=]*?)(?:=(.*))?$/is.exec(condition)
    if (/^jsonpath=$/i.test(condition)) return fail('jsonpath expression cannot be empty')
    if (m?.[2] === '') return fail("jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3")
    if (!m || m[1] === '') return fail(`jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`)
    if (!/^\{\.?[^{}]+\}$|^\.?[^{}]+$/.test(m[1]!))
      return fail("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'")
    const path = relaxed(m[1]!)
    const wanted = m[2]?.replace(/^(['"])(.*)\1$/, '$2')
    return object => {
      const [value, ...more] = valuesAt(path, object)
      if (more.length > 0) fail('given jsonpath expression matches more than one value')
      if (value === undefined || wanted === undefined) return value !== undefined
      if (typeof value === 'object' && value !== null) fail('jsonpath leads to a nested object or list which is not supported')
      return goValue(value).trim() === wanted.trim()
    }
  }
  return fail(`unrecognized condition: ${JSON.stringify(condition)}`)
}

function hasCondition(object: KubeObject | undefined, name: string, value: string): boolean {
  const found = (object?.['status']?.conditions ?? []).find((c: any) => String(c.type).toLowerCase() === name.toLowerCase())
  if (!found) return false
  const generation = object!.metadata.generation
  const observed = found.observedGeneration ?? object!['status']?.observedGeneration
  if (generation !== undefined && observed !== undefined && observed < generation) return false
  return String(found.status).toLowerCase() === value.toLowerCase()
}

/** Watches one object until the test holds, and returns it; undefined when the time is over. */
function* untilTrue(kit: Kit, info: Info, test: Test, until: number): Steps<KubeObject | undefined> {
  if (test(info.object)) return info.object
  const watch = yield* watchOne(kit, info)
  try {
    for (;;) {
      const left = until - ((yield { want: 'now' }) as number)
      const next: Next = left <= 0 ? { timeout: true } : yield { want: 'next', watch, ms: left }
      if ('timeout' in next || 'closed' in next) return undefined
      if (!('event' in next) || next.event.type === 'BOOKMARK') continue
      const { type, object } = next.event
      if (type === 'ERROR') fail(`an error occurred while watching: ${object.message}`)
      if (type !== 'DELETED' && test(object)) return object
    }
  } finally {
    yield { want: 'close', watch }
  }
}

/** Waits until the object with this uid is gone; false when the time is over. */
export function* untilGone(kit: Kit, info: Info, until: number): Steps<boolean> {
  const uid = info.object?.metadata.uid
  const there = yield* findObject(kit, info.type, info.namespace, info.name)
  if (there === undefined || (uid !== undefined && there.metadata.uid !== uid)) return true
  const opened = yield* watchOne(kit, info)
  let seen = false
  for (;;) {
    const left = until - ((yield { want: 'now' }) as number)
    const next: Next = left <= 0 ? { timeout: true } : yield { want: 'next', watch: opened, ms: left }
    let done: boolean | undefined
    if ('timeout' in next || 'closed' in next) done = false
    else if ('event' in next) {
      const { type, object } = next.event
      if (type === 'DELETED') done = true
      else if (type === 'BOOKMARK') done = !seen && object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true' ? true : undefined
      else if (uid !== undefined && object.metadata.uid !== uid) done = true
      else seen = true
    }
    if (done === undefined) continue
    yield { want: 'close', watch: opened }
    return done
  }
}

function* untilThere(kit: Kit, until: number): Steps<void> {
  for (;;) {
    const { infos, failures } = yield* visit(kit)
    if (failures.some(f => !isNotFound(f))) failAll(failures)
    if (failures.length === 0 && infos.length > 0) return
    if (((yield { want: 'now' }) as number) >= until) fail('timed out waiting for the condition')
    yield { want: 'pause', ms: CREATE_POLL_MS }
  }
}
