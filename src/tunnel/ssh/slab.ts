/** Memory for what a socket brings: pieces of large blocks, where Node gives each read a block of its own. */

import type { OnReadOpts, Socket } from 'node:net'

/** Size of a block, bytes. Whoever keeps a piece keeps its block. */
const slabBytes = 512 * 1024
/** Least room of a read, bytes: what Node gives it by itself. */
const leastRoom = 64 * 1024

/**
 * For `net.connect`. Blocks are never used twice, as ssh2 hands out what it was given without copying. A download is a
 * twentieth faster and its packets are cut apart less often (bench/ssh.ts).
 */
export function readIntoSlabs(socket: () => Socket): OnReadOpts {
  let free = Buffer.alloc(0)
  return {
    buffer() {
      if (free.length < leastRoom) free = Buffer.allocUnsafeSlow(slabBytes)
      return free
    },
    callback(bytes) {
      const piece = free.subarray(0, bytes)
      free = free.subarray(bytes)
      return socket().push(piece)
    },
  }
}
