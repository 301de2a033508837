// levels2.test.ts: the levels of chapter 2 prove themselves, in a file of their own so that two workers share the seeds.

import { join } from 'node:path'
import { readPack } from '../../src/game/packs.ts'
import { proveLevels } from './proving.ts'

proveLevels(readPack(join(import.meta.dirname, '../../levels')).levels.filter(l => l.chapter === "Shikar's Desk" && !l.start.day))
