// visitor.ts: a cluster behind a server, and a client that asks it over HTTPS. One real second is a hundred simulated ones.

import https from 'node:https'
import { type Opened, openCluster } from '../../src/cli/serve.ts'

const SPEED = 100

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  json: any
}

export interface Asked {
  method?: string
  headers?: Record<string, string | string[]>
  body?: unknown
  token?: string
}

export interface Visited extends Opened {
  ask(path: string, asked?: Asked): Promise<Answer>
  watch(path: string, asked?: Asked): Promise<Watching>
}

export interface Watching {
  status: number
  /** The next line, as a value; undefined when the server has ended it. */
  next(): Promise<any>
  leave(): void
}

export async function visited(): Promise<Visited> {
  const opened = await openCluster({ port: 0, speed: SPEED, seed: 1 })
  const agent = new https.Agent({ keepAlive: true, ca: opened.entry.authority })
  const begin = (path: string, { method = 'GET', headers = {}, body, token = opened.entry.token }: Asked = {}) => {
    const bytes = body === undefined || Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body)
    const request = https.request({
      host: '127.0.0.1',
      port: opened.entry.port,
      path,
      method,
      agent,
      servername: 'localhost',
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(bytes as string)) }),
        ...headers,
      },
    })
    request.end(bytes)
    return request
  }
  return {
    ...opened,
    ask: (path, asked) =>
      new Promise((done, fail) => {
        const request = begin(path, asked)
        request.on('error', fail)
        request.on('response', response => {
          let text = ''
          response.setEncoding('utf8').on('data', part => {
            text += part
          })
          response.on('error', fail)
          response.on('end', () => {
            const isJson = String(response.headers['content-type']).includes('json')
            done({ status: response.statusCode!, headers: response.headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined })
          })
        })
      }),
    watch: (path, asked) =>
      new Promise((done, fail) => {
        const request = begin(path, asked)
        request.on('error', fail)
        request.on('response', response => {
          const lines: any[] = []
          const waiting: ((line: any) => void)[] = []
          let buffered = ''
          let ended = false
          const settle = () => {
            while (waiting.length > 0 && (lines.length > 0 || ended)) waiting.shift()!(lines.shift())
          }
          response.setEncoding('utf8').on('data', part => {
            const parts = `${buffered}${part}`.split('\n')
            buffered = parts.pop()!
            lines.push(...parts.map(line => JSON.parse(line)))
            settle()
          })
          const end = () => {
            ended = true
            settle()
          }
          response.on('end', end).on('error', end)
          done({
            status: response.statusCode!,
            next: () =>
              new Promise(next => {
                waiting.push(next)
                settle()
              }),
            leave: () => request.destroy(),
          })
        })
      }),
    close: async () => {
      agent.destroy()
      await opened.close()
    },
  }
}
