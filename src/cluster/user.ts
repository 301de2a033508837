// user.ts: somebody outside who talks to the API server: the player, a program, the real kubectl.
// Models the network between a client and the API server
// Differs: nothing known

import type { ApiRequest, ApiResponse } from '../api/http.ts'
import { type Answer, machine } from '../kernel/machine.ts'
import { share } from '../kernel/share.ts'
import { API_SERVER } from './client.ts'

/** Answers wait here, by the number that the client gave its request, until it says `forget`. */
export interface User {
  answers: Map<number, Answer<ApiResponse>>
  watches: Map<number, { lines: WatchLine[]; closed: boolean }>
}

export interface WatchLine {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  object: any
}

/** Hears from outside: `ask` {id, request} (a watch has id = its number), `forget` {id}, `unwatch` {id}, `took` {id, lines}. */
export const user = machine<User>({
  init: () => ({ answers: new Map(), watches: new Map() }),
  on: {
    ask(s, m, io) {
      const { id, request } = m.body as { id: number; request: ApiRequest }
      if (request.query['watch'] === 'true' || request.query['watch'] === '1') {
        s.watches.set(id, { lines: [], closed: false })
        io.link(API_SERVER)
        io.call(API_SERVER, 'request', { ...request, headers: { ...request.headers, 'x-watch-id': String(id) } }, 'answer', id)
      } else io.call(API_SERVER, 'request', request, 'answer', id)
    },
    answer(s, m) {
      const { answer, context } = m.body
      s.answers.set(context, share(answer))
      const watch = s.watches.get(context)
      if (watch && !(answer.ok && answer.value.status === 200)) watch.closed = true
    },
    watch(s, m) {
      s.watches.get(m.body.watch)?.lines.push(share({ type: m.body.type, object: m.body.object }))
    },
    'watch/closed'(s, m) {
      const watch = s.watches.get(m.body.watch)
      if (watch) watch.closed = true
    },
    took(s, m) {
      s.watches.get(m.body.id)?.lines.splice(0, m.body.lines)
    },
    unwatch(s, m, io) {
      if (s.watches.delete(m.body.id)) io.send(API_SERVER, 'unwatch', { watch: m.body.id })
    },
    forget(s, m) {
      s.answers.delete(m.body.id)
    },
    'peer/down'(s) {
      for (const watch of s.watches.values()) watch.closed = true
    },
  },
})
