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

tunnelContract('ssh -W', (port) => openTunnel(sshd.way({ gatewayPort: port, engine: 'system' }), context()))
