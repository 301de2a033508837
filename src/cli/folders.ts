// folders.ts: where results and logs lie, by the XDG rules.

import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Env } from './terminal.ts'

export interface Folders {
  /** Progress and saves. */
  data: string
  /** Command logs and reports. */
  state: string
  config: string
}

/** A relative path in an XDG variable is ignored, as the rules say. */
export function foldersOf(env: Env): Folders {
  const home = env['HOME'] || env['USERPROFILE'] || homedir()
  const of = (name: string, ...fallback: string[]) => join(env[name] && isAbsolute(env[name]) ? env[name] : join(home, ...fallback), 'k8s-factory')
  return { data: of('XDG_DATA_HOME', '.local', 'share'), state: of('XDG_STATE_HOME', '.local', 'state'), config: of('XDG_CONFIG_HOME', '.config') }
}
