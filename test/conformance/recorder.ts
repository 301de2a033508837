// recorder.ts: writes down what happens in a simulated cluster as the recordings do: writes, Events, calls to the runtime, states of pods.

import type { User } from '../../src/cluster/user.ts'
import type { System } from '../../src/kernel/machine.ts'
import { apply, type World } from '../../src/kernel/world.ts'
import { actor, detail, normalise, summary } from './rules.mjs'

const USER = 'user/recorder'
const WATCH = 1

export function recorder(system: System, world: World) {
  apply(system, world, { input: 'spawn', name: USER, config: {} })
  const request = {
    method: 'GET',
    path: '/api/v1/namespaces/default/pods',
    query: { watch: 'true', resourceVersion: '0' },
    headers: { authorization: 'Bearer admin-token', 'user-agent': 'recorder' },
  }
  apply(system, world, { input: 'post', to: USER, type: 'ask', body: { id: WATCH, request, open: true } })
  let lastNote = world.noteIds
  let lastAt = world.now
  let taken = 0
  let writes: any[] = []
  let events = new Map<string, any>()
  let runtime: any[] = []
  let pods = new Map<string, any[]>()
  const stopped = new Set<string>()

  function write(note: any): void {
    const d = note.data
    if (d.verb === 'get' || d.verb === 'list' || d.verb === 'watch') return
    if (d.resource === 'events') {
      if (d.verb === 'create' && d.body?.reason) event(d.body)
      return
    }
    const who = actor(d.user)
    if (d.resource === 'leases' || /subjectaccessreviews|tokenreviews|selfsubject/.test(d.resource)) return
    if (d.resource === 'nodes' && d.subresource === 'status' && who === 'kubelet') return
    if (d.resource === 'serviceaccounts' && d.subresource === 'token') return
    if (d.code >= 400 && who !== 'user' && d.code !== 403) return
    const more = detail(d.verb, d, d.body)
    const object = (d.namespace && d.namespace !== 'default' ? `${d.namespace}/` : '') + normalise(d.name ?? '')
    writes.push({
      actor: who,
      verb: d.verb,
      resource: d.resource + (d.subresource ? `/${d.subresource}` : ''),
      object,
      code: d.code,
      ...(more ? { detail: more } : {}),
    })
    lastAt = note.at
  }
  function event(o: any): void {
    const about = o.involvedObject ?? o.regarding ?? {}
    const from = o.source?.component || o.reportingController || o.reportingComponent
    const seen = { from, type: o.type, reason: o.reason, object: `${about.kind}/${normalise(about.name)}`, message: normalise(o.message ?? o.note ?? '') }
    events.set(about.name + JSON.stringify(seen), seen)
  }
  function call(note: any): void {
    const { call: name, ...rest } = note.data
    if (name === 'ExecSync' || name === 'RemovePodSandbox') return
    lastAt = note.at
    if (rest.pod) rest.pod = normalise(rest.pod)
    if (name === 'StopPodSandbox') {
      if (stopped.has(rest.pod)) return
      stopped.add(rest.pod)
    }
    for (const key of Object.keys(rest)) if (rest[key] === undefined || !KEPT.has(key)) delete rest[key]
    runtime.push({ call: name, ...rest })
  }
  function pod(line: any): void {
    lastAt = world.now
    const name = line.object.metadata.name
    const state = line.type === 'DELETED' ? { deleted: true } : summary(line.object)
    const list = pods.get(name) ?? []
    if (JSON.stringify(list[list.length - 1]) !== JSON.stringify(state)) list.push(state)
    pods.set(name, list)
  }

  return {
    /** Reads what is new; called after every message. */
    look(): void {
      if (world.noteIds > lastNote) {
        for (const note of world.notes.slice(Math.max(0, world.notes.length - (world.noteIds - lastNote)))) {
          if (note.kind === 'Request') write(note)
          else if (note.kind === 'RuntimeCall') call(note)
        }
        lastNote = world.noteIds
      }
      const watch = (world.actors.get(USER)!.state as User).watches.get(WATCH)
      if (!watch || watch.first + watch.lines.length <= taken) return
      for (const line of watch.lines.slice(taken - watch.first)) pod(line)
      taken = watch.first + watch.lines.length
      apply(system, world, { input: 'post', to: USER, type: 'took', body: { id: WATCH, upTo: taken } })
    },
    begin(): void {
      writes = []
      events = new Map()
      runtime = []
      pods = new Map()
    },
    end: () => ({ writes, events: [...events.values()], runtime, pods: [...pods.values()] }),
    /** When something last happened that counts, ms. */
    lastAt: () => lastAt,
  }
}

const KEPT = new Set(['attempt', 'container', 'pod', 'timeout', 'image', 'error'])
