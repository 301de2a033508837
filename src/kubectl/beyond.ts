// beyond.ts: commands that reach beyond the API server, of which there is nothing here but their judgement of arguments.
// Models k8s.io/kubectl/pkg/cmd/{cp,portforward}
// Differs: no file is copied, and no port of this machine leads into the cluster

import { podBehind } from './exec.ts'
import { Fail, fail, misuse } from './fail.ts'
import type { Kit } from './kit.ts'
import type { Steps } from './want.ts'

/** Commands that end so in any case. */
export const BEYOND: Record<string, (kit: Kit) => Steps<void>> = { cp, 'port-forward': portForward }

/** Ends a command for which there is nothing to work on. */
export function beyond(command: string): never {
  return fail(`${JSON.stringify(`kubectl ${command}`)} has nothing to work on here: it reaches beyond the API server`)
}

function* cp(kit: Kit): Steps<void> {
  const { args } = kit.flags
  if (args.length !== 2) fail('source and destination are required')
  const [from, to] = args.map(place)
  if (from!.pod !== '' && to!.pod !== '') fail('one of src or dest must be a local file specification')
  if (from!.file === '' || to!.file === '') fail('filepath can not be empty')
  if (from!.pod === '' && to!.pod === '') fail('one of src or dest must be a remote file specification')
  if (from!.pod === '') {
    const path = from!.file
    const there = (yield { want: 'list', path }) !== undefined || (yield { want: 'read', path }) !== undefined
    if (!there) fail(`${path} doesn't exist in local filesystem`)
  }
  const { pod, namespace } = from!.pod === '' ? to! : from!
  yield* podBehind({ ...kit, namespace: namespace || kit.namespace }, [pod])
  beyond('cp')
}

/** `[[namespace/]pod:]file/path` */
function place(spec: string): { namespace: string; pod: string; file: string } {
  const colon = spec.indexOf(':')
  if (colon < 0) return { namespace: '', pod: '', file: spec }
  const words = spec.slice(0, colon).split('/')
  if (colon === 0 || words.length > 2) throw new Fail({ is: 'plain', text: 'filespec must match the canonical format: [[namespace/]pod:]file/path' })
  return { namespace: words.length === 2 ? words[0]! : '', pod: words.at(-1)!, file: spec.slice(colon + 1) }
}

function* portForward(kit: Kit): Steps<void> {
  const [word, ...ports] = kit.flags.args
  if (word === undefined || ports.length === 0) return misuse('port-forward', 'TYPE/NAME and list of ports are required for port-forward')
  const { object, pod } = yield* podBehind(kit, [word])
  for (const port of ports) portOf(port.split(':').at(-1)!, object, pod)
  if (pod.status?.phase !== 'Running') fail(`unable to forward port because pod is not running. Current status=${pod.status?.phase}`)
  beyond('port-forward')
}

/** Ends the command on a port that neither the Service nor the Pod has. */
function portOf(remote: string, object: any, pod: any): void {
  const number = /^[-+]?\d+$/.test(remote)
  if (object.kind === 'Service') {
    const ports: any[] = object.spec.ports ?? []
    if (!number && !ports.some(p => p.name === remote)) fail(`Service '${object.metadata.name}' does not have a named port '${remote}'`)
    if (number && !ports.some(p => p.port === Number(remote))) fail(`Service ${object.metadata.name} does not have a service port ${Number(remote)}`)
    return
  }
  if (remote === '') fail('remote port cannot be empty')
  const named = (pod.spec.containers as any[]).flatMap(c => c.ports ?? []).some(p => p.name === remote)
  if (!number && !named) fail(`Pod '${pod.metadata.name}' does not have a named port '${remote}'`)
}
