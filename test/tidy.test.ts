// tidy.test.ts: the house rules that a machine can check: who may import whom, names, lengths, headers, no clock below the game.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What each layer of src may import, besides itself and packages. A new arrow is a decision, and changes src/README.md as well. */
const ARROWS: Record<string, readonly string[]> = {
  kernel: [],
  api: [],
  cluster: ['kernel', 'api'],
  kubectl: ['api'],
  company: ['cluster'],
  server: ['api'],
  game: ['kernel', 'api', 'cluster', 'kubectl', 'company'],
  ui: ['company', 'game'],
  cli: ['kernel', 'api', 'cluster', 'kubectl', 'company', 'server', 'game', 'ui'],
  main: ['cli', 'ui'],
  build: ['api', 'game', 'company'],
}

const LINES_MAX = 400
const PEOPLE = /\b(Asoke|Eric|Shikar|Collin|Chiran|Kamal|Kelum|Paul|Rahul)\b/

interface File {
  path: string
  text: string
  lines: string[]
  /** The text without comments and the contents of strings. */
  code: string
  layer: string
}

const files = (folder: string): File[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => {
      const path = relative(root, join(entry.parentPath, entry.name))
      const text = readFileSync(join(root, path), 'utf8')
      const layer = /^src\/([a-z]+)\//.exec(path)?.[1] ?? (path.startsWith('src/main') ? 'main' : '')
      return { path, text, lines: text.split('\n'), code: codeOf(text), layer }
    })

/** Leaves out comments, strings and regular expressions; what stands between `${` and `}` in templates stays. */
function codeOf(text: string): string {
  let code = ''
  let at = 0
  const templates: number[] = []
  let braces = 0
  while (at < text.length) {
    const two = text.slice(at, at + 2)
    const c = text[at]!
    if (two === '//') at = endOf(text, '\n', at)
    else if (two === '/*') at = endOf(text, '*/', at) + 2
    else if (c === "'" || c === '"') at = closing(text, at + 1, c)
    else if (c === '`' || (c === '}' && templates.at(-1) === braces)) {
      if (c === '}') templates.pop()
      at++
      while (at < text.length && text[at] !== '`') {
        if (text[at] === '\\') at++
        else if (text.startsWith('${', at)) {
          templates.push(braces)
          at++
          break
        }
        at++
      }
      at++
    } else if (c === '/' && /[=(,:[!&|?{};\n]\s*$|return\s*$|=>\s*$/.test(code.slice(-20))) {
      const regex = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/.exec(text.slice(at, at + 2_000))
      code += regex === null ? c : ' /re/ '
      at += regex === null ? 1 : regex[0].length
    } else {
      if (c === '{') braces++
      if (c === '}') braces--
      code += c
      at++
    }
  }
  return code
}

const endOf = (text: string, sign: string, from: number) => {
  const at = text.indexOf(sign, from)
  return at < 0 ? text.length : at
}

function closing(text: string, from: number, quote: string): number {
  let at = from
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

const src = files('src')
const all = [...src, ...files('test')]
const isData = (file: File) => /\/(data|golden)\/|fixtures\.ts$/.test(file.path)
const below = src.filter(f => ['kernel', 'api', 'cluster'].includes(f.layer))

/** Every import of a file: where it leads, and whether only types come from there. */
const imports = (file: File) =>
  [...file.text.matchAll(/^\s*(import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm)].map(m => ({
    from: (m[3] ?? m[4] ?? m[5])!,
    type: m[2] !== undefined,
    dynamic: m[5] !== undefined,
  }))

/** All that break a rule, as lines: the test fails with what to mend. */
const offenders = (list: File[], judge: (file: File) => string | undefined) =>
  list.flatMap(file => (judge(file) === undefined ? [] : [`${file.path}: ${judge(file)}`]))

test('each layer imports only what stands below it', () => {
  expect(
    offenders(src, file => {
      for (const { from, type } of imports(file)) {
        if (!from.startsWith('.')) continue
        const target = relative(join(root, 'src'), join(root, dirname(file.path), from))
        const layer = target.startsWith('main') ? 'main' : target.split('/')[0]!
        if (layer === file.layer) continue
        if (!(ARROWS[file.layer] ?? []).includes(layer)) return `${file.layer} may not import ${target}`
        if (file.layer === 'company' && !type) return `company may import only types from ${target}`
      }
      return undefined
    }),
  ).toEqual([])
})

test('relative imports name their file', () => {
  expect(offenders(all, file => imports(file).find(i => i.from.startsWith('.') && !/\.(tsx?|json|yaml|mjs)$/.test(i.from))?.from)).toEqual([])
})

test('no module is exported by default, and none only passes on what others export', () => {
  expect(
    offenders(
      all.filter(f => !f.path.endsWith('vitest.config.ts')),
      file => (/\bexport\s+default\b/.test(file.code) ? 'export default' : undefined),
    ),
  ).toEqual([])
  expect(offenders(src, file => (/^export\s+(\*|\{[^}]*\}|type \{[^}]*\})\s+from\b/m.test(file.text) ? 'passes on another file' : undefined))).toEqual([])
  expect(src.filter(f => /\/index\.tsx?$/.test(f.path)).map(f => f.path)).toEqual([])
})

test('no attic: no file or folder called utils, helpers or types', () => {
  expect(all.filter(f => /(^|\/)(utils?|helpers?|types?|misc|common)(\/|\.tsx?$)/.test(f.path)).map(f => f.path)).toEqual([])
})

test(`no file has more than ${LINES_MAX} lines, data and goldens excepted`, () => {
  expect(
    offenders(
      all.filter(f => !isData(f)),
      file => (file.lines.length > LINES_MAX + 1 ? `${file.lines.length} lines: two ideas live in it` : undefined),
    ),
  ).toEqual([])
})

describe('headers', () => {
  test('the first line says what the file is', () => {
    expect(
      offenders(src, file =>
        file.lines[0]!.startsWith(`// ${file.path.split('/').at(-1)}: `) ? undefined : `begins with ${JSON.stringify(file.lines[0]!.slice(0, 60))}`,
      ),
    ).toEqual([])
  })
  test('components say what they model, and how they differ', () => {
    const components = below.filter(f => !isData(f))
    expect(offenders(components, file => (/^\/\/ Models \S/.test(file.lines[1] ?? '') ? undefined : 'line 2 is not "// Models …"'))).toEqual([])
    expect(offenders(components, file => (/^\/\/ Differs:? \S/.test(file.lines[2] ?? '') ? undefined : 'line 3 is not "// Differs: …"'))).toEqual([])
  })
})

describe('below the game', () => {
  const banned: [string, RegExp][] = [
    ['a clock', /\bDate\b|\bperformance\b|\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b|\bhrtime\b/],
    ['chance', /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/],
    ['a locale', /\blocaleCompare\b|\bIntl\b|\.toLocale\w*/],
    ['a power by **', /\*\*/],
    ['a promise', /\bPromise\b|\basync\b|\bawait\b/],
    ['the machine it runs on', /\bprocess\.|\brequire\(/],
  ]
  test.each(banned)('nothing uses %s', (_, pattern) => {
    expect(offenders(below, file => pattern.exec(file.code)?.[0])).toEqual([])
  })
  test('nothing is imported from outside', () => {
    // The documentation of the API is kept packed, and unpacked when somebody explains a kind.
    const strict = below.filter(f => f.path !== 'src/api/docs.ts')
    expect(offenders(strict, file => imports(file).find(i => !i.from.startsWith('.'))?.from)).toEqual([])
  })
  test('the kernel does not know what it simulates', () => {
    expect(
      offenders(
        src.filter(f => f.layer === 'kernel'),
        file => /\b(kube\w*|pods?|kubelet|etcd|deployment|apiserver)\b/i.exec(file.text)?.[0],
      ),
    ).toEqual([])
  })
})

test("people's names stand in the company, in prose, and in one header line", () => {
  const named = src.filter(f => f.layer !== 'company' && f.layer !== 'build')
  expect(offenders(named, file => PEOPLE.exec(file.lines.slice(1).join('\n'))?.[0])).toEqual([])
})

test('nothing is left to be done later', () => {
  expect(
    offenders(
      all.filter(f => !f.path.endsWith('tidy.test.ts')),
      file => /\b(TODO|FIXME|XXX|HACK)\b/.exec(file.text)?.[0],
    ),
  ).toEqual([])
})
