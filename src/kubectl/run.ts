// run.ts: one Pod from a command line.
// Models k8s.io/kubectl/pkg/cmd/run/run.go and pkg/generate/versioned/run.go
// Differs: attaching shows what the container prints and types nothing: the containers here do not read

import { applyMergePatch } from '../api/patch.ts'
import { resourceByKind } from '../api/resources.ts'
import { structIdOf } from '../api/schema.ts'
import { applyStrategicMergePatch } from '../api/strategic.ts'
import { RECORDED, shown } from './exec.ts'
import { fail, misuse } from './fail.ts'
import { bool, changed, list, text } from './flags.ts'
import { ask, createObject, err, type Kit, open, out, pathTo, watchOne } from './kit.ts'
import { rememberedIfAsked } from './lastapplied.ts'
import { dryRunOf, report } from './output.ts'
import type { Next, Steps } from './want.ts'

const pods = resourceByKind('v1', 'Pod')!
const services = resourceByKind('v1', 'Service')!
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']

export function* run(kit: Kit): Steps<number | void> {
  const { flags } = kit
  const [name, ...rest] = flags.args
  if (name === undefined) return misuse('run', 'NAME is required for run')
  const image = text(flags, 'image')
  if (image === '') fail('--image is required')
  if (/\s/.test(image) || /[A-Z]/.test(image.split(':')[0]!.split('/').pop()!)) fail(`invalid image name ${JSON.stringify(image)}: invalid reference format`)
  const restart = text(flags, 'restart') || 'Always'
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) fail(`invalid restart policy: ${restart}, valid values are: Always, OnFailure, Never`)
  const pull = text(flags, 'image-pull-policy')
  if (pull !== '' && !PULL_POLICIES.includes(pull)) fail(`invalid image pull policy: ${pull}, valid values are: ${PULL_POLICIES.join(', ')}`)
  if (bool(flags, 'expose') && text(flags, 'port') === '') fail('--port must be set when exposing a service')
  const attached = bool(flags, 'attach') || bool(flags, 'stdin') || bool(flags, 'tty')
  if (attached && dryRunOf(kit).mode !== 'none') fail("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)")
  if (bool(flags, 'rm') && !bool(flags, 'stdin') && !bool(flags, 'attach')) fail('--rm should only be used for attached containers')
  const pod = overridden(kit, podOf(kit, name, image, restart, rest))
  const { mode, suffix, query } = dryRunOf(kit)
  const created =
    mode === 'client'
      ? pod
      : yield* createObject(kit, pods, kit.namespace, rememberedIfAsked(kit, pod, true), {
          ...query,
          fieldManager: text(flags, 'field-manager') || 'kubectl-run',
        })
  if (attached) return yield* attend(kit, name)
  yield* report(kit, created, 'created', suffix, mode === 'client')
  if (bool(flags, 'expose')) yield* expose(kit, name, mode, suffix, query)
}

function podOf(kit: Kit, name: string, image: string, restart: string, rest: string[]): any {
  const { flags } = kit
  const container: Record<string, unknown> = { image, name, resources: {} }
  if (changed(flags, 'image-pull-policy')) container['imagePullPolicy'] = text(flags, 'image-pull-policy')
  if (bool(flags, 'stdin')) Object.assign(container, { stdin: true, stdinOnce: true })
  if (bool(flags, 'tty')) container['tty'] = true
  if (rest.length > 0) container[bool(flags, 'command') ? 'command' : 'args'] = rest
  const env = list(flags, 'env').map(e => {
    const eq = e.indexOf('=')
    if (eq < 1) fail(`invalid env: ${e}`)
    return { name: e.slice(0, eq), value: e.slice(eq + 1) }
  })
  if (env.length > 0) container['env'] = env
  if (changed(flags, 'port')) container['ports'] = [{ containerPort: portOf(text(flags, 'port')) }]
  if (bool(flags, 'privileged')) container['securityContext'] = { privileged: true }
  const labels = changed(flags, 'labels') ? labelsOf(text(flags, 'labels')) : { run: name }
  const metadata: Record<string, unknown> = { name, labels }
  if (kit.explicitNamespace || kit.namespace !== 'default') metadata['namespace'] = kit.namespace
  const annotations = Object.fromEntries(list(flags, 'annotations').map(a => [a.slice(0, a.indexOf('=')), a.slice(a.indexOf('=') + 1)]))
  if (Object.keys(annotations).length > 0) metadata['annotations'] = annotations
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: restart }, status: {} }
}

export function portOf(value: string): number {
  if (!/^\d+$/.test(value)) fail('--port must be a number')
  return Number(value)
}

/** `app=web,tier=front`. */
export function labelsOf(value: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const pair of value.split(',').filter(p => p !== '')) {
    const eq = pair.indexOf('=')
    if (eq < 1) fail(`unexpected label spec: ${pair}`)
    out[pair.slice(0, eq)] = pair.slice(eq + 1)
  }
  return out
}

/** `--overrides` by `--override-type`. */
export function overridden(kit: Kit, object: any): any {
  const given = text(kit.flags, 'overrides')
  if (given === '') return object
  let patch: unknown
  try {
    patch = JSON.parse(given)
  } catch {
    return fail('Invalid JSON Patch')
  }
  if (text(kit.flags, 'override-type') !== 'strategic') return applyMergePatch(object, patch)
  const made = applyStrategicMergePatch(structIdOf(resourceByKind(object.apiVersion, object.kind)!)!, object, patch)
  return 'error' in made ? fail(made.error) : made.value
}

function* expose(kit: Kit, name: string, mode: string, suffix: string, query: Record<string, string>): Steps<void> {
  const port = text(kit.flags, 'port')
  if (port === '') fail('--port must be set when exposing a service')
  const selector = changed(kit.flags, 'labels') ? labelsOf(text(kit.flags, 'labels')) : { run: name }
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector, ports: [{ port: portOf(port), protocol: 'TCP', targetPort: portOf(port) }] },
    status: { loadBalancer: {} },
  }
  const created = mode === 'client' ? service : yield* createObject(kit, services, kit.namespace, service, query)
  yield* report(kit, created, 'created', suffix)
}

/** Shows what the Pod prints until it ends; with `--rm` the Pod goes then. Returns the container's exit status. */
function* attend(kit: Kit, name: string): Steps<number> {
  if (bool(kit.flags, 'stdin')) yield* err(RECORDED)
  yield* phaseOf(kit, name, ['Running', 'Succeeded', 'Failed'])
  const { watch } = yield* open(kit, 'stream', { path: pathTo(pods, kit.namespace, name, 'log'), query: { follow: 'true' }, accept: 'application/json, */*' })
  yield* shown(watch)
  const wait = text(kit.flags, 'restart') === 'Never' || text(kit.flags, 'restart') === 'OnFailure'
  const ended: any = wait ? yield* phaseOf(kit, name, ['Succeeded', 'Failed']) : undefined
  if (bool(kit.flags, 'rm')) {
    yield* ask(kit, {
      method: 'DELETE',
      path: pathTo(pods, kit.namespace, name),
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
    })
    yield* out(`pod ${JSON.stringify(name)} deleted from ${kit.namespace} namespace\n`)
  }
  const code = ended?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode ?? 0
  if (code !== 0) yield* err(`pod ${kit.namespace}/${name} terminated (Error)\n`)
  return code
}

/** Watches until the Pod is in one of these phases. */
function* phaseOf(kit: Kit, name: string, phases: string[]): Steps<any> {
  const watch = yield* watchOne(kit, { type: pods, namespace: kit.namespace, name })
  for (;;) {
    const next: Next = yield { want: 'next', watch }
    if ('closed' in next) return fail('timed out waiting for the condition')
    if (!('event' in next) || next.event.type === 'BOOKMARK') continue
    if (next.event.type !== 'DELETED' && !phases.includes(next.event.object.status?.phase)) continue
    yield { want: 'close', watch }
    return next.event.object
  }
}
