// stdin.ts: stands between the keyboard and Ink: one key at a time, so that none of a burst is lost or read as a word.

import { Readable } from 'node:stream'

/** Keys kept while the screen is busy; a cat on the keyboard fills no memory. */
const QUEUE_MAX = 256

/** Milliseconds that a lone Escape waits for the rest of a sequence. */
const ESCAPE_WAIT = 20

const PASTE_BEGIN = '\u001B[200~'
const PASTE_END = '\u001B[201~'

export interface Keys {
  keys: string[]
  /** An unfinished sequence or paste. */
  rest: string
}

/** Splits what the terminal sent into keys; pastes stay whole. */
export function keysIn(text: string): Keys {
  const keys: string[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] !== '\u001B') {
      const char = String.fromCodePoint(text.codePointAt(at)!)
      keys.push(char)
      at += char.length
      continue
    }
    if (text.startsWith(PASTE_BEGIN, at)) {
      const end = text.indexOf(PASTE_END, at)
      if (end < 0) return { keys, rest: text.slice(at) }
      // What else claims to be the end of the paste, before the true one, is text: nothing of it may run.
      const last = text.lastIndexOf(PASTE_END)
      keys.push(
        PASTE_BEGIN +
          text
            .slice(at + PASTE_BEGIN.length, last)
            .replaceAll(PASTE_END, '')
            .replaceAll(PASTE_BEGIN, '') +
          PASTE_END,
      )
      at = last + PASTE_END.length
      continue
    }
    const sequence = /^\u001B(?:\[[0-?]*[ -/]*[@-~]|O[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|P[^\u001B]*\u001B\\|[^[\]OP\u001B])/.exec(
      text.slice(at, at + 1_024),
    )
    if (sequence === null) {
      if (/^\u001B(?:\[[0-?]*[ -/]*|O)?$/.test(text.slice(at))) return { keys, rest: text.slice(at) }
      keys.push('\u001B')
      at++
      continue
    }
    // Answers of the terminal to questions are not keys.
    if (!/^\u001B[\]P]/.test(sequence[0])) keys.push(sequence[0])
    at += sequence[0].length
  }
  return { keys, rest: '' }
}

export interface KeyboardStdin extends Readable {
  isTTY: boolean
  setRawMode(raw: boolean): unknown
  ref(): this
  unref(): this
}

/** A stdin for Ink that hands on one key at a time. */
export function keyboard(source: NodeJS.ReadStream): KeyboardStdin {
  const queue: string[] = []
  let rest = ''
  let flowing = false
  let waiting: NodeJS.Timeout | undefined
  const proxy = new Readable({ read: () => undefined, highWaterMark: 64 }) as KeyboardStdin
  const pump = () => {
    const key = queue.shift()
    if (key === undefined) {
      flowing = false
      return
    }
    proxy.push(key)
    setImmediate(() => setImmediate(pump))
  }
  const enqueue = (keys: string[]) => {
    for (const key of keys) {
      if (queue.length < QUEUE_MAX) queue.push(key)
      // Ctrl-C is never lost.
      else if (key === '\u0003') queue[queue.length - 1] = key
    }
    if (flowing || queue.length === 0) return
    flowing = true
    pump()
  }
  const onData = (chunk: string | Buffer) => {
    clearTimeout(waiting)
    const split = keysIn(rest + chunk.toString())
    rest = split.rest
    enqueue(split.keys)
    if (rest !== '' && !rest.startsWith(PASTE_BEGIN)) {
      waiting = setTimeout(() => {
        const late = rest
        rest = ''
        enqueue(late === '\u001B' ? ['\u001B'] : [...late].slice(1))
      }, ESCAPE_WAIT)
    }
  }
  proxy.isTTY = true
  proxy.setRawMode = raw => {
    source.setRawMode(raw)
    if (raw) {
      source.on('data', onData)
      source.resume()
    } else {
      source.off('data', onData)
      source.pause()
    }
    return proxy
  }
  proxy.ref = () => {
    source.ref()
    return proxy
  }
  proxy.unref = () => {
    source.unref()
    return proxy
  }
  source.setEncoding('utf8')
  source.on('error', () => proxy.push(null))
  return proxy
}
