/** Every kind of tunnel passes the contract; that of the system's `ssh`, with a process for each stream, in `tunnel.long.ts`. */

import { afterAll, beforeAll } from 'vitest'
import { openTunnel } from '../../src/tunnel/open.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'
import { tunnelContext } from '../support/tunnel-context.ts'
import { tunnelContract } from './tunnel.ts'

let sshd: Sshd
beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd[Symbol.asyncDispose]())

const context = () => tunnelContext({ home: sshd.home, env: { PATH: process.env.PATH } })

tunnelContract('direct', (port) => openTunnel({ kind: 'direct', url: `ws://127.0.0.1:${port}` }, tunnelContext()))
tunnelContract('ssh2', (port) => openTunnel(sshd.way({ gatewayPort: port, engine: 'ssh2' }), context()))
