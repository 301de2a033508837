// compiler.ts: tells V8 that this program runs much code, and little of it often: what it saves by compiling eagerly it never earns back.

import { setFlagsFromString } from 'node:v8'

/**
 * Lets functions be optimized later, and with less of others built into them. By its own measure V8 spends more on optimizing the
 * simulation in its first hour than on running it: 1.5 s of CPU instead of 1 s. Both are rules of thumb that V8 reads whenever it
 * decides; nothing depends on them but time.
 */
export function compileLess(): void {
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=200')
  // Later versions count otherwise, and have a compiler in between that costs less.
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=400000')
}
