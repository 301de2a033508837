// random.ts: chance from a seed.
// Models sfc32 (Chris Doty-Humphrey, PractRand)
// Differs: nothing known

/** Four words of state and how many draws were made. */
export interface Random {
  a: number
  b: number
  c: number
  d: number
  draws: number
}

export function seeded(seed: number): Random {
  const random: Random = { a: seed | 0, b: 0x9e3779b9 | 0, c: 0x243f6a88 | 0, d: 1, draws: 0 }
  for (let i = 0; i < 15; i++) next(random)
  random.draws = 0
  return random
}

/** An integer in [0, n); n is at most 2^32. */
export function int(random: Random, n: number): number {
  return Math.floor((next(random) / 4294967296) * n)
}

function next(r: Random): number {
  const t = (((r.a + r.b) | 0) + r.d) | 0
  r.d = (r.d + 1) | 0
  r.a = r.b ^ (r.b >>> 9)
  r.b = (r.c + (r.c << 3)) | 0
  r.c = (r.c << 21) | (r.c >>> 11)
  r.c = (r.c + t) | 0
  r.draws++
  return t >>> 0
}
