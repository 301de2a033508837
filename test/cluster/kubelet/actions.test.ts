import { expect, test } from 'vitest'
import { computePodActions, sandboxChanged } from '../../../src/cluster/kubelet/actions.ts'
import { containerHash } from '../../../src/cluster/kubelet/containers.ts'
import { pod } from './hatch.ts'

const sandbox = (state = 'READY', attempt = 0): any => ({
  id: `s${attempt}`,
  name: 'p',
  namespace: 'default',
  uid: 'u',
  attempt,
  hostNetwork: false,
  state,
  createdAt: attempt,
  ip: '10.244.1.2',
})
const box = (p: any, name: string, state: string, exitCode = 0, extra = {}): any => {
  const spec = [...p.spec.containers, ...(p.spec.initContainers ?? [])].find(c => c.name === name)
  return { id: `c-${name}`, sandbox: 's0', name, attempt: 0, state, exitCode, hash: containerHash(spec), createdAt: 1, ...extra }
}
const quiet = { liveness: () => undefined, startup: () => undefined }
const run = (p: any, sandboxes: any[], containers: any[], probes: any = quiet) => computePodActions(p, { sandboxes, containers }, probes)

test('sandboxes: the first thing that is wrong is named', () => {
  const p = pod('p')
  const table: [any[], string, number][] = [
    [[], 'no pod sandbox exists', 0],
    [[sandbox('READY', 1), sandbox('READY', 0)], 'multiple pod sandboxes are ready and need to be reconciled', 2],
    [[sandbox('NOTREADY', 3)], 'pod sandbox is not ready', 4],
    [[{ ...sandbox(), hostNetwork: true }], 'network namespace mode changed and sandbox needs to be recreated', 1],
    [[{ ...sandbox(), ip: '' }], 'pod sandbox has no IP address', 1],
    [[sandbox()], '', 0],
  ]
  for (const [sandboxes, message, attempt] of table) expect(sandboxChanged(p, { sandboxes, containers: [] })).toMatchObject({ message, attempt })
})

test('a new Pod gets a sandbox and its containers, or its first init container', () => {
  expect(run(pod('p', { containers: [{ name: 'a' }, { name: 'b' }] }), [], [])).toMatchObject({
    killPod: true,
    createSandbox: true,
    toStart: [0, 1],
    initToStart: [],
  })
  expect(run(pod('p', { initContainers: [{ name: 'i' }, { name: 'j' }] }), [], [])).toMatchObject({ createSandbox: true, toStart: [], initToStart: [0] })
})

test('a container that ended is started again as its policy says', () => {
  const table: [string, number, number[]][] = [
    ['Always', 0, [0]],
    ['Always', 1, [0]],
    ['OnFailure', 0, []],
    ['OnFailure', 1, [0]],
    ['Never', 1, []],
  ]
  for (const [restartPolicy, code, toStart] of table) {
    const p = pod('p', { restartPolicy, containers: [{ name: 'a' }, { name: 'b' }] })
    expect(run(p, [sandbox()], [box(p, 'a', 'EXITED', code), box(p, 'b', 'RUNNING')])).toMatchObject({ killPod: false, toStart })
  }
})

test('rules of a container come before its policy, and its policy before that of the Pod', () => {
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]
  const p = pod('p', { restartPolicy: 'Always', containers: [{ name: 'a', restartPolicy: 'Never', restartPolicyRules: rules }, { name: 'b' }] })
  const after = (code: number) => run(p, [sandbox()], [box(p, 'a', 'EXITED', code), box(p, 'b', 'RUNNING')]).toStart
  expect(after(42)).toEqual([0])
  expect(after(1)).toEqual([])
})

test('when nothing is kept and nothing is started, the Pod is taken down', () => {
  const p = pod('p', { restartPolicy: 'Never' })
  expect(run(p, [sandbox()], [box(p, 'p', 'EXITED', 0)])).toMatchObject({ killPod: true, createSandbox: false, toStart: [] })
})

test('probes that failed and names that changed replace a running container', () => {
  const p = pod('p')
  const killed = (probes: any, extra = {}) => run(p, [sandbox()], [box(p, 'p', 'RUNNING', 0, extra)], { ...quiet, ...probes })
  expect(killed({ liveness: () => 'Failure' })).toMatchObject({
    toKill: [{ message: 'Container p failed liveness probe, will be restarted', reason: 'liveness' }],
    toStart: [0],
  })
  expect(killed({ startup: () => 'Failure' }).toKill[0]!.message).toBe('Container p failed startup probe, will be restarted')
  expect(killed({}, { hash: 'other' }).toKill[0]!.message).toBe('Container p definition changed, will be restarted')
  // Without a restart nothing is kept, and the whole Pod is taken down.
  const never = pod('p', { restartPolicy: 'Never' })
  expect(run(never, [sandbox()], [box(never, 'p', 'RUNNING')], { ...quiet, liveness: () => 'Failure' })).toMatchObject({ killPod: true, toStart: [] })
})

test('init containers: the last one with a status decides what is next', () => {
  const p = pod('p', { initContainers: [{ name: 'one' }, { name: 'side', restartPolicy: 'Always' }, { name: 'two' }] })
  const next = (...containers: any[]) => {
    const { initToStart, toStart, killPod } = run(p, [sandbox()], containers)
    return { initToStart, toStart, killPod }
  }
  const one = box(p, 'one', 'EXITED', 0)
  const side = box(p, 'side', 'RUNNING')
  expect(next()).toEqual({ initToStart: [0], toStart: [], killPod: false })
  expect(next(box(p, 'one', 'RUNNING'))).toEqual({ initToStart: [], toStart: [], killPod: false })
  expect(next(one)).toEqual({ initToStart: [1], toStart: [], killPod: false })
  expect(next(one, side)).toEqual({ initToStart: [2], toStart: [], killPod: false })
  expect(next(one, side, box(p, 'two', 'EXITED', 1))).toEqual({ initToStart: [2], toStart: [], killPod: false })
  expect(next(one, side, box(p, 'two', 'EXITED', 0))).toEqual({ initToStart: [], toStart: [0], killPod: false })
  // A sidecar that ended comes back, beside the next regular one.
  expect(next(one, box(p, 'side', 'EXITED', 1), box(p, 'two', 'RUNNING'))).toEqual({ initToStart: [1], toStart: [], killPod: false })
})

test('an init container that failed for good takes the Pod down', () => {
  const p = pod('p', { restartPolicy: 'Never', initContainers: [{ name: 'one' }] })
  expect(run(p, [sandbox()], [box(p, 'one', 'EXITED', 1)])).toMatchObject({ killPod: true, initToStart: [], toStart: [] })
})

test('a sandbox that is lost starts everything again, but what must run only once', () => {
  const p = pod('p', { restartPolicy: 'OnFailure', containers: [{ name: 'a' }, { name: 'b' }] })
  const containers = [box(p, 'a', 'EXITED', 0), box(p, 'b', 'EXITED', 1)]
  expect(run(p, [sandbox('NOTREADY')], containers)).toMatchObject({ killPod: true, createSandbox: true, attempt: 1, toStart: [1] })
  expect(run(p, [sandbox('NOTREADY')], [box(p, 'a', 'EXITED', 0), box(p, 'b', 'EXITED', 0)])).toMatchObject({
    killPod: true,
    createSandbox: false,
    toStart: [],
  })
})
