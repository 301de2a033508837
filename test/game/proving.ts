// proving.ts: each proof of each level as a test of its own.

import { describe, expect, test } from 'vitest'
import type { Level } from '../../src/game/level.ts'
import { PROOFS } from '../../src/game/proof.ts'
import { meant } from '../../src/ui/spoken.ts'

/** A guard against proofs without end, not a bar: a hundred seeds take half a minute, and machines are busy. */
const PROOF_MS = 300_000

/** A day of forty orders takes a third of a second: over a hundred seeds it is proven by `npm run must`. */
const SEEDS_OF_DAYS = 8

export function proveLevels(levels: readonly Level[]): void {
  describe.each(levels)('$id $title', level => {
    const around = { speak: meant, ...(level.start.day ? { seeds: SEEDS_OF_DAYS } : {}) }
    test.each(PROOFS)('$name', ({ failures }) => expect(failures(level, around)).toEqual([]), PROOF_MS)
  })
}
