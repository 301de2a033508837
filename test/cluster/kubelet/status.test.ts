import { expect, test } from 'vitest'
import { admit } from '../../../src/cluster/kubelet/admission.ts'
import { inBackoff, newBackoff, nextBackoff } from '../../../src/cluster/kubelet/backoff.ts'
import { containersReadyCondition, initializedCondition, readyCondition } from '../../../src/cluster/kubelet/conditions.ts'
import { convertStatuses } from '../../../src/cluster/kubelet/containerstatuses.ts'
import { phaseOf } from '../../../src/cluster/kubelet/phase.ts'
import { qosOf } from '../../../src/cluster/kubelet/qos.ts'
import { statusPatch } from '../../../src/cluster/kubelet/statuspatch.ts'
import { pod } from './hatch.ts'

const running = { running: { startedAt: 't' } }
const ended = (exitCode: number) => ({ terminated: { exitCode } })
const waiting = { waiting: { reason: 'ContainerCreating' } }
const s = (name: string, state: any, extra: any = {}): any => ({ name, state, lastState: {}, ready: false, restartCount: 0, ...extra })

test('the phase follows from what the containers do', () => {
  const always = pod('p')
  const never = pod('p', { restartPolicy: 'Never' })
  const onFailure = pod('p', { restartPolicy: 'OnFailure' })
  const two = pod('p', { restartPolicy: 'Never', containers: [{ name: 'p' }, { name: 'q' }] })
  const table: [any, any[], boolean, string][] = [
    [always, [], false, 'Pending'],
    [always, [s('p', waiting)], false, 'Pending'],
    [always, [s('p', running)], false, 'Running'],
    [always, [s('p', ended(0))], false, 'Running'],
    [always, [s('p', waiting, { lastState: ended(1) })], false, 'Running'],
    [always, [s('p', ended(0))], true, 'Succeeded'],
    [always, [s('p', ended(143))], true, 'Failed'],
    [never, [s('p', ended(0))], false, 'Succeeded'],
    [never, [s('p', ended(3))], false, 'Failed'],
    [onFailure, [s('p', ended(0))], false, 'Succeeded'],
    [onFailure, [s('p', ended(1))], false, 'Running'],
    [two, [s('p', ended(1)), s('q', running)], false, 'Running'],
    [two, [s('p', ended(1)), s('q', ended(0))], false, 'Failed'],
  ]
  for (const [p, statuses, finalising, phase] of table) expect(phaseOf(p, statuses, true, finalising)).toBe(phase)
})

test('init containers hold the phase at Pending, or fail the Pod', () => {
  const p = pod('p', { restartPolicy: 'Never', initContainers: [{ name: 'i' }, { name: 'side', restartPolicy: 'Always' }] })
  const phase = (i: any, side: any, app: any) => phaseOf(p, [s('i', i), side, s('p', app)], app.waiting === undefined, false)
  expect(phase(running, s('side', waiting), waiting)).toBe('Pending')
  expect(phase(ended(1), s('side', waiting), waiting)).toBe('Failed')
  expect(phase(ended(0), s('side', running, { started: false }), waiting)).toBe('Pending')
  expect(phase(ended(0), s('side', running, { started: true }), running)).toBe('Running')
  expect(phase(ended(0), s('side', running, { started: true }), ended(0))).toBe('Running')
  expect(phase(ended(0), s('side', ended(0)), ended(0))).toBe('Succeeded')
})

test('conditions name the containers that hold the Pod back', () => {
  const p = pod('p', { containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }] })
  expect(initializedCondition(p, [s('i', running)], 'Pending')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: 'containers with incomplete status: [i]',
    observedGeneration: 1,
  })
  expect(containersReadyCondition(p, [s('a', running)], 'Running')).toMatchObject({
    reason: 'ContainersNotReady',
    message: 'containers with unknown status: [b], containers with unready status: [a]',
  })
  const gated = pod('p', { readinessGates: [{ conditionType: 'x/y' }] })
  expect(readyCondition(gated, [], [s('p', running, { ready: true })], 'Running')).toMatchObject({
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: 'corresponding condition of pod readiness gate "x/y" does not exist.',
  })
})

test('a back-off doubles from 10 s to 5 min, and is forgotten after 10 min', () => {
  const backoff = newBackoff()
  const steps: number[] = []
  let now = 0
  for (let i = 0; i < 8; i++) {
    nextBackoff(backoff, 'k', now, now)
    const ms = inBackoff(backoff, 'k', now, now)
    steps.push(ms / 1000)
    expect(inBackoff(backoff, 'k', now, now + ms)).toBe(0)
    now += ms
  }
  expect(steps).toEqual([10, 20, 40, 80, 160, 300, 300, 300])
  nextBackoff(backoff, 'k', now + 600_001, now + 600_001)
  expect(inBackoff(backoff, 'k', now + 600_001, now + 600_001)).toBe(10_000)
})

test('quality of service', () => {
  const of = (resources: any) => {
    const p = pod('p', { containers: [{ resources }] })
    return qosOf({ ...p, status: {} })
  }
  expect(of({})).toBe('BestEffort')
  expect(of({ requests: { cpu: '1' } })).toBe('Burstable')
  expect(of({ requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } })).toBe('Guaranteed')
  expect(of({ limits: { cpu: '1000m', memory: '1Gi' }, requests: { cpu: '1' } })).toBe('Guaranteed')
})

test('admission gives the first reason', () => {
  const node: any = { metadata: { name: 'p', labels: { zone: 'p' } }, spec: {}, status: { allocatable: { cpu: '4', memory: '8Gi', pods: '2' } } }
  const reason = (spec: any, others: any[] = [], n = node) => admit(pod('x', spec), n, others)
  expect(reason({})).toBeUndefined()
  expect(reason({}, [pod('a'), pod('b')])!.message).toBe("Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2")
  expect(reason({ containers: [{ resources: { requests: { memory: '9Gi' } } }] })!.reason).toBe('OutOfmemory')
  expect(reason({ nodeSelector: { zone: 'q' } })!.message).toBe("Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")
  const port = { containers: [{ ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }] }
  expect(reason(port, [pod('a', port)])!.message).toBe("Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")
  const wet = { ...node, spec: { taints: [{ key: 'wet', effect: 'NoExecute' }] } }
  expect(reason({}, [], wet)!.reason).toBe('TaintToleration')
  expect(reason({ tolerations: [{ operator: 'Exists' }] }, [], wet)).toBeUndefined()
})

test('a status patch holds only what differs', () => {
  const from: any = {
    phase: 'Pending',
    podIP: '10.0.0.1',
    podIPs: [{ ip: '10.0.0.1' }],
    reason: 'X',
    conditions: [
      { type: 'Ready', status: 'False', reason: 'A', lastProbeTime: null },
      { type: 'Old', status: 'True' },
    ],
  }
  const to: any = { phase: 'Running', podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }], conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null }] }
  expect(statusPatch('u', from, to)).toEqual({
    metadata: { uid: 'u' },
    status: {
      phase: 'Running',
      podIP: '10.0.0.2',
      podIPs: [{ ip: '10.0.0.2' }, { $patch: 'delete', ip: '10.0.0.1' }],
      reason: null,
      conditions: [
        { type: 'Ready', status: 'True', reason: null },
        { $patch: 'delete', type: 'Old' },
      ],
    },
  })
  expect(statusPatch('u', to, { ...to })).toBeUndefined()
})

test('a Pod whose sandbox was replaced is Pending until its sidecars have started again; one whose last init container is tried again is Running', () => {
  const p = pod('p', { restartPolicy: 'OnFailure', initContainers: [{ name: 'side', restartPolicy: 'Always' }] })
  const before = s('p', waiting, { lastState: ended(137) })
  expect(phaseOf(p, [s('side', running, { started: false }), before], false, false)).toBe('Pending')
  const tried = pod('p', { restartPolicy: 'OnFailure', initContainers: [{ name: 'i' }] })
  expect(phaseOf(tried, [s('i', ended(1)), before], false, false)).toBe('Running')
})

test('how a container ended before is kept when its remains are gone, and restarts are never fewer than were shown', () => {
  const p = pod('p')
  const at = (attempt: number, state: string): any => ({
    id: `c${attempt}`,
    name: 'p',
    attempt,
    state,
    image: 'i',
    imageId: 'i',
    exitCode: 0,
    reason: 'Completed',
    message: '',
    startedAt: 1,
    finishedAt: 2,
  })
  const convert = (containers: any[], old: any[]) =>
    convertStatuses({
      pod: p,
      runtime: { sandboxes: [], containers },
      containers: p.spec.containers,
      old,
      reasonOf: () => undefined,
      actual: {},
      init: false,
      initialized: false,
    })[0]!
  const first = { exitCode: 3, containerID: 'containerd://c0' }
  const shownEnded = s('p', { terminated: first }, { containerID: 'containerd://c0', restartCount: 4 })
  expect(convert([at(1, 'RUNNING')], [shownEnded])).toMatchObject({ lastState: { terminated: first }, restartCount: 5 })
  const hookFailed = s('p', waiting, {
    containerID: 'containerd://c1',
    lastState: { terminated: { exitCode: 0, containerID: 'containerd://c1' } },
    restartCount: 1,
  })
  expect(convert([at(1, 'EXITED')], [hookFailed])).toMatchObject({ lastState: hookFailed.lastState, restartCount: 1 })
})

test('an init container of which nothing is left has ended well once an app container is there; an ephemeral one has not', () => {
  const p = pod('p', { initContainers: [{ name: 'i' }] })
  const common = { pod: p, runtime: { sandboxes: [], containers: [] }, old: [], reasonOf: () => undefined, actual: {}, initialized: true }
  const [init] = convertStatuses({ ...common, containers: p.spec.initContainers, init: true })
  expect(init!.state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
  const [other] = convertStatuses({ ...common, containers: [{ ...p.spec.containers[0], name: 'e' }], init: false })
  expect(other!.state).toEqual({ waiting: { reason: 'PodInitializing' } })
})
