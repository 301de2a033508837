// explain.test.ts: what kubectl 1.37 prints about kinds and fields, as it prints it from the server's documents.

import { expect, test } from 'vitest'
import { run } from './run.ts'

const explain = (words: string) => run(`explain ${words}`, { answer: () => ({ status: 200, body: {} }) })

test('lines are broken as go-wordwrap breaks them: spaces between words stay', () =>
  expect(explain('service.spec.ports').out).toContain(`
  nodePort	<integer>
    The port on each node on which this service is exposed when type is NodePort
    or LoadBalancer.  Usually assigned by the system. If a value is specified,
    in-range, and not in use it will be used, otherwise the operation will fail.
`))

test('fields that are marked as required are told, whatever Go would leave out', () =>
  expect(explain('deployment').out).toContain('\n  spec\t<DeploymentSpec> -required-\n'))

test('an empty value of a field is shown in quotes', () =>
  expect(explain('pod.spec.volumes.hostPath').out).toContain('\n  type\t<string>\n  enum: "", BlockDevice, CharDevice, Directory, ....\n'))

test('of a path that leads nowhere the last name is told', () =>
  expect(explain('pod.spec.nope.x')).toMatchObject({ out: 'KIND:       Pod\nVERSION:    v1\n\n', err: 'error: field "x" does not exist\n', status: 1 }))

test('another version of a kind is explained where it is served', () => {
  expect(explain('hpa --api-version=autoscaling/v1').out).toMatch(/^GROUP: {6}autoscaling\nKIND: {7}HorizontalPodAutoscaler\nVERSION: {4}v1\n/)
  expect(explain('pod --api-version=apps/v1').err).toBe('error: GVR (apps/v1, Resource=pods) not found in OpenAPI schema\n')
  expect(explain('deploy --api-version=apps/v2').err).toBe('error: couldn\'t find resource for "apps/v2, Resource=deployments"\n')
})
