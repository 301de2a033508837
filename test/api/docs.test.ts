// docs.test.ts: what the API's documentation says, and which fields it calls required.

import { expect, test } from 'vitest'
import { fieldDoc } from '../../src/api/docs.ts'
import { structOf } from '../../src/api/schema.ts'

const field = (id: string, name: string) => structOf(id).byName.get(name)!

test('a field of an embedded type is documented there', () =>
  expect(fieldDoc('core/v1.ConfigMapVolumeSource', field('core/v1.ConfigMapVolumeSource', 'name'))).toMatch(
    /^Name of the referent\. This field is effectively required/,
  ))

test('what every object has is documented for all', () => {
  expect(fieldDoc('apps/v1.Deployment', field('apps/v1.Deployment', 'kind'))).toMatch(/^Kind is a string value representing the REST resource/)
  expect(fieldDoc('authentication/v1.SelfSubjectReview', field('authentication/v1.SelfSubjectReview', 'metadata'))).not.toBe('')
})

test('a field that is marked as required is so, though Go may leave it out', () => {
  expect(field('apps/v1.Deployment', 'spec').required).toBe(true)
  expect(field('apps/v1.Deployment', 'status').required).toBe(false)
})
