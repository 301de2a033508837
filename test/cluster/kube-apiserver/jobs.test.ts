// jobs.test.ts: labels that a Job gets on its way in.
import { expect, test } from 'vitest'
import { Hatch } from './hatch.ts'

const JOBS = '/apis/batch/v1/namespaces/default/jobs'
const job = (name: string, metadata: any) => ({
  metadata: { name, ...metadata },
  spec: { template: { metadata: { labels: { app: 'x' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
})

test('a Job without labels takes those of its template, and with them those that the server adds', () => {
  const { metadata, spec } = new Hatch().ok('POST', JOBS, job('a', {}))
  expect(metadata.labels).toEqual(spec.template.metadata.labels)
  expect(metadata.labels['batch.kubernetes.io/job-name']).toBe('a')
})

test('a Job with labels of its own keeps just these, even if its template has the same', () => {
  const { metadata, spec } = new Hatch().ok('POST', JOBS, job('a', { labels: { app: 'x' } }))
  expect(metadata.labels).toEqual({ app: 'x' })
  expect(spec.template.metadata.labels['job-name']).toBe('a')
})
