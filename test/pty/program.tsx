// program.tsx: the real stage with a session that fails on demand: what a crash of ours looks like from outside.

import { sttyState } from '../../src/cli/guard.ts'
import { runStage } from '../../src/cli/stage.tsx'
import { title } from '../ui/fixtures/pages.ts'

const how = process.argv[2]
let broken = false

const code = await runStage({
  play: {
    view: () => {
      if (broken && how === 'render') return { screen: 'hall' } as never
      return title
    },
    act: () => {
      broken = true
      if (how === 'handler') throw new Error('the handler broke')
      if (how === 'async')
        setTimeout(() => {
          throw new Error('a timer broke')
        }, 1)
      if (how === 'rejection') void Promise.reject(new Error('a promise broke'))
    },
  },
  settings: { glyphs: 'box', motion: false, depth: 2, light: false },
  stty: sttyState(),
  save: () => undefined,
  remember: () => undefined,
  report: () => undefined,
})
process.exitCode = code === 'plain' ? 0 : code
process.stdin.pause()
