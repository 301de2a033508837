// nothing.ts: an esbuild plugin that leaves developer tools out of what is published.

import type { Plugin } from 'esbuild'

/** Stands in for developer tools that the published program does not carry. */
export const nothing: Plugin = {
  name: 'nothing',
  setup(b) {
    b.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'nothing', namespace: 'nothing' }))
    b.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default { initialize() {}, connectToDevTools() {} }' }))
  },
}
