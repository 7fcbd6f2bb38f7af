import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import type { TunnelContext } from '../../../src/tunnel/tunnel.ts'
import { startSshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

test('TU4: a host known by one kind of key is asked for that kind first', async () => {
  await using sshd = await startSshd({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] })
  const seen: (string | undefined)[] = []
  const onLayer: TunnelContext['onLayer'] = (event) => {
    if (event.layer === 'ssh' && event.state === 'up') seen.push(event.detail)
  }
  for (const key of sshd.hostKeys) {
    writeFileSync(join(sshd.home, '.ssh/known_hosts'), `[127.0.0.1]:${sshd.port} ${key}\n`)
    await using _ = await openTunnel(sshd.way({ engine: 'ssh2' }), tunnelContext({ home: sshd.home, onLayer }))
  }
  expect(seen).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa'])
})
