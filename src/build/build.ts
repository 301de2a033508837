// build.ts: makes the published program in dist/, or in the folder that is named: bundles, and the notices of what is bundled.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { readCampaign, readPack } from '../game/packs.ts'
import { memo } from './memo.ts'
import { nothing } from './nothing.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = resolve(root, process.argv[2] ?? 'dist')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** CommonJS parts of the bundle ask for Node's own modules by require; Node 20 has no Promise.withResolvers. */
const BANNER = `#!/usr/bin/env node
import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
Promise.withResolvers??=function(){let resolve,reject;const promise=new this((a,b)=>{resolve=a;reject=b});return{promise,resolve,reject}};`

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })

const pack = readPack(join(root, 'levels'))
if (pack.problems.length > 0) throw new Error(`levels cannot be compiled:\n${pack.problems.join('\n')}`)
const levels = { campaign: readCampaign(join(root, 'levels/campaign.yaml')), levels: pack.levels }

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { 'k8s-factory': 'src/main.tsx' },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  jsx: 'automatic',
  chunkNames: 'part-[hash]',
  banner: { js: BANNER },
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    'process.env["DEV"]': '"false"',
    __VERSION__: JSON.stringify(manifest.version),
    __BUNDLED__: 'true',
    __LEVELS__: JSON.stringify(levels),
  },
  plugins: [nothing, memo],
  loader: { '.yaml': 'text' },
  metafile: true,
  logLevel: 'warning',
})

writeFileSync(join(dist, 'NOTICES.txt'), notices(metafile))

/** The licence of every package of which a line is in the bundle. */
function notices(meta: Metafile): string {
  const packages = new Set<string>()
  for (const output of Object.values(meta.outputs))
    for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
      const found = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file)
      if (found !== null && bytesInOutput > 0) packages.add(found[1]!)
    }
  const parts = [...packages].sort().map(folder => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const file = readdirSync(join(root, folder)).find(f => /^(licen[cs]e|copying)/i.test(f))
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), 'utf8').trim()
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  const head =
    'k8s-factory contains parts of these packages, under their own licences.\nMessages and API documentation of Kubernetes are quoted under the Apache License, version 2.0.\n'
  return [head, ...parts].join(`\n${'-'.repeat(80)}\n\n`)
}

if (!existsSync(join(dist, 'k8s-factory.js'))) throw new Error('esbuild made no dist/k8s-factory.js')
