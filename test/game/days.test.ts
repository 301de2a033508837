// days.test.ts: levels in which whole days go by prove themselves, in a file of their own: a hundred seeds of forty orders take long.

import { join } from 'node:path'
import { readPack } from '../../src/game/packs.ts'
import { proveLevels } from './proving.ts'

proveLevels(readPack(join(import.meta.dirname, '../../levels')).levels.filter(l => l.start.day))
