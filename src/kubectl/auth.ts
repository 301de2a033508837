// auth.ts: who am I, and what may I?
// Models k8s.io/kubectl/pkg/cmd/auth
// Differs: `auth reconcile` is not there

import { ruleRows } from './describe/papers.ts'
import { fail, failureOf } from './fail.ts'
import { bool, text } from './flags.ts'
import { ask, err, type Kit, out } from './kit.ts'
import { resourceNamed } from './mapper.ts'
import { printObject } from './output.ts'
import { align } from './tabwriter.ts'
import type { Steps } from './want.ts'

const post = (kit: Kit, path: string, kind: string, group: string, spec: unknown) =>
  ask(kit, {
    method: 'POST',
    path: `/apis/${group}/v1/${path}`,
    body: { apiVersion: `${group}/v1`, kind, metadata: {}, ...(spec === undefined ? {} : { spec }), status: {} },
  })

export function* canI(kit: Kit): Steps<number> {
  const { flags } = kit
  if (bool(flags, 'list')) {
    yield* allRights(kit)
    return 0
  }
  const [verb, word, extra] = flags.args
  if (verb === undefined || word === undefined || flags.args.length > 3)
    return fail("you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.")
  let spec: any
  if (word.startsWith('/')) spec = { nonResourceAttributes: { verb, path: word } }
  else {
    const [kind = '', named] = word.split('/')
    let [group, resource] = ['', kind]
    if (kind !== '*') {
      try {
        const type = yield* resourceNamed(kit, kind)
        group = type.group
        resource = type.plural
        if (!type.namespaced) yield* err(`Warning: resource '${type.plural}' is not namespace scoped${group === '' ? '' : ` in group '${group}'`}\n\n`)
      } catch (error) {
        failureOf(error)
        yield* err(`Warning: the server doesn't have a resource type '${kind}'\n\n`)
      }
    }
    const namespace = bool(flags, 'all-namespaces') ? '' : kit.namespace
    spec = { resourceAttributes: { namespace, verb, group, resource, subresource: text(flags, 'subresource'), name: named ?? extra ?? '' } }
  }
  const { body } = yield* post(kit, 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', 'authorization.k8s.io', spec)
  const { allowed, reason, evaluationError } = body.status
  if (!bool(flags, 'quiet'))
    yield* out(`${allowed ? 'yes' : 'no'}${!allowed && reason ? ` - ${reason}` : ''}${!allowed && evaluationError ? ` - ${evaluationError}` : ''}\n`)
  return allowed ? 0 : 1
}

function* allRights(kit: Kit): Steps<void> {
  const { body } = yield* post(kit, 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', 'authorization.k8s.io', { namespace: kit.namespace })
  const rules = [...(body.status.resourceRules ?? []), ...(body.status.nonResourceRules ?? [])]
  const rows = ruleRows(rules)
  const lines = rows.map(r => `${r.resource}\t${r.urls}\t${r.names}\t[${r.verbs.join(' ')}]`)
  yield* out(`${align([...(bool(kit.flags, 'no-headers') ? [] : ['Resources\tNon-Resource URLs\tResource Names\tVerbs']), ...lines].join('\n'), 3, 6)}\n`)
}

export function* whoami(kit: Kit): Steps<void> {
  const { body } = yield* post(kit, 'selfsubjectreviews', 'SelfSubjectReview', 'authentication.k8s.io', undefined)
  if (text(kit.flags, 'output') !== '') {
    yield* printObject(kit, body)
    return
  }
  const { username, uid, groups = [], extra = {} } = body.status.userInfo
  const rows = [`Username\t${username}`]
  if (uid) rows.push(`UID\t${uid}`)
  if (groups.length > 0) rows.push(`Groups\t[${groups.join(' ')}]`)
  for (const key of Object.keys(extra).sort()) rows.push(`Extra: ${key}\t[${extra[key].join(' ')}]`)
  yield* out(`${align(['ATTRIBUTE\tVALUE', ...rows].join('\n'), 3, 6)}\n`)
}
