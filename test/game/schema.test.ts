// schema.test.ts: the schema beside the levels is the one that the game reads them by.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LEVEL_SCHEMA, levelSchemaText } from '../../src/build/levelschema.ts'

test('levels/level.schema.json is what src/build/levelschema.ts writes', () => {
  expect(readFileSync(LEVEL_SCHEMA, 'utf8')).toBe(levelSchemaText())
})
