import type { Duplex } from 'node:stream'

/** Fulfilled once it has closed, by an end or by a reset: `once(socket, 'close')` is rejected by the reset's 'error'. */
export function closing(stream: Duplex): Promise<void> {
  if (stream.closed) return Promise.resolve()
  return new Promise((resolve) => {
    stream.on('error', () => {}) // 'close' follows
    stream.once('close', () => resolve())
  })
}
