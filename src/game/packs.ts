// packs.ts: levels from files: the campaign's own folder, or what a trainer brings. A pack is taken whole or not at all.

import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { type Level, readLevel } from './level.ts'
import type { Campaign } from './library.ts'
import { type Problem, readYaml, sayProblem } from './yaml.ts'

/** Files of a pack, and bytes in all. */
const FILES_MAX = 200
const BYTES_MAX = 2 * 1024 * 1024
const FILE_MAX = 256 * 1024
const DEPTH_MAX = 4

export interface Pack {
  title: string
  levels: Level[]
  problems: string[]
}

/** Reads a file or a folder of level files. With any problem there are no levels. */
export function readPack(path: string, taken: ReadonlySet<string> = new Set()): Pack {
  const problems: string[] = []
  const files: string[] = []
  collect(path, path, 0, files, problems)
  if (files.length === 0 && problems.length === 0) problems.push(`${path}: there is no level file (*.yaml) in it`)
  const levels: Level[] = []
  const seen = new Map<string, string>()
  let bytes = 0
  for (const file of files) {
    const text = readText(file, problems)
    if (text === undefined) continue
    bytes += text.length
    if (bytes > BYTES_MAX) {
      problems.push(`${path}: a pack has at most ${BYTES_MAX} bytes`)
      break
    }
    const shown = relative(process.cwd(), file) || file
    const read = readLevel(shown.startsWith('..') ? file : shown, text)
    if (Array.isArray(read)) problems.push(...read.map(sayProblem))
    else if (taken.has(read.id)) problems.push(`${shown}: id ${read.id} is a level of the game itself; choose another`)
    else if (seen.has(read.id)) problems.push(`${shown}: id ${read.id} stands in ${seen.get(read.id)} as well`)
    else {
      seen.set(read.id, shown)
      levels.push(read)
    }
  }
  return { title: basename(path), levels: problems.length > 0 ? [] : levels.sort((a, b) => order(a.id, b.id)), problems }
}

/** By numbers where there are numbers: 1.2 before 1.10. */
function order(a: string, b: string): number {
  const [x, y] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p = '', q = ''] = [x[i], y[i]]
    if (p === q) continue
    if (/^\d+$/.test(p) && /^\d+$/.test(q)) return Number(p) - Number(q)
    return p < q ? -1 : 1
  }
  return 0
}

function collect(root: string, path: string, depth: number, files: string[], problems: string[]): void {
  let stat: ReturnType<typeof lstatSync>
  try {
    stat = lstatSync(path)
  } catch (error) {
    problems.push(`${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read'}`)
    return
  }
  if (stat.isSymbolicLink()) problems.push(`${path}: links are not followed`)
  else if (stat.isFile()) {
    if (!/\.ya?ml$/.test(path)) {
      if (path === root) problems.push(`${path}: is no level file (*.yaml)`)
      return
    }
    if (basename(path) === 'campaign.yaml') return
    if (stat.size > FILE_MAX) problems.push(`${path}: has ${stat.size} bytes; a level has at most ${FILE_MAX}`)
    else if (files.length >= FILES_MAX) problems.push(`${root}: a pack has at most ${FILES_MAX} files`)
    else files.push(path)
  } else if (stat.isDirectory()) {
    if (depth >= DEPTH_MAX) {
      problems.push(`${path}: is deeper than ${DEPTH_MAX} folders`)
      return
    }
    let names: string[]
    try {
      names = readdirSync(path).sort()
    } catch {
      problems.push(`${path}: cannot be read`)
      return
    }
    const folded = new Map<string, string>()
    for (const name of names) {
      const same = name.normalize('NFC').toLowerCase()
      if (folded.has(same)) problems.push(`${join(path, name)}: is the same as ${folded.get(same)} on other systems`)
      folded.set(same, name)
      if (!name.startsWith('.')) collect(root, join(path, name), depth + 1, files, problems)
    }
  } else problems.push(`${path}: is neither a file nor a folder`)
}

function readText(file: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    problems.push(`${file}: cannot be read`)
    return undefined
  }
}

export function readCampaign(file: string): Campaign {
  const read = readYaml(file, readFileSync(file, 'utf8'))
  if (Array.isArray(read)) throw new Error((read as Problem[]).map(sayProblem).join('\n'))
  return read.value as Campaign
}
