/** A forward as `ssh -L` makes it: each connection to the local port becomes one stream to the far end, byte for byte. */

import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ListenEvents, type Listening, listenOnLoopback } from './listen.ts'
import { splice } from './splice.ts'

export type PortForwardOptions = ListenEvents & {
  readonly port: number
  /** Opens one stream to the far end; a rejection cuts the local connection. */
  readonly dial: (signal: AbortSignal) => Promise<Duplex>
}

/** Rejects as `listenOnLoopback`. */
export async function forwardPort({ port, dial, onChange }: PortForwardOptions): Promise<Listening> {
  const onConnection = (socket: Socket) => void join(socket, dial)
  return await listenOnLoopback(() => openServer(onConnection), port, { onChange })
}

function openServer(onConnection: (socket: Socket) => void) {
  return createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, onConnection)
}

async function join(socket: Socket, dial: PortForwardOptions['dial']): Promise<void> {
  const gone = new AbortController()
  const onClose = () => gone.abort(new Error('the local connection closed'))
  socket.once('close', onClose)
  try {
    const stream = await dial(gone.signal)
    socket.off('close', onClose)
    if (socket.destroyed) stream.destroy()
    else splice(socket, stream)
  } catch {
    socket.resetAndDestroy() // a local program learns what it would of a port nobody serves
  }
}
