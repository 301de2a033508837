// run.ts: a command line run to its end, among files and before an answerer that the test writes.

import type { ApiRequest } from '../../src/api/http.ts'
import { kubectl } from '../../src/kubectl/kubectl.ts'

interface World {
  files?: Record<string, string>
  answer?: (request: ApiRequest) => { status: number; body: any }
  variables?: Record<string, string>
}

/** Runs a command among files and with an answerer; without one, nobody listens. */
export function run(line: string | string[], world: World = {}) {
  const files = { ...world.files }
  const requests: ApiRequest[] = []
  const reads: string[] = []
  const steps = kubectl(typeof line === 'string' ? line.split(' ') : line, { server: 'https://10.0.0.1:6443', token: 't', variables: world.variables })
  let out = ''
  let err = ''
  let value: unknown
  for (;;) {
    const step = steps.next(value)
    if (step.done) return { out, err, status: step.value, requests, reads, files }
    const want = step.value
    value = undefined
    if (want.want === 'print') {
      if (want.to === 'out') out += want.text
      else err += want.text
    } else if (want.want === 'read') {
      reads.push(want.path)
      value = files[want.path]
    } else if (want.want === 'write') {
      files[want.path] = want.text
      value = true
    } else if (want.want === 'now') value = 0
    else if (want.want === 'request') {
      requests.push(want.request)
      value = world.answer ? { headers: {}, ...world.answer(want.request) } : { error: 'refused' }
    } else if (want.want === 'watch' || want.want === 'stream') value = { error: 'refused' }
  }
}
