// resources.ts: makes src/api/data/resources.ts from the discovery documents in Kubernetes' source: `tsx src/build/resources.ts DIR`, DIR = api/discovery.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const USUAL = 'create,delete,deletecollection,get,list,patch,update,watch'
const [dir = '.'] = process.argv.slice(2)
const read = (file: string) => JSON.parse(readFileSync(join(dir, file), 'utf8'))

const groupVersions: [string, string][] = [['', 'v1']]
for (const group of read('aggregated_v2.json').items) {
  for (const v of group.versions) if (/^v\d+$/.test(v.version)) groupVersions.push([group.metadata.name, v.version])
}
const rows: string[] = []
for (const [group, version] of groupVersions) {
  const { resources } = read(group === '' ? `api__${version}.json` : `apis__${group}__${version}.json`)
  for (const r of resources.filter((x: any) => !x.name.includes('/'))) {
    const subresources = resources
      .filter((x: any) => x.name.startsWith(`${r.name}/`))
      .map((x: any) => {
        const foreign = x.group !== undefined || x.version !== undefined ? `:${x.group ?? group}/${x.version ?? version}` : ''
        return `${x.name.slice(r.name.length + 1)}=${x.kind}${foreign}(${x.verbs.join(' ')})`
      })
    const verbs = r.verbs.join() === USUAL ? '*' : r.verbs.join(' ')
    const texts = [group, version, r.kind, r.name, r.singularName, (r.shortNames ?? []).join(' '), (r.categories ?? []).join(' ')]
    rows.push(`  [${texts.map(t => `'${t}'`).join(', ')}, ${r.namespaced ? 1 : 0}, '${verbs}', '${subresources.join(';')}'],`)
  }
}
const target = new URL('../api/data/resources.ts', import.meta.url)
const head = readFileSync(target, 'utf8').split('= [\n')[0]
writeFileSync(target, `${head}= [\n${rows.join('\n')}\n]\n`)
