// files.test.ts: what kubectl itself finds wrong with the objects of a file. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import { run } from './run.ts'

const made = (text: string, command = 'create -f - --dry-run=client -o name') => run(command, { files: { '-': text } })
const named = (metadata: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: ${metadata}\n`

describe('metadata of the wrong types are not sent', () => {
  test.each([
    ['{name: a, labels: 5}', 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type map[string]string'],
    ['{name: a, labels: {b: 5}}', 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string'],
    ['{name: 5}', 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string'],
    ['5', 'json: cannot unmarshal number into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta'],
  ])('%s', (metadata, words) => {
    expect(made(named(metadata))).toMatchObject({ out: '', err: `error: unable to decode "STDIN": ${words}\n`, requests: [] })
  })

  test('unless they stand in a List, where the server finds them', () => {
    expect(made(`apiVersion: v1\nkind: List\nitems:\n- ${named('{name: a, labels: 5}').trim().replaceAll('\n', '\n  ')}\n`).out).toBe('configmap/a\n')
  })
})

test('an object without a kind is no object where nobody validates', () => {
  const create = 'create -f - --validate=false --dry-run=client'
  expect(made('a: b', create).err).toBe(`error: unable to decode "STDIN": Object 'Kind' is missing in '{"a":"b"}'\n`)
  expect(made('{apiVersion: v1, kind: 5}', create).err).toBe(`error: unable to decode "STDIN": Object 'Kind' is missing in '{"apiVersion":"v1","kind":5}'\n`)
})
