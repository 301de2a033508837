// user.ts: somebody outside who talks to the API server: the player, a program, the real kubectl.
// Models the network between a client and the API server
// Differs: nothing known

import type { ApiRequest, ApiResponse } from '../api/http.ts'
import type { Status } from '../api/status.ts'
import { type Answer, machine } from '../kernel/machine.ts'
import { share } from '../kernel/share.ts'
import { API_SERVER } from './client.ts'

/** Answers wait here, by the number that the client gave its request, until it says `forget`. */
export interface User {
  answers: Map<number, Answer<ApiResponse>>
  /** Open watches and streams by the same numbers; `status` is what a stream ended with. */
  watches: Map<number, OpenWatch>
}

/** Lines that were not taken yet; the first of them is number `first` of all that came. */
export interface OpenWatch {
  first: number
  lines: (WatchLine | StreamText)[]
  closed: boolean
  /** The number of the connection that it goes over. */
  link: number
  status?: Status
}

/** A piece of a stream: logs that are followed, the output of an exec. */
export interface StreamText {
  text: string
  to?: 'out' | 'err'
}

export interface WatchLine {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  object: any
}

/** Hears from outside: `ask` {id, request, open} (open: a watch or a stream, which has that number), `forget` {id}, `unwatch` {id}, `took` {id, upTo} (lines before number upTo). */
export const user = machine<User>({
  init: () => ({ answers: new Map(), watches: new Map() }),
  on: {
    ask(s, m, io) {
      const { id, request, open } = m.body as { id: number; request: ApiRequest; open: boolean }
      if (open) {
        s.watches.set(id, { first: 0, lines: [], closed: false, link: io.link(API_SERVER) })
        io.call(API_SERVER, 'request', { ...request, headers: { ...request.headers, 'x-watch-id': String(id) } }, 'answer', id)
      } else io.call(API_SERVER, 'request', request, 'answer', id)
    },
    answer(s, m) {
      const { answer, context } = m.body
      s.answers.set(context, share(answer))
      const watch = s.watches.get(context)
      if (watch && !(answer.ok && answer.value.status < 300)) watch.closed = true
    },
    stream(s, m) {
      s.watches.get(m.body.watch)?.lines.push(share({ text: m.body.text, to: m.body.to }))
    },
    watch(s, m) {
      s.watches.get(m.body.watch)?.lines.push(share({ type: m.body.type, object: m.body.object }))
    },
    'watch/closed'(s, m) {
      const watch = s.watches.get(m.body.watch)
      if (watch) Object.assign(watch, { closed: true, status: m.body.status })
    },
    took(s, m) {
      const watch = s.watches.get(m.body.id)
      if (!watch || m.body.upTo <= watch.first) return
      watch.lines.splice(0, m.body.upTo - watch.first)
      watch.first = m.body.upTo
    },
    unwatch(s, m, io) {
      if (s.watches.delete(m.body.id)) io.send(API_SERVER, 'unwatch', { watch: m.body.id })
    },
    forget(s, m) {
      s.answers.delete(m.body.id)
    },
    'peer/down'(s, m) {
      for (const watch of s.watches.values()) if (watch.link === m.body.link) watch.closed = true
    },
  },
})
