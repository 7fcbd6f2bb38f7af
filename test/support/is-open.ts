/** Whether somebody listens on a port. */

import { connect } from 'node:net'

export function isOpen(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 })
    const end = (is: boolean) => () => {
      socket.destroy()
      setTimeout(resolve, 5, is)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
}
