// reviews.ts: questions about rights and identities.
// Models k8s.io/kubernetes/pkg/registry/{authorization,authentication}/*/rest.go
// Differs: TokenReviews of people's tokens ask the same table as the door

import type { PolicyRule } from '../../../api/rbac.ts'
import { isStatus } from '../../../api/status.ts'
import { rfc3339 } from '../../../api/time.ts'
import type { Io, Steps } from '../../../kernel/machine.ts'
import { share } from '../../../kernel/share.ts'
import { userOfToken } from '../authentication.ts'
import { authorize } from '../authorization/authorize.ts'
import { NODE_RULES } from '../authorization/node.ts'
import { type Attributes, rulesFor } from '../authorization/rbac.ts'
import { readObject } from '../decoding.ts'
import { refusal } from '../door.ts'
import type { Call, Outcome, ServerIo, State, User } from '../state.ts'
import { AUDIENCE } from '../tokens.ts'

export function* review(io: ServerIo, call: Call): Steps<Outcome> {
  return io.state((s, t) => share(answered(s, t, call)))
}

function answered(s: State, io: Io, call: Call): Outcome {
  const read = readObject(call.type, call.request.body, call.fieldValidation)
  if (isStatus(read)) return refusal(read)
  const object: any = read.object
  const { spec = {} } = object
  const body = { ...object, metadata: { ...object.metadata, creationTimestamp: rfc3339(io.now) }, status: statusOf(s, call, spec, io.now) }
  return { status: 201, body, warnings: read.warnings }
}

function statusOf(s: State, call: Call, spec: any, now: number): unknown {
  switch (call.type.kind) {
    case 'SelfSubjectAccessReview':
      return decided(s, call.user, spec)
    case 'LocalSubjectAccessReview':
    case 'SubjectAccessReview':
      return decided(s, { username: spec.user ?? '', groups: spec.groups ?? [] }, spec)
    case 'SelfSubjectRulesReview':
      return rules(s, call.user, spec.namespace ?? '')
    case 'SelfSubjectReview':
      return { userInfo: userInfo(call.user) }
    default: {
      const user = userOfToken(s, spec.token ?? '', 'review', now)
      if (user === undefined) return { user: {}, error: '[invalid bearer token, token lookup failed]' }
      return { authenticated: true, user: userInfo(user), audiences: spec.audiences ?? [AUDIENCE] }
    }
  }
}

function userInfo({ username, uid, groups, extra }: User) {
  return { username, ...(uid ? { uid } : {}), groups, ...(extra && Object.keys(extra).length > 0 ? { extra } : {}) }
}

function decided(s: State, user: User, spec: any): unknown {
  const r = spec.resourceAttributes ?? {}
  const wanted: Attributes =
    spec.nonResourceAttributes !== undefined
      ? {
          verb: spec.nonResourceAttributes.verb ?? '',
          group: '',
          resource: '',
          subresource: '',
          namespace: '',
          name: '',
          path: spec.nonResourceAttributes.path ?? '',
        }
      : {
          verb: r.verb ?? '',
          group: r.group ?? '',
          resource: r.resource ?? '',
          subresource: r.subresource ?? '',
          namespace: r.namespace ?? '',
          name: r.name ?? '',
          path: '',
        }
  const { allowed, reason } = authorize(s, user, wanted)
  return { allowed, ...(reason === '' ? {} : { reason }) }
}

/** All that somebody may do in a namespace. */
function rules(s: State, user: User, namespace: string): unknown {
  const broken: string[] = []
  const resourceRules: PolicyRule[] = []
  const nonResourceRules: PolicyRule[] = []
  const granted: any[] = rulesFor(s, user, namespace, broken).map(g => g.rule)
  if (user.groups.includes('system:masters') && !granted.some(r => r.apiGroups?.includes('*')))
    granted.unshift({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })
  if (user.groups.includes('system:nodes')) granted.push(...NODE_RULES)
  for (const rule of granted) {
    if ((rule.resources ?? []).length > 0)
      resourceRules.push({
        verbs: rule.verbs,
        apiGroups: rule.apiGroups,
        resources: rule.resources,
        ...(rule.resourceNames ? { resourceNames: rule.resourceNames } : {}),
      })
    if ((rule.nonResourceURLs ?? []).length > 0) nonResourceRules.push({ verbs: rule.verbs, nonResourceURLs: rule.nonResourceURLs })
  }
  return { resourceRules, nonResourceRules, incomplete: broken.length > 0, ...(broken.length > 0 ? { evaluationError: broken.join(', ') } : {}) }
}
