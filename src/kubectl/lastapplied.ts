// lastapplied.ts: the annotation in which an object keeps what apply was given.
// Models k8s.io/kubectl/pkg/util/apply.go
// Differs: nothing known

import { bool } from './flags.ts'
import { compactJson, declaredJson } from './json.ts'
import type { Kit } from './kit.ts'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** What was applied last, as text; undefined where nothing is known of it. */
export const lastApplied = (object: any): string | undefined => object.metadata.annotations?.[LAST_APPLIED]

/** The object without the annotation; its other annotations are there even if there are none. */
export function unremembered(object: any): any {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {}
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** The object with itself as its annotation. `typed`: upstream has a struct of it, which leaves out what is empty. */
export function remembered(object: any, typed = false): any {
  const plain = unremembered(object)
  const { annotations, ...metadata } = plain.metadata
  const text = !typed ? compactJson(plain) : declaredJson(Object.keys(annotations).length > 0 ? plain : { ...plain, metadata })
  return { ...plain, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: `${text}\n` } } }
}

/** With `--save-config`, and where the object remembers something already. */
export const rememberedIfAsked = (kit: Kit, object: any, typed = false): any =>
  bool(kit.flags, 'save-config') || lastApplied(object) ? remembered(object, typed) : object
