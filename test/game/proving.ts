// proving.ts: each proof of each level as a test of its own.

import { describe, expect, test } from 'vitest'
import type { Level } from '../../src/game/level.ts'
import { PROOFS } from '../../src/game/proof.ts'
import { meant } from '../../src/ui/spoken.ts'

/** A guard against proofs without end, not a bar: a hundred seeds take minutes where days go by, and machines are busy. */
const PROOF_MS = 900_000

export function proveLevels(levels: readonly Level[]): void {
  describe.each(levels)('$id $title', level => {
    test.each(PROOFS)('$name', ({ failures }) => expect(failures(level, { speak: meant })).toEqual([]), PROOF_MS)
  })
}
