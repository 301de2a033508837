// completion.ts: Tab at the prompt: how a line that is typed so far could go on, in this world and on this desk.

import type { ResourceType } from '../api/resources.ts'
import { keyIn, storageOf } from '../cluster/kube-apiserver/storage.ts'
import type { World } from '../kernel/world.ts'
import { completions, type Surroundings } from '../kubectl/completion.ts'
import { type Kubeconfig, loadConfig } from '../kubectl/config.ts'
import { type Desk, ENV, readFile } from './commands.ts'
import { objectsUnder } from './facts.ts'
import { PROGRAMS, partsOf, wordsOf } from './shell.ts'

/** Ways to go on that are shown at most. */
const CHOICES_MAX = 200

/** The answer to a Tab. */
export interface Completed {
  /** What stood before the cursor when it was asked. */
  line: string
  /** What all ways have in common, and the blank behind the only one. */
  more: string
  /** The ways, if there are several. */
  choices: string[]
}

export function completed(world: World, desk: Desk, line: string): Completed {
  const { sign, text } = partsOf(line).at(-1)!
  const words = wordsOf(text)
  const word = /(^|\s)$/.test(text) ? '' : (words.pop() ?? '')
  const found = candidates([...words, word], sign, world, desk).filter(c => c.startsWith(word))
  if (found.length === 0) return { line, more: '', choices: [] }
  const [only] = found.length === 1 ? found : []
  const more = only === undefined ? shared(found).slice(word.length) : only.slice(word.length) + (/[=/,]$/.test(only) ? '' : ' ')
  return { line, more, choices: only === undefined ? found.slice(0, CHOICES_MAX) : [] }
}

function shared(texts: readonly string[]): string {
  let length = texts[0]!.length
  for (const text of texts) while (!text.startsWith(texts[0]!.slice(0, length))) length--
  return texts[0]!.slice(0, length)
}

function candidates(words: string[], sign: string, world: World, desk: Desk): string[] {
  const files = () => [...desk.files.keys()].filter(name => !name.startsWith('/home/')).sort()
  if (sign.startsWith('>') || sign === '<') return words.length === 1 ? files() : []
  const [program, ...rest] = words
  if (rest.length === 0)
    return Object.keys(PROGRAMS)
      .filter(name => name.length > 2 || name === 'ls')
      .sort()
  if (program !== 'kubectl' && program !== 'k') return Object.hasOwn(PROGRAMS, program!) ? files() : []
  return completions(rest, around(world, desk, files))
}

/** What the API server would tell; nothing while it is down. */
function around(world: World, desk: Desk, files: () => string[]): Surroundings {
  const up = world.actors.get('kube-apiserver')?.up === true
  const config = kubeconfig(desk)
  const objects = (type: ResourceType, namespace: string, name = '') => {
    const storage = up ? storageOf(type) : undefined
    if (storage === undefined) return []
    return objectsUnder(world, storage.prefix + keyIn(type.namespaced ? namespace : '', name)).filter(o => name === '' || o.metadata.name === name)
  }
  return {
    names: (type, namespace) => [...new Set(objects(type, namespace).map(o => String(o.metadata.name)))],
    containers: (type, namespace, name) => {
      const [object] = objects(type, namespace, name)
      const spec = object?.spec?.jobTemplate?.spec?.template?.spec ?? object?.spec?.template?.spec ?? object?.spec
      return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((c: any) => String(c.name))
    },
    files,
    config: what => [...config[what].keys()],
    namespace: config.contexts.get(config.current)?.namespace ?? 'default',
  }
}

function kubeconfig(desk: Desk): Kubeconfig {
  const steps = loadConfig('', ENV)
  let step = steps.next()
  while (!step.done) step = steps.next(step.value.want === 'read' ? readFile(desk, step.value.path) : undefined)
  return step.value
}
