// setenv.ts: environment variables of containers: set, taken from elsewhere, dropped, listed.
// Models k8s.io/kubectl/pkg/cmd/set/{set_env,env}
// Differs: `--resolve` does not read a container's resources

import { decodeBase64 } from '../api/base64.ts'
import { strictEnvVarName } from '../api/name.ts'
import { resourceByKind } from '../api/resources.ts'
import { type Info, visit } from './builder.ts'
import { errorText, fail, failAll, failureOf } from './fail.ts'
import { bool, list, text } from './flags.ts'
import { sortedKeys } from './json.ts'
import { err, getObject, type Kit, out } from './kit.ts'
import { changeEach, chosen, clashes, containersLike, containersOf, podSpecOf, podsIn, withContainers } from './set.ts'
import type { Steps } from './want.ts'

export function* setEnv(kit: Kit): Steps<void> {
  const { flags } = kit
  const [unfit, ...more] = clashes(kit)
  if (unfit?.startsWith('cannot set')) fail(unfit)
  const isChange = (a: string) => a.indexOf('=') > 0 || a.endsWith('-')
  const first = flags.args.findIndex(isChange)
  const [args, changes] = first < 0 ? [flags.args, []] : [flags.args.slice(0, first), flags.args.slice(first)]
  if (!changes.every(isChange)) fail(`all resources must be specified before environment changes: ${flags.args.join(' ')}`)
  for (const words of [unfit, ...more]) if (words !== undefined) fail(words)
  if (args.length === 0 && list(flags, 'filename').length === 0) fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (bool(flags, 'list') && text(flags, 'output') !== '') fail('--list and --output may not be specified together')
  if (list(flags, 'keys').length > 0 && text(flags, 'from') === '') fail('when specifying --keys, a configmap or secret must be provided with --from')
  const { env, drop } = yield* parseEnv([...list(flags, 'env'), ...changes])
  env.push(...(yield* fromSource(kit)))
  const added = env.map(e => ({ ...e, name: `${text(flags, 'prefix')}${e.name}` }))
  const infos = yield* chosen(kit, args)
  const wanted = containersLike(kit)
  if (bool(flags, 'list')) return yield* listEnv(kit, infos, c => ({ ...c, env: updated(c.env ?? [], added, drop) }))
  for (const info of infos) {
    const pods = podSpecOf(info.object)
    if (pods && !containersOf(pods.spec).some(wanted))
      yield* err(`Warning: ${info.type.kind}/${info.name} does not have any containers matching ${JSON.stringify(text(flags, 'containers'))}\n`)
  }
  yield* changeEach(kit, infos, {
    done: 'env updated',
    refused: 'failed to patch env update to pod template:',
    change(info) {
      const pods = podsIn(info)
      return pods.with(
        withContainers(pods.spec, c => {
          if (!wanted(c)) return c
          const old: any[] = c.env ?? []
          const clash = bool(flags, 'overwrite') ? undefined : old.find(o => added.some(e => e.name === o.name && (e.value ?? '') !== (o.value ?? '')))
          if (clash) fail(`'${clash.name}' already has a value (${clash.value ?? ''}), and --overwrite is false`)
          const env = updated(old, added, drop)
          return env.length + old.length === 0 ? c : { ...c, env }
        }),
      )
    },
  })
}

/** `A=1`, `A-`, and `-` for what standard input says. */
function* parseEnv(specs: string[]): Steps<{ env: any[]; drop: string[] }> {
  const env: any[] = []
  const drop: string[] = []
  const named = new Set<string>()
  for (const spec of specs) {
    const eq = spec.indexOf('=')
    if (spec === '-') {
      const body: string | undefined = yield { want: 'read', path: '-' }
      for (const line of (body ?? '').split('\n').map(l => l.replace(/#.*/, '')))
        if (line.includes('=')) env.push({ name: line.slice(0, line.indexOf('=')), value: line.slice(line.indexOf('=') + 1) })
    } else if (eq >= 0) {
      const name = spec.slice(0, eq)
      const wrong = strictEnvVarName(name)
      if (wrong.length > 0) fail(`${JSON.stringify(name)} is not a valid key name: ${wrong.join(';')}`)
      named.add(name)
      env.push({ name, value: spec.slice(eq + 1) })
    } else if (spec.endsWith('-')) drop.push(spec.slice(0, -1))
    else fail(`unknown environment variable: ${spec}`)
  }
  if (drop.some(name => named.has(name))) fail('can not both modify and remove the same environment variable in the same command')
  return { env, drop }
}

/** What was there keeps its place; what is new comes behind. */
function updated(old: any[], added: any[], drop: string[]): any[] {
  const kept = old.filter(o => !drop.includes(o.name)).map(o => added.find(a => a.name === o.name) ?? o)
  const news = added.filter((a, i) => !drop.includes(a.name) && !old.some(o => o.name === a.name) && added.findIndex(b => b.name === a.name) === i)
  return [...kept, ...news]
}

/** `--from=configmap/x`: a variable for each key, by reference. */
function* fromSource(kit: Kit): Steps<any[]> {
  const from = text(kit.flags, 'from')
  if (from === '') return []
  const { infos, failures } = yield* visit(kit, { args: [from], all: false })
  failAll(failures)
  const keys = list(kit.flags, 'keys')
  const made: any[] = []
  for (const info of infos) {
    if (info.type.kind !== 'ConfigMap' && info.type.kind !== 'Secret') fail(`unsupported resource specified in --from`)
    for (const key of Object.keys((info.object as any).data ?? {}).sort()) {
      if (keys.length > 0 && !keys.includes(key)) continue
      const name = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase()
      const ref = { key, name: info.name }
      if (name !== key) yield* err(`Warning: key ${key} transferred to ${name}\n`)
      made.push({ name, valueFrom: info.type.kind === 'Secret' ? { secretKeyRef: ref } : { configMapKeyRef: ref } })
    }
  }
  return made
}

function* listEnv(kit: Kit, infos: Info[], change: (container: any) => any): Steps<void> {
  const wanted = containersLike(kit)
  for (const info of infos) {
    const pods = podSpecOf(info.object)
    for (const c of pods ? containersOf(pods.spec).filter(wanted).map(change) : []) {
      yield* out(`# ${info.type.kind} ${info.name}, container ${c.name}\n`)
      const wrong = new Map<string, string[]>()
      for (const e of c.env) {
        if (e.valueFrom === undefined) yield* out(`${e.name}=${e.value ?? ''}\n`)
        else {
          const found = bool(kit.flags, 'resolve') ? yield* resolved(kit, info, e.valueFrom) : undefined
          if (found && 'value' in found) yield* out(`${e.name}=${found.value}\n`)
          else yield* out(`# ${e.name} from ${sourceText(e.valueFrom)}\n`)
          if (found && 'error' in found) wrong.set(found.error, [...(wrong.get(found.error) ?? []), e.name])
        }
      }
      const told = [...wrong].map(([error, names]) => `error retrieving reference for ${names.sort().join(', ')}: ${error}\n`)
      yield* err(told.sort().join(''))
    }
  }
}

/** What a variable's source says now. */
function* resolved(kit: Kit, info: Info, from: any): Steps<{ value: string } | { error: string }> {
  if (from.fieldRef) return fieldOf(info.object, from.fieldRef.fieldPath)
  const ref = from.secretKeyRef ?? from.configMapKeyRef
  if (!ref) return { error: `Unsupported container resource : ${from.resourceFieldRef?.resource}` }
  try {
    const type = resourceByKind('v1', from.secretKeyRef ? 'Secret' : 'ConfigMap')!
    const value = ((yield* getObject(kit, type, kit.namespace, ref.name)) as any).data?.[ref.key]
    if (value === undefined) return { error: `key ${ref.key} not found in ${from.secretKeyRef ? 'secret' : 'config map'} ${ref.name}` }
    return { value: from.secretKeyRef ? decodeBase64(value) : value }
  } catch (error) {
    return { error: errorText(failureOf(error)) }
  }
}

function fieldOf({ metadata }: any, path: string): { value: string } | { error: string } {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? []
  if (map !== undefined) return { value: metadata[map]?.[key!] ?? '' }
  const name = path.replace(/^metadata\./, '')
  if (['name', 'namespace', 'uid'].includes(name) && path !== name) return { value: metadata[name] ?? '' }
  if ((name !== 'labels' && name !== 'annotations') || path === name) return { error: `unsupported fieldPath: ${path}` }
  return {
    value: sortedKeys(metadata[name])
      .map(k => `${k}=${JSON.stringify(metadata[name][k])}`)
      .join('\n'),
  }
}

function sourceText({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: any): string {
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`
  if (secretKeyRef) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`
  if (fieldRef) return `field path ${fieldRef.fieldPath}`
  if (resourceFieldRef) return `resource field ${resourceFieldRef.containerName ? `${resourceFieldRef.containerName}/` : ''}${resourceFieldRef.resource}`
  return 'invalid valueFrom'
}
