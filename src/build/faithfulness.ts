// faithfulness.ts: collects how each file of the cluster differs from Kubernetes, and writes the table of src/README.md: `tsx src/build/faithfulness.ts`.

import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const CLUSTER = path.join(import.meta.dirname, '../cluster')
export const README = path.join(import.meta.dirname, '../README.md')
const BEGIN = '<!-- faithfulness: made by src/build/faithfulness.ts -->'
const END = '<!-- end of faithfulness -->'

/** One row a file that differs, by path. */
export function faithfulnessTable(): string {
  const files = (fs.readdirSync(CLUSTER, { recursive: true }) as string[]).filter(f => f.endsWith('.ts')).sort((a, b) => (a < b ? -1 : 1))
  const rows = files.flatMap(file => {
    const head = fs.readFileSync(path.join(CLUSTER, file), 'utf8').split('\n', 6)
    const models = head.find(l => l.startsWith('// Models '))?.slice(10) ?? ''
    const differs = head.find(l => l.startsWith('// Differs: '))?.slice(12) ?? ''
    return differs === '' || differs === 'nothing known' ? [] : [`| \`${file}\` | ${cell(models)} | ${cell(differs)} |`]
  })
  return ['| file of `cluster` | models | differs |', '|---|---|---|', ...rows].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The README with the table as it should be. */
export function withTable(readme: string): string {
  const [before, rest = ''] = readme.split(BEGIN)
  const after = rest.split(END)[1] ?? ''
  return `${before}${BEGIN}\n\n${faithfulnessTable()}\n\n${END}${after}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) fs.writeFileSync(README, withTable(fs.readFileSync(README, 'utf8')))
