// lastapplied.test.ts: what objects remember of what they were made from. The texts are those of kubectl v1.37.2.

import { expect, test } from 'vitest'
import { run } from './run.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const rememberedOf = (out: string): string => JSON.parse(out).metadata.annotations[LAST_APPLIED]

test('a generator remembers its object as Go writes it, without annotations where there are none', () => {
  const { out } = run('create deployment web --image=nginx --save-config --dry-run=client -o json')
  expect(rememberedOf(out)).toBe(
    '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web","labels":{"app":"web"}},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"nginx","image":"nginx","resources":{}}]}},"strategy":{}},"status":{}}\n',
  )
})

test('what an object of a file remembered is not remembered inside of what it remembers now', () => {
  const files = {
    '-': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', annotations: { [LAST_APPLIED]: '{"old":true}', b: 'c' } } }),
  }
  const { out } = run('create -f - --save-config --dry-run=client -o json', { files })
  expect(rememberedOf(out)).toBe('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{"b":"c"},"name":"a","namespace":"default"}}\n')
})

test('an object of a file that remembers something is brought up to date, asked or not', () => {
  const object = (annotations: object) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', annotations }, data: { x: '1' } })
  const out = (text: string) => run('replace -f - --dry-run=client -o json', { files: { '-': text } }).out
  expect(rememberedOf(out(object({ [LAST_APPLIED]: '{}' })))).toBe(
    '{"apiVersion":"v1","data":{"x":"1"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"a","namespace":"default"}}\n',
  )
  expect(rememberedOf(out(object({ b: 'c' })))).toBeUndefined()
})
