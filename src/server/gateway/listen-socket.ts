/** The unix socket the gateway listens on: no page and no other account can reach it (requirement TR3). */

import { chmodSync, lstatSync, mkdirSync, type Stats, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { byteLength } from '../../shared/std/text.ts'
import { nodeHttp } from './http/node-http.ts'
import { closeServer, type Handlers, handle, httpLimits } from './listen.ts'

export type ListeningSocket = AsyncDisposable & { readonly path: string; stopAccepting(): void }

/** What macOS allows; Linux has four more. */
const maxPathBytes = 103

/**
 * Listens at `path` with mode 0600, in a folder with mode 0700 that is made if it is missing. A socket nobody answers on
 * is replaced, one that answers is not. Faults: `gateway.port-taken`, `gateway.bind-refused`.
 */
export async function listenOnSocket(path: string, handlers: Handlers): Promise<ListeningSocket> {
  if (byteLength(path) > maxPathBytes) {
    throw refused(`The socket path ${path} is longer than ${maxPathBytes} bytes, which is all the system takes`, {
      remedy: 'Set gateway.socket.path to a shorter one.',
    })
  }
  preparePrivateFolder(dirname(path))
  await removeStale(path)
  const server = nodeHttp().createServer(httpLimits, handlers.onRequest)
  handle(server, handlers)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindFault(path, error)))
    server.listen({ path }, () => {
      server.removeAllListeners('error')
      server.on('error', () => {}) // a connection that could not be accepted; the listener itself lives on
      resolve()
    })
  })
  chmodSync(path, 0o600)
  return { path, stopAccepting: () => void server.close(), [Symbol.asyncDispose]: () => closeServer(server) }
}

/** A folder that others can enter would leave everything to the mode of the socket, which some systems ignore. */
function preparePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  const own = process.getuid?.()
  if (!stat.isDirectory() || (own !== undefined && stat.uid !== own)) {
    throw refused(`${folder}, where the socket would be, is not a folder of this account`, {
      remedy: 'Set gateway.socket.path to a path in a folder that is yours alone.',
    })
  }
  if (own !== undefined && (stat.mode & 0o077) !== 0) {
    throw refused(`Other accounts can enter ${folder}, where the socket would be`, {
      remedy: `Run: chmod 700 ${folder}. Or set gateway.socket.path to a path in a folder that is yours alone.`,
    })
  }
}

async function removeStale(path: string): Promise<void> {
  const stat: Stats | undefined = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return
  if (!stat.isSocket()) {
    throw refused(`${path} is there already, and is no socket`, { remedy: 'Move it away, or set another path.' })
  }
  if (await isAnswered(path)) {
    throw new Fault('gateway.port-taken', `Another program answers on the socket ${path}, perhaps a gateway`, {
      remedy: 'Stop that one, or set gateway.socket.path to another path.',
    })
  }
  unlinkSync(path)
}

/** Only a refused connection shows that nobody is there; a full queue or a missing permission shows nothing. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'))
  })
}

function bindFault(path: string, error: NodeJS.ErrnoException): Fault {
  return refused(`The socket ${path} cannot be made (${error.code ?? error.message})`, {
    remedy: 'Set gateway.socket.path to a path in a folder that is yours alone.',
    cause: error,
  })
}

function refused(message: string, options: { remedy: string; cause?: unknown }): Fault {
  return new Fault('gateway.bind-refused', message, options)
}
