// sockets.ts: how many connections there are: when there are too many, one goes that is asking for nothing, the oldest first.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const CONNECTIONS_MAX = 64

export class Sockets {
  /** By the port of the other side, in order of their coming; how many requests of each are being answered. */
  private readonly all = new Map<number, { socket: Socket; answering: number }>()

  come(socket: Socket): void {
    const port = socket.remotePort
    if (port === undefined) return
    this.all.set(port, { socket, answering: 0 })
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.all.get(port)?.socket === socket) this.all.delete(port)
    })
    if (this.all.size <= CONNECTIONS_MAX) return
    const idle = [...this.all.values()].find(other => other.answering === 0)
    idle?.socket.destroy()
  }

  serve(socket: Socket, response: ServerResponse): void {
    const known = this.all.get(socket.remotePort ?? 0)
    if (known === undefined) return
    known.answering++
    response.on('close', () => known.answering--)
  }

  /** It is no connection of requests any more, and stays. */
  hold(socket: Socket): void {
    const known = this.all.get(socket.remotePort ?? 0)
    if (known !== undefined) known.answering++
  }

  end(): void {
    for (const { socket } of this.all.values()) socket.destroy()
  }
}
