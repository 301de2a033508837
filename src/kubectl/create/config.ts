// config.ts: namespaces, ConfigMaps, Secrets, ServiceAccounts, tokens.
// Models k8s.io/kubectl/pkg/cmd/create/create_{namespace,configmap,secret,secret_docker,secret_tls,serviceaccount,token}.go
// Differs: --append-hash is not there; a TLS pair is not checked to match

import { encodeBase64 } from '../../api/base64.ts'
import { configMapKey, strictEnvVarName } from '../../api/name.ts'
import { errorText, fail, failureOf } from '../fail.ts'
import { duration, list, text } from '../flags.ts'
import { ask, type Kit, out } from '../kit.ts'
import { printObject } from '../output.ts'
import type { Steps } from '../want.ts'
import { made, nameOfNew } from './create.ts'

export function* namespace(kit: Kit): Steps<void> {
  yield* made(kit, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: nameOfNew(kit) }, spec: {}, status: {} }, '')
}

export function* serviceaccount(kit: Kit): Steps<void> {
  yield* made(kit, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: nameOfNew(kit) } }, 'serviceaccount')
}

/** Keys and values from literals, files and env files. */
function* dataOf(kit: Kit, what: string): Steps<Record<string, string>> {
  const data: Record<string, string> = {}
  if (list(kit.flags, 'from-env-file').length > 0 && list(kit.flags, 'from-file').length + list(kit.flags, 'from-literal').length > 0)
    fail('from-env-file cannot be combined with from-file or from-literal')
  const add = (key: string, value: string) => {
    const bad = configMapKey(key)
    if (bad.length > 0)
      fail(
        `${JSON.stringify(key)} ${what === 'Secret' ? 'is not valid key name for a Secret' : 'is not a valid key name for a ConfigMap:'} ${bad.join(what === 'Secret' ? ';' : ',')}`,
      )
    if (data[key] !== undefined)
      fail(
        what === 'Secret'
          ? `cannot add key ${key}, another key by that name already exists`
          : `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(kit.flags.args[0])}`,
      )
    data[key] = value
  }
  for (const literal of list(kit.flags, 'from-literal')) {
    const eq = literal.indexOf('=')
    if (eq < 1) fail(`invalid literal source ${literal}, expected key=value`)
    add(literal.slice(0, eq), literal.slice(eq + 1).replace(/^(['"])(.*)\1$/s, '$2'))
  }
  for (const source of list(kit.flags, 'from-file')) {
    const { key, path } = fileSource(source)
    const names: string[] | undefined = yield { want: 'list', path }
    if (names !== undefined && source.includes('=')) fail(`cannot give a key name for a directory path`)
    for (const file of names === undefined ? [path] : names.map(n => `${path.replace(/\/$/, '')}/${n}`)) {
      const body: string | undefined = yield { want: 'read', path: file }
      if (body === undefined && names !== undefined) continue // Folders in a folder are passed over.
      if (body === undefined) fail(`error reading ${file}: no such file or directory`)
      add(names === undefined ? key : file.split('/').pop()!, body as string)
    }
  }
  for (const path of list(kit.flags, 'from-env-file')) {
    const body: string | undefined = yield { want: 'read', path }
    if (body === undefined) fail(`error reading ${path}: no such file or directory`)
    for (const line of (body as string).split(/\r?\n/).map(l => l.trimStart())) {
      if (line === '' || line.startsWith('#')) continue
      const [key = '', ...value] = line.split('=')
      const wrong = strictEnvVarName(key)
      if (wrong.length > 0) fail(`${JSON.stringify(key)} is not a valid key name: ${wrong.join(';')}`)
      add(key, value.length > 0 ? value.join('=') : (kit.env.variables?.[key] ?? ''))
    }
  }
  return data
}

/** `path` or `key=path`. */
function fileSource(source: string): { key: string; path: string } {
  const [key = '', path, ...more] = source.split('=')
  if (path === undefined) return { key: source.split('/').pop()!, path: source }
  if (more.length > 0) fail("key names or file paths cannot contain '='")
  if (key === '') fail(`key name for file path ${path} missing`)
  if (path === '') fail(`file path for key name ${key} missing`)
  return { key, path }
}

export function* configmap(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const data = yield* dataOf(kit, 'ConfigMap')
  yield* made(kit, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...(Object.keys(data).length > 0 ? { data } : {}) }, 'configmap')
}

const encoded = (data: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(data).map(([k, v]) => [k, encodeBase64(v)]))

export function* genericSecret(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const data = encoded(yield* dataOf(kit, 'Secret'))
  const type = text(kit.flags, 'type')
  yield* made(
    kit,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...(Object.keys(data).length > 0 ? { data } : {}), ...(type === '' ? {} : { type }) },
    'secret',
  )
}

export function* dockerSecret(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const [username, password, email, server] = ['docker-username', 'docker-password', 'docker-email', 'docker-server'].map(f => text(kit.flags, f))
  if ((username === '' || password === '') && list(kit.flags, 'from-file').length === 0)
    fail('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required')
  const auths = {
    [server || 'https://index.docker.io/v1/']: { username, password, ...(email === '' ? {} : { email }), auth: encodeBase64(`${username}:${password}`) },
  }
  const data = { '.dockerconfigjson': encodeBase64(JSON.stringify({ auths })) }
  yield* made(kit, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data, type: 'kubernetes.io/dockerconfigjson' }, 'secret')
}

export function* tlsSecret(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const data: Record<string, string> = {}
  let unpaired: string | undefined
  for (const [flag, key] of [
    ['cert', 'tls.crt'],
    ['key', 'tls.key'],
  ] as const) {
    const path = text(kit.flags, flag)
    if (path === '') fail('key and cert must be specified')
    const body: string | undefined = yield { want: 'read', path }
    if (body === undefined) fail(`Cannot read file ${path}, open ${path}: no such file or directory`)
    data[key] = encodeBase64(body as string)
    if (!/-----BEGIN [A-Z0-9 ]+-----\n/.test(body as string))
      unpaired ??= `tls: failed to find any PEM data in ${flag === 'cert' ? 'certificate' : 'key'} input`
  }
  if (unpaired !== undefined) fail(unpaired)
  yield* made(kit, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data, type: 'kubernetes.io/tls' }, 'secret')
}

function boundTo({ flags }: Kit): object | null {
  const [kind, name, uid] = ['kind', 'name', 'uid'].map(part => text(flags, `bound-object-${part}`))
  return kind === '' ? null : { kind, apiVersion: 'v1', name, ...(uid === '' ? {} : { uid }) }
}

const BOUND = ['Node', 'Pod', 'Secret']

function judgeToken({ flags }: Kit): void {
  const ms = duration(flags, 'duration')
  if (ms < 0) fail('--duration must be greater than or equal to 0')
  if (ms % 1000 !== 0) fail('--duration cannot be expressed in units less than seconds')
  if (list(flags, 'audience').includes('')) fail('--audience must not be an empty string')
  const [kind, name, uid] = ['kind', 'name', 'uid'].map(part => text(flags, `bound-object-${part}`))
  if (kind === '' && name !== '') fail('--bound-object-name can only be set if --bound-object-kind is provided')
  if (kind === '' && uid !== '') fail('--bound-object-uid can only be set if --bound-object-kind is provided')
  if (kind !== '' && !BOUND.includes(kind!)) fail(`supported --bound-object-kind values are ${BOUND.join(', ')}`)
  if (kind !== '' && name === '') fail('--bound-object-name is required if --bound-object-kind is provided')
}

export function* token(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  judgeToken(kit)
  const seconds = duration(kit.flags, 'duration') / 1000
  const spec: Record<string, unknown> = {
    audiences: list(kit.flags, 'audience').length > 0 ? list(kit.flags, 'audience') : null,
    boundObjectRef: boundTo(kit),
    expirationSeconds: seconds > 0 ? seconds : null,
  }
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec, status: { token: '', expirationTimestamp: null } }
  let answer: any
  try {
    answer = (yield* ask(kit, { method: 'POST', path: `/api/v1/namespaces/${kit.namespace}/serviceaccounts/${name}/token`, body })).body
  } catch (error) {
    return fail(`failed to create token: ${errorText(failureOf(error))}`)
  }
  if (!answer.status?.token) fail('failed to create token: no token in server response')
  if (text(kit.flags, 'output') === '') yield* out(`${answer.status.token}\n`)
  else yield* printObject(kit, answer)
}
