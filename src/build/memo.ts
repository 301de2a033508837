// memo.ts: an esbuild plugin: Ink takes every line of every frame apart anew; the bundle remembers the lines of the last frames.

import type { Plugin } from 'esbuild'

/** Lines remembered: several frames of 40. About 15 kB each when full of colour. */
const LINES_MAX = 400

const sources: Record<string, string> = {
  '@alcalzone/ansi-tokenize': `
    import * as real from '@alcalzone/ansi-tokenize'
    export * from '@alcalzone/ansi-tokenize'
    const lines = new Map()
    export const tokenize = (text, end) => {
      if (end !== undefined) return real.tokenize(text, end)
      let tokens = lines.get(text)
      if (tokens === undefined) {
        if (lines.size >= ${LINES_MAX}) lines.clear()
        lines.set(text, tokens = real.tokenize(text))
      }
      return tokens
    }
    const cells = new WeakMap()
    export const styledCharsFromTokens = tokens => {
      let styled = cells.get(tokens)
      if (styled === undefined) cells.set(tokens, styled = real.styledCharsFromTokens(tokens))
      return styled
    }`,
  'widest-line': `
    import real from 'widest-line'
    const widths = new Map()
    export default text => {
      let width = widths.get(text)
      if (width === undefined) {
        if (widths.size >= ${LINES_MAX}) widths.clear()
        widths.set(text, width = real(text))
      }
      return width
    }`,
}

/** Both functions are pure, and nobody changes what they return. */
export const memo: Plugin = {
  name: 'memo',
  setup(b) {
    b.onResolve({ filter: /^(@alcalzone\/ansi-tokenize|widest-line)$/ }, args =>
      args.namespace === 'memo' ? undefined : { path: args.path, namespace: 'memo', pluginData: args.resolveDir },
    )
    b.onLoad({ filter: /.*/, namespace: 'memo' }, args => ({ contents: sources[args.path]!, resolveDir: args.pluginData }))
  },
}
