/** What takes its time: a dead server is found by waiting. */

import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import { startSshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

test('TU9: with nothing configured a frozen server is found within 12 s', async () => {
  await using sshd = await startSshd()
  await using tunnel = await openTunnel(sshd.way({ engine: 'ssh2' }), tunnelContext({ home: sshd.home }))
  for (const pid of sshd.sessions()) process.kill(pid, 'SIGSTOP')
  const since = performance.now()
  expect(await tunnel.closed).toMatchObject({ code: 'ssh.lost', retryable: true })
  const tookMs = performance.now() - since
  expect(tookMs).toBeGreaterThan(8_000) // three misses of 3 s, and not one
  // Interval × (count + 1) is 12 s; a miss more would be 15, and each beat a little late is a busy machine.
  expect(tookMs).toBeLessThan(14_500)
}, 60_000)
