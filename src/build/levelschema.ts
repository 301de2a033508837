// levelschema.ts: writes levels/level.schema.json, which editors check level files with: `tsx src/build/levelschema.ts`.

import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { levelJsonSchema } from '../game/level.ts'

export const LEVEL_SCHEMA = path.join(import.meta.dirname, '../../levels/level.schema.json')

export const levelSchemaText = (): string => `${JSON.stringify(levelJsonSchema(), null, 1)}\n`

if (process.argv[1] === fileURLToPath(import.meta.url)) fs.writeFileSync(LEVEL_SCHEMA, levelSchemaText())
