// levels.ts: where the levels come from: compiled into the published program, read from the folder beside the source otherwise.

import type { Level } from '../game/level.ts'
import { type Campaign, libraryOf, packLibrary } from '../game/library.ts'
import type { Library } from '../game/listview.ts'
import { BAD_INPUT, Stop } from './exit.ts'

// The build puts both in; there are none when the source runs as it stands.
declare const __BUNDLED__: boolean | undefined
declare const __LEVELS__: { campaign: Campaign; levels: Level[] }

/** The campaign and the levels of this release. */
export async function builtIn(): Promise<{ campaign: Campaign; levels: Level[] }> {
  if (typeof __BUNDLED__ !== 'undefined') return __LEVELS__
  const { readCampaign, readPack } = await import('../game/packs.ts')
  const { fileURLToPath } = await import('node:url')
  const folder = fileURLToPath(new URL('../../levels', import.meta.url))
  return { campaign: readCampaign(`${folder}/campaign.yaml`), levels: readPack(folder).levels }
}

/** The game's own library, or that of the packs that were named. Throws a Stop for a pack that cannot be used. */
export async function openLibrary(packs: readonly string[]): Promise<Library> {
  const own = await builtIn()
  if (packs.length === 0) return libraryOf(own.campaign, own.levels)
  const { readPack } = await import('../game/packs.ts')
  const taken = new Set(own.levels.map(l => l.id))
  const levels: Level[] = []
  for (const path of packs) {
    const pack = readPack(path, taken)
    if (pack.problems.length > 0)
      throw new Stop(
        BAD_INPUT,
        pack.problems.length === 1
          ? pack.problems[0]!
          : `${pack.problems[0]} (and ${pack.problems.length - 1} more; k8s-factory author check ${path} lists them)`,
      )
    levels.push(...pack.levels)
  }
  return packLibrary(packs.join(', '), levels)
}
