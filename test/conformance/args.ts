// args.ts: the arguments of the conformance commands.

import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'

export interface Args {
  files: string[]
  out?: string | undefined
  verbose: boolean
  floors: boolean
  raise: boolean
  inGame: boolean
  kubectl?: string | undefined
}

/** `DIR|FILE … [--out DIR2] [--verbose] [--floors] [--raise] [--in-game] [--kubectl PATH]`; files are those with the given ending, in order. */
export function argsOf(ending: string): Args {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      verbose: { type: 'boolean' },
      floors: { type: 'boolean' },
      raise: { type: 'boolean' },
      'in-game': { type: 'boolean' },
      kubectl: { type: 'string' },
    },
  })
  if (positionals.length === 0) throw new Error(`which folder or file (*${ending})?`)
  const files = positionals.flatMap(p =>
    fs.statSync(p).isDirectory()
      ? fs
          .readdirSync(p)
          .filter(f => f.endsWith(ending))
          .sort()
          .map(f => path.join(p, f))
      : [p],
  )
  if (values.out !== undefined) fs.mkdirSync(values.out, { recursive: true })
  const { out, kubectl, verbose = false, floors = false, raise = false } = values
  return { files, out, kubectl, verbose, floors, raise, inGame: values['in-game'] === true }
}
