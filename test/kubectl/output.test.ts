// output.test.ts: -o in its forms: files, templates, columns. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { run } from './run.ts'

const cm = (name: string) => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default', managedFields: [{ manager: 'm' }] },
  data: { x: 'y' },
})
const row = (name: string) => ({ cells: [name, 1, '5s'], object: cm(name) })
const columnDefinitions = ['Name', 'Data', 'Age'].map(name => ({ name, priority: 0 }))
function answer({ path, headers }: ApiRequest) {
  const name = path.split('/').pop()!
  if (headers['accept']!.includes('as=Table'))
    return { status: 200, body: { kind: 'Table', columnDefinitions, rows: name === 'configmaps' ? [row('a'), row('b')] : [row(name)] } }
  return { status: 200, body: name === 'configmaps' ? { kind: 'ConfigMapList', apiVersion: 'v1', items: [cm('a'), cm('b')] } : cm(name) }
}
const files = { jp: '{.metadata.name}', gt: '{{.kind}}', cc: 'N  X\n.metadata.name .data.x\n', short: 'N\n', odd: 'N\na b\n' }

describe('a template may stand in a file', () => {
  test.each([
    ['jsonpath-file=jp', 'a'],
    ['go-template-file=gt', 'ConfigMap'],
    ['templatefile=gt', 'ConfigMap'],
    ['go-template-file --template=gt', 'ConfigMap'],
    ['custom-columns-file=cc', 'N     X\na     y\n'],
  ])('-o %s', (format, out) => {
    expect(run(`get cm a -o ${format}`, { answer, files })).toMatchObject({ out, err: '', status: 0 })
  })

  test.each([
    ['jsonpath-file=none', 'error: error reading --template none, open none: no such file or directory\n'],
    ['custom-columns-file=none', 'error: error reading template none, open none: no such file or directory\n'],
    ['jsonpath-file', 'error: template format specified but no template given\n'],
    ['custom-columns-file', 'error: custom-columns format specified but no custom columns given\n'],
    [
      'custom-columns-file=short',
      'error: invalid template, missing spec line. Expected format is one line of space separated headers, one line of space separated column specs.\n',
    ],
    ['custom-columns-file=odd', "error: number of headers (1) and field specifications (2) don't match\n"],
  ])('-o %s', (format, err) => {
    expect(run(`get cm a -o ${format}`, { answer, files })).toMatchObject({ out: '', err, status: 1, requests: [] })
  })
})

test('templates see what YAML and JSON hide', () => {
  expect(run('get cm a -o jsonpath={.metadata.managedFields[0].manager}', { answer }).out).toBe('m')
  expect(run('get cm a -o jsonpath={.metadata.managedFields}{.kind} --show-managed-fields', { answer }).out).toBe('[{"manager":"m"}]ConfigMap')
})

test('each path of jsonpath-as-json is printed by itself, and a key that must be there is missed', () => {
  expect(run('get cm a -o jsonpath-as-json={.kind}{.data.x}', { answer }).out).toBe('[\n    "ConfigMap"\n]\n[\n    "y"\n]\n')
  expect(run('get cm a -o jsonpath={.nope} --allow-missing-template-keys=false', { answer }).err).toContain(
    'error: error executing jsonpath "{.nope}": Error executing template: nope is not found. Printing more information for debugging the template:\n',
  )
})

describe('get', () => {
  test.each([
    ['get cm --subresource=scale', 'error: subresource cannot be used when bulk resources are specified\n'],
    ['get cm --raw /x', 'error: arguments may not be passed when --raw is specified\n'],
    ['get --raw /x -o yaml', 'error: --raw and --output are mutually exclusive\n'],
  ])('kubectl %s', (line, err) => {
    expect(run(line, { answer })).toMatchObject({ out: '', err, status: 1 })
  })

  test('shows several once before it refuses to watch them', () => {
    const { out, err } = run('get cm a b -w', { answer })
    expect(out).toBe('NAME   DATA   AGE\na      1      5s\nb      1      5s\n')
    expect(err).toBe('error: you may only watch a single resource or type of resource at a time\n')
  })

  test('prints names and ages itself where the server shall not', () => {
    expect(run('get cm --server-print=false', { answer }).out).toBe('NAME   AGE\na      <unknown>\nb      <unknown>\n')
  })
})
