// rollout.ts: how a change goes through: status, history, undo, pause, resume, restart.
// Models k8s.io/kubectl/pkg/cmd/rollout and pkg/polymorphichelpers/{rollout_status,history,rollback,objectpauser,objectresumer,objectrestarter}.go
// Differs: nothing known

import { formatLabelSelector } from '../api/labels.ts'
import { sameJson } from '../api/patch.ts'
import { groupResource, resourceByKind } from '../api/resources.ts'
import { rfc3339 } from '../api/time.ts'
import { type Found, type Info, inTurn, visit } from './builder.ts'
import { Paper } from './describe/paper.ts'
import { podTemplate } from './describe/pod.ts'
import { newReplicaSet } from './describe/workloads.ts'
import { errorText, type Failure, fail, failAll, failureOf } from './fail.ts'
import { bool, duration, int, list, text } from './flags.ts'
import { err, type Kit, listObjects, nameOf, out, patchObject, watchOne } from './kit.ts'
import { LAST_APPLIED, lastApplied } from './lastapplied.ts'
import { dryRunOf, report } from './output.ts'
import { align } from './tabwriter.ts'
import type { Next, Steps } from './want.ts'

const REVISION = 'deployment.kubernetes.io/revision'
const CAUSE = 'kubernetes.io/change-cause'
const RESTARTED = 'kubectl.kubernetes.io/restartedAt'
const replicaSets = resourceByKind('apps/v1', 'ReplicaSet')!
const controllerRevisions = resourceByKind('apps/v1', 'ControllerRevision')!

function* chosen(kit: Kit): Steps<Found> {
  if (kit.flags.args.length === 0 && list(kit.flags, 'filename').length === 0) fail('required resource not specified')
  return yield* visit(kit)
}

// ---- status

export function* status(kit: Kit): Steps<void> {
  const all = yield* chosen(kit)
  const timeout = duration(kit.flags, 'timeout')
  const start: number = yield { want: 'now' }
  yield* inTurn(all, info => follow(kit, info, timeout > 0 ? start + timeout : Number.POSITIVE_INFINITY))
}

function* follow(kit: Kit, info: Info, until: number): Steps<void> {
  const view = STATUS[info.type.kind]
  if (!view) fail(`no status viewer has been implemented for ${info.type.kind}`)
  const revision = int(kit.flags, 'revision')
  const watch = yield* watchOne(kit, info)
  try {
    for (;;) {
      const left = until - ((yield { want: 'now' }) as number)
      const next: Next = left <= 0 ? { timeout: true } : Number.isFinite(left) ? yield { want: 'next', watch, ms: left } : yield { want: 'next', watch }
      if ('timeout' in next || 'closed' in next) fail('timed out waiting for the condition')
      if (!('event' in next) || next.event.type === 'BOOKMARK') continue
      if (next.event.type === 'DELETED') fail('object has been deleted')
      const seen = view!(next.event.object, revision)
      yield* out(seen.text)
      if (seen.done || !bool(kit.flags, 'watch')) return
    }
  } finally {
    yield { want: 'close', watch }
  }
}

type View = (object: any, revision: number) => { text: string; done: boolean }

const STATUS: Record<string, View | undefined> = {
  Deployment(d, revision) {
    if (revision > 0 && Number(d.metadata.annotations?.[REVISION] ?? 0) !== revision)
      fail(`desired revision (${revision}) is different from the running revision (${d.metadata.annotations?.[REVISION] ?? 0})`)
    const { name } = d.metadata
    const s = d.status ?? {}
    if (d.metadata.generation > (s.observedGeneration ?? 0)) return { text: 'Waiting for deployment spec update to be observed...\n', done: false }
    const progressing = (s.conditions ?? []).find((c: any) => c.type === 'Progressing')
    if (progressing?.reason === 'ProgressDeadlineExceeded') fail(`deployment ${JSON.stringify(name)} exceeded its progress deadline`)
    const [updated, all, available] = [s.updatedReplicas ?? 0, s.replicas ?? 0, s.availableReplicas ?? 0]
    if (d.spec.replicas !== undefined && updated < d.spec.replicas)
      return {
        text: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${updated} out of ${d.spec.replicas} new replicas have been updated...\n`,
        done: false,
      }
    if (all > updated)
      return {
        text: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${all - updated} old replicas are pending termination...\n`,
        done: false,
      }
    if (available < updated)
      return {
        text: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${available} of ${updated} updated replicas are available...\n`,
        done: false,
      }
    return { text: `deployment ${JSON.stringify(name)} successfully rolled out\n`, done: true }
  },
  DaemonSet(d) {
    if (d.spec.updateStrategy?.type !== 'RollingUpdate') fail(`rollout status is only available for RollingUpdate strategy type`)
    const { name } = d.metadata
    const s = d.status ?? {}
    if (d.metadata.generation > (s.observedGeneration ?? 0)) return { text: 'Waiting for daemon set spec update to be observed...\n', done: false }
    const desired = s.desiredNumberScheduled ?? 0
    if ((s.updatedNumberScheduled ?? 0) < desired)
      return {
        text: `Waiting for daemon set ${JSON.stringify(name)} rollout to finish: ${s.updatedNumberScheduled ?? 0} out of ${desired} new pods have been updated...\n`,
        done: false,
      }
    if ((s.numberAvailable ?? 0) < desired)
      return {
        text: `Waiting for daemon set ${JSON.stringify(name)} rollout to finish: ${s.numberAvailable ?? 0} of ${desired} updated pods are available...\n`,
        done: false,
      }
    return { text: `daemon set ${JSON.stringify(name)} successfully rolled out\n`, done: true }
  },
  StatefulSet(x) {
    if (x.spec.updateStrategy?.type !== 'RollingUpdate') fail(`rollout status is only available for RollingUpdate strategy type`)
    const s = x.status ?? {}
    if ((s.observedGeneration ?? 0) === 0 || x.metadata.generation > s.observedGeneration)
      return { text: 'Waiting for statefulset spec update to be observed...\n', done: false }
    if (x.spec.replicas !== undefined && (s.readyReplicas ?? 0) < x.spec.replicas)
      return { text: `Waiting for ${x.spec.replicas - (s.readyReplicas ?? 0)} pods to be ready...\n`, done: false }
    const partition = x.spec.updateStrategy.rollingUpdate?.partition
    if (partition !== undefined) {
      if ((s.updatedReplicas ?? 0) < x.spec.replicas - partition)
        return {
          text: `Waiting for partitioned roll out to finish: ${s.updatedReplicas ?? 0} out of ${x.spec.replicas - partition} new pods have been updated...\n`,
          done: false,
        }
      return { text: `partitioned roll out complete: ${s.updatedReplicas ?? 0} new pods have been updated...\n`, done: true }
    }
    if (s.updateRevision !== s.currentRevision)
      return { text: `waiting for statefulset rolling update to complete ${s.updatedReplicas ?? 0} pods at revision ${s.updateRevision}...\n`, done: false }
    return { text: `statefulset rolling update complete ${s.currentReplicas ?? 0} pods at revision ${s.currentRevision}...\n`, done: true }
  },
}

// ---- history

interface Revision {
  number: number
  cause: string
  template: any
  /** The ReplicaSet or ControllerRevision itself. */
  object: any
}

const ROLLED = ['Deployment', 'DaemonSet', 'StatefulSet']
/** Kinds that upstream's visitors know, and do nothing with. */
const VISITED = ['CronJob', 'Job', 'Pod', 'ReplicaSet', 'ReplicationController']

/** Ends the command for what has no revisions. */
function unlessRolled({ type }: Info, wish: string, maker: string): void {
  if (ROLLED.includes(type.kind)) return
  const kind = JSON.stringify(`${type.kind}${type.group === '' ? '' : `.${type.group}`}`)
  if (VISITED.includes(type.kind)) fail(`no ${maker} has been implemented for ${kind}`)
  fail(`error retrieving ${wish} for ${kind}, no visitor method exists for {${type.group} ${type.kind}}`)
}

/** Revisions of a workload, oldest first. */
function* revisions(kit: Kit, info: Info): Steps<Revision[]> {
  unlessRolled(info, 'history', 'history viewer')
  const object: any = info.object
  const labelSelector = formatLabelSelector(object.spec.selector)
  const owned = (o: any) => (o.metadata.ownerReferences ?? []).some((r: any) => r.controller && r.uid === object.metadata.uid)
  if (info.type.kind === 'Deployment') {
    const sets = (yield* listObjects(kit, replicaSets, info.namespace, { labelSelector })).filter(owned) as any[]
    return sets
      .map(rs => ({
        number: Number(rs.metadata.annotations?.[REVISION] ?? 0),
        cause: rs.metadata.annotations?.[CAUSE] ?? '',
        template: rs.spec.template,
        object: rs,
      }))
      .filter(r => r.number > 0)
      .sort((a, b) => a.number - b.number)
  }
  const found = (yield* listObjects(kit, controllerRevisions, info.namespace, { labelSelector })).filter(owned) as any[]
  return found
    .map(r => ({
      number: r.revision,
      cause: r.metadata.annotations?.[CAUSE] ?? '',
      template: r.data?.spec?.template,
      object: { ...object, spec: { ...object.spec, template: r.data?.spec?.template } },
    }))
    .sort((a, b) => a.number - b.number)
}

export function* history(kit: Kit): Steps<void> {
  const all = yield* chosen(kit)
  const wanted = int(kit.flags, 'revision')
  if (wanted < 0) fail(`revision must be a positive integer: ${wanted}`)
  yield* inTurn(all, function* (info) {
    const found = yield* revisions(kit, info)
    if (text(kit.flags, 'output') !== '') {
      if (wanted > 0 && !found.some(r => r.number === wanted)) fail('unable to find the specified revision')
      for (const r of found) if (wanted === 0 || r.number === wanted) yield* report(kit, r.object, '')
      return
    }
    if (wanted === 0) {
      const rows = found.map(r => `${r.number}\t${r.cause || '<none>'}`)
      yield* out(`${nameOf(info.type, info.name)} \n${align(['REVISION\tCHANGE-CAUSE', ...rows].join('\n'))}\n\n`)
      return
    }
    const one = found.find(r => r.number === wanted)
    if (!one) fail('unable to find the specified revision')
    yield* out(`${nameOf(info.type, info.name)} with revision #${wanted}\n${yield* templateText(one!)}\n`)
  })
}

/** A revision's template in words. Its cells are not laid out, upstream neither. */
function* templateText(r: Revision): Steps<string> {
  const p = new Paper(yield { want: 'now' })
  const annotations = { ...r.template.metadata?.annotations, [CAUSE]: r.cause }
  podTemplate(p, r.cause ? { ...r.template, metadata: { ...r.template.metadata, annotations } } : r.template)
  return p.raw()
}

// ---- undo, pause, resume, restart

export function* undo(kit: Kit): Steps<void> {
  const all = yield* chosen(kit)
  const wanted = int(kit.flags, 'to-revision')
  const { mode, suffix, query } = dryRunOf(kit)
  yield* inTurn(all, function* (info) {
    const object: any = info.object
    unlessRolled(info, 'rollbacker', 'rollbacker')
    if (lastApplied(object) !== undefined)
      yield* err(
        `Warning: resource ${info.type.plural}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
      )
    const found = yield* revisions(kit, info)
    const to = wanted > 0 ? found.find(r => r.number === wanted) : found.at(-2)
    if (!to)
      fail(
        wanted > 0
          ? `unable to find specified revision ${wanted} in history`
          : info.type.kind === 'Deployment'
            ? `no rollout history found for deployment ${JSON.stringify(info.name)}`
            : 'no last revision to roll back to',
      )
    const isDeployment = info.type.kind === 'Deployment'
    if (mode === 'client') return yield* report(kit, object, `${isDeployment ? '' : 'will roll back to '}${yield* templateText(to!)}`, suffix)
    if (isDeployment && object.spec.paused) fail("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again")
    const same = isDeployment
      ? newReplicaSet(object, [{ metadata: { creationTimestamp: '', name: '' }, spec: { template: to!.template } }]) !== undefined
      : sameJson(object.spec.template, to!.template)
    if (same) return yield* report(kit, object, `skipped rollback (current template already matches revision ${wanted})`, suffix)
    yield* rollBack(kit, info, to!, query)
    yield* report(kit, object, 'rolled back', suffix)
  })
}

function* rollBack(kit: Kit, info: Info, to: Revision, query: Record<string, string>): Steps<void> {
  const place = { type: info.type, namespace: info.namespace, name: info.name, query }
  if (info.type.kind !== 'Deployment') {
    yield* patchObject(kit, { ...place, how: 'strategic', patch: { spec: { template: { ...to.template, $patch: 'replace' } } } })
    return
  }
  const { 'pod-template-hash': _, ...labels } = to.template.metadata?.labels ?? {}
  const template = { ...to.template, metadata: { ...to.template.metadata, labels } }
  const kept = [LAST_APPLIED, REVISION]
  const annotations: Record<string, string> = {}
  for (const key of kept) {
    const value = info.object!.metadata.annotations?.[key]
    if (value !== undefined) annotations[key] = value
  }
  if (to.cause) annotations[CAUSE] = to.cause
  const patch = [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ]
  yield* patchObject(kit, { ...place, how: 'json', patch })
}

const TOO_SOON = 'if restart has already been triggered within the past second, please wait before attempting to trigger another'

/** Patches one by one; a change that makes no patch comes too soon. */
function* each(kit: Kit, word: string, change: (info: Info) => unknown): Steps<void> {
  const { infos, failures: lost } = yield* chosen(kit)
  const failures: Failure[] = lost.length > 1 ? [{ is: 'many', failures: lost }] : lost
  if (infos.length === 0 && failures.length === 0) yield* err(`No resources found in ${kit.namespace} namespace.\n`)
  const query = { fieldManager: text(kit.flags, 'field-manager') || 'kubectl-rollout' }
  for (const info of infos) {
    const told = (prefix: string, error: unknown) => failures.push({ is: 'plain', text: `${prefix}${errorText(failureOf(error))}` })
    let patch: unknown
    try {
      patch = change(info)
    } catch (error) {
      told('error: ', error)
      continue
    }
    if (patch === undefined) {
      failures.push({ is: 'plain', text: `failed to create patch for ${info.name}: ${TOO_SOON}` })
      continue
    }
    try {
      yield* report(kit, yield* patchObject(kit, { type: info.type, namespace: info.namespace, name: info.name, how: 'strategic', patch, query }), word)
    } catch (error) {
      told('failed to patch: ', error)
    }
  }
  failAll(failures)
}

const shown = (info: Info): string => `${groupResource(info.type)} ${JSON.stringify(info.name)}`

export const pause = (kit: Kit): Steps<void> =>
  each(kit, 'paused', info => {
    if (info.type.kind !== 'Deployment') fail(`${shown(info)} pausing is not supported`)
    if ((info.object as any).spec.paused) fail(`${shown(info)} is already paused`)
    return { spec: { paused: true } }
  })

export const resume = (kit: Kit): Steps<void> =>
  each(kit, 'resumed', info => {
    if (info.type.kind !== 'Deployment') fail(`${shown(info)} resuming is not supported`)
    if (!(info.object as any).spec.paused) fail(`${shown(info)} is not paused`)
    return { spec: { paused: null } }
  })

export function* restart(kit: Kit): Steps<void> {
  const now: number = yield { want: 'now' }
  yield* each(kit, 'restarted', info => {
    if (!ROLLED.includes(info.type.kind)) fail(`${shown(info)} restarting is not supported`)
    const object: any = info.object
    if (object.spec.paused) fail(`${shown(info)} can't restart paused deployment (run rollout resume first)`)
    if (object.spec.template.metadata?.annotations?.[RESTARTED] === rfc3339(now)) return undefined
    return { spec: { template: { metadata: { annotations: { [RESTARTED]: rfc3339(now) } } } } }
  })
}
