// exec.ts: the few programs that can be run inside a container.
// Models a shell's everyday commands
// Differs: programs that are not in the table end well and say nothing

export interface ExecResult {
  exitCode: number
  output: string
  /** How long it runs, ms. */
  ms: number
}

export interface ExecSite {
  /** Age of the container, ms. */
  age: number
  hostname: string
  env: Record<string, string>
}

const NOT_WELL = 'not well\n'

export function run(command: string[], site: ExecSite): ExecResult {
  const [program = '', ...args] = command
  const name = program.slice(program.lastIndexOf('/') + 1)
  const seconds = Number(args[0] ?? 0) * 1000
  switch (name) {
    case 'false':
      return done(1, NOT_WELL)
    case 'after':
      return site.age < seconds ? done(1, NOT_WELL) : done(0)
    case 'until':
      return site.age > seconds ? done(1, NOT_WELL) : done(0)
    case 'sleep':
      return { exitCode: 0, output: '', ms: seconds }
    case 'echo':
      return done(0, args.join(' ') + '\n')
    case 'hostname':
      return done(0, site.hostname + '\n')
    case 'env':
    case 'printenv':
      return printenv(args, site)
    case 'sh':
    case 'bash':
      return shell(args, site)
    default:
      return done(0)
  }
}

function printenv(args: string[], site: ExecSite): ExecResult {
  const wanted = args[0]
  if (wanted !== undefined) return wanted in site.env ? done(0, site.env[wanted] + '\n') : done(1)
  return done(
    0,
    Object.entries(site.env)
      .map(([k, v]) => `${k}=${v}\n`)
      .join(''),
  )
}

/** `sh -c '…'`: its commands one after the other, until one fails where `&&` stands between. */
function shell(args: string[], site: ExecSite): ExecResult {
  const at = args.indexOf('-c')
  if (at < 0) return done(0)
  const total: ExecResult = { exitCode: 0, output: '', ms: 0 }
  for (const step of (args[at + 1] ?? '').split(';')) {
    for (const text of step.split('&&')) {
      const words = text.trim().split(/\s+/).filter(Boolean)
      if (words.length === 0) continue
      if (words[0] === 'exit') return { ...total, exitCode: Number(words[1] ?? 0) }
      const result = run(
        words.map(w => w.replace(/^\$\{?(\w+)\}?$/, (_, name) => site.env[name] ?? '').replace(/^(['"])(.*)\1$/, '$2')),
        site,
      )
      total.output += result.output
      total.ms += result.ms
      total.exitCode = result.exitCode
      if (result.exitCode !== 0) break
    }
  }
  return total
}

const done = (exitCode: number, output = ''): ExecResult => ({ exitCode, output, ms: 0 })
