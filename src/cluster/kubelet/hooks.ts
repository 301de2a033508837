// hooks.ts: runs what a container wants done just after its start and just before its end.
// Models pkg/kubelet/lifecycle/handlers.go
// Differs: HTTP hooks succeed when somebody listens on the port

import type { Container, LifecycleHandler, Pod } from '../../api/pod.ts'
import type { RoutineIo, Steps } from '../../kernel/machine.ts'
import type { DialReply, ExecSyncReply } from '../container-runtime/cri.ts'
import { cri } from './cri.ts'
import { addressOf } from './downward.ts'
import type { Kubelet } from './state.ts'
import { format } from './state.ts'

/** Returns what went wrong, or ''. `ms`: how long it may take. */
export function* runHook(io: RoutineIo<Kubelet>, pod: Pod, container: Container, id: string, hook: LifecycleHandler, ms: number | undefined): Steps<string> {
  const where = `for Container ${JSON.stringify(container.name)} in Pod ${JSON.stringify(format(pod))} failed - error: `
  if (hook.exec) {
    const command = hook.exec.command ?? []
    const reply = yield* cri<ExecSyncReply>(io, 'ExecSync', { id, command }, ms)
    const what = `Exec lifecycle hook (${JSON.stringify(command).replaceAll('","', '" "').replaceAll('"', '')}) ${where}`
    if (!reply.ok) return `${what}${reply.error.message}, message: ""`
    if (reply.value.exitCode === 0) return ''
    const { exitCode, output } = reply.value
    return `${what}command '${command.join(' ')}' exited with ${exitCode}: ${output}, message: ${JSON.stringify(output)}`
  }
  if (hook.sleep) {
    const asked = hook.sleep.seconds * 1000
    yield* io.sleep(ms === undefined ? asked : Math.min(asked, ms))
    return ms !== undefined && asked > ms ? `Sleep lifecycle hook (${hook.sleep.seconds}) ${where}container terminated before sleep hook finished` : ''
  }
  if (hook.httpGet) {
    const { port } = hook.httpGet
    const number = typeof port === 'number' ? port : (container.ports?.find(p => p.name === port)?.containerPort ?? 0)
    const ip = io.state(s => addressOf(s, pod))
    const runtime = io.state(s => s.runtime)
    const answer = yield* io.call<DialReply>(runtime, 'Dial', { ip: pod.spec.hostNetwork === true ? '' : ip, port: number }, ms)
    if (answer.ok && answer.value.connected) return ''
    return `HTTP lifecycle hook (${hook.httpGet.path}) ${where}Get "http://${ip}:${number}${hook.httpGet.path}": dial tcp ${ip}:${number}: connect: connection refused`
  }
  return `invalid handler: ${JSON.stringify(hook)}`
}
