/** A node far from its gateway: through a real SSH server, and back by itself after that was cut. */

import { expect, test } from 'vitest'
import type { Target } from '../../src/client/target.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { wayOrigin } from '../../src/tunnel/way-origin.ts'
import { testToken } from '../support/gateway.ts'
import { startOwnNode } from '../support/own-node.ts'
import { startSshd } from '../support/sshd.ts'

test('a node behind SSH is asked through the tunnel, and comes back after the tunnel was cut', async () => {
  await using sshd = await startSshd()
  const target = (port: number): Target => {
    const way = sshd.way({ gatewayPort: port })
    const facts = {
      name: 'vps',
      id: 'vps',
      profile: undefined,
      source: 'a test',
      isLocal: false,
      isSecretExplicit: true,
    }
    return {
      ...{ ...facts, ways: [way], origin: wayOrigin(way), autostart: undefined, secretRemedy: undefined },
      secret: async () => ({ token: new Secret(testToken) }),
      secretRefused: () => {},
    }
  }
  await using node = await startOwnNode({
    policy: { security: 'full' },
    through: { home: sshd.home, target: ({ server }) => target(server.port) },
  })
  expect(await node.run('echo', 'through ssh')).toMatchObject({ payload: { stdout: 'through ssh\n' } })
  const { roster } = node.gateway.nodes
  const before = roster.connectionOf(node.nodeId)?.peer.connId
  for (const pid of sshd.sessions()) process.kill(pid, 'SIGKILL')
  await expect
    .poll(() => roster.connectionOf(node.nodeId)?.peer.connId, { timeout: 15_000 })
    .toSatisfy((id) => id !== undefined && id !== before)
  expect(await node.run('echo', 'again')).toMatchObject({ payload: { stdout: 'again\n' } })
}, 60_000) // longer than an invoke may take, so that a failure says which step it was
