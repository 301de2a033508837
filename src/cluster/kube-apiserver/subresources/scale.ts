// scale.ts: how many copies, told apart from the rest of a workload.
// Models k8s.io/kubernetes/pkg/registry/apps/{deployment,replicaset,statefulset}/storage/storage.go (ScaleREST)
// Differs: nothing known

import { invalidValue } from '../../../api/field.ts'
import { selectorOf, selectorText } from '../../../api/labels.ts'
import type { KubeObject } from '../../../api/object.ts'
import { conflict, invalid, isStatus, MODIFIED, type Status } from '../../../api/status.ts'
import type { Steps } from '../../../kernel/machine.ts'
import { share } from '../../../kernel/share.ts'
import { readObject } from '../decoding.ts'
import { refusal } from '../door.ts'
import { recordUpdate } from '../managedfields.ts'
import { station } from '../notes.ts'
import { patched, patchType } from '../patch.ts'
import { getObject } from '../read.ts'
import type { Call, Outcome, ServerIo } from '../state.ts'
import { changed, guaranteedUpdate, wrongName } from '../update.ts'

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const { selector } = object['spec']
  const requirements = selector?.matchLabels || selector?.matchExpressions ? selectorOf(selector) : selectorOf({ matchLabels: selector ?? {} })
  const text = Array.isArray(requirements) ? selectorText(requirements) : ''
  const replicas = object['spec'].replicas ?? 0
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: object['status']?.replicas ?? 0, ...(text === '' ? {} : { selector: text }) },
  } as KubeObject
}

export function* getScale(io: ServerIo, call: Call): Steps<Outcome> {
  const object = yield* getObject(io, call.type, call.info.namespace, call.info.name, call.request.query['resourceVersion'])
  return isStatus(object) ? refusal(object) : { status: 200, body: scaleOf(object) }
}

export function* updateScale(io: ServerIo, call: Call): Steps<Outcome> {
  const read = io.state(() => readObject(SCALE, call.request.body, call.fieldValidation))
  if (isStatus(read)) return refusal(read)
  const misnamed = wrongName(read.object.metadata.name, call.info.name)
  if (misnamed !== undefined) return refusal(misnamed)
  return yield* setScale(io, call, read.object, () => ({ object: read.object, warnings: read.warnings }))
}

export function* patchScale(io: ServerIo, call: Call): Steps<Outcome> {
  const type = patchType(call)
  if (isStatus(type)) return refusal(type)
  const scales: Call = { ...call, type: { ...call.type, ...SCALE } }
  return yield* setScale(io, call, undefined, scale => patched(scales, type, scale))
}

/** `seen`: the Scale that was sent, if it was a whole one. */
function* setScale(
  io: ServerIo,
  call: Call,
  seen: KubeObject | undefined,
  wanted: (scale: KubeObject) => { object: KubeObject; warnings: string[] } | Status,
): Steps<Outcome> {
  const written = yield* guaranteedUpdate(io, call, call.info.name, (s, t, old) => {
    const made = wanted(scaleOf(old))
    if (isStatus(made)) {
      station(t, call, 'decoding', 'refused', { why: made.message })
      return made
    }
    const scale = made.object
    const replicas = scale['spec']?.replicas ?? 0
    const errors = replicas < 0 ? [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')] : []
    if (errors.length > 0) {
      const status = invalid(SCALE, scale.metadata.name, errors)
      station(t, call, 'validation', 'refused', { why: status.message })
      return status
    }
    const { resourceVersion, uid } = scale.metadata
    if ((resourceVersion && resourceVersion !== old.metadata.resourceVersion) || (uid && uid !== old.metadata.uid))
      return conflict(call.type, call.info.name, MODIFIED)
    const given = share({ ...old, spec: { ...old['spec'], replicas } })
    const main: Call = { ...call, info: { ...call.info, subresource: '' } }
    const owned = recordUpdate(call.type, old, given, call.manager, 'scale', t.now)
    return changed(s, t, main, owned, old, false)
  })
  if (isStatus(written)) return { ...refusal(written), seen }
  return { status: 200, body: scaleOf(written.object), seen, warnings: written.warnings }
}
