import { openTunnel } from '../../../src/tunnel/open.ts'
import type { TunnelContext } from '../../../src/tunnel/tunnel.ts'
import type { Sshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

/** Opens and ends a tunnel; what the login said of itself. */
export async function logIn(
  server: Pick<Sshd, 'home' | 'way'>,
  parts: Partial<TunnelContext> = {},
): Promise<string | undefined> {
  let method: string | undefined
  const onLayer: TunnelContext['onLayer'] = ({ layer, state, detail }) => {
    if (layer === 'auth' && state === 'up') method = detail
  }
  await using _ = await openTunnel(
    server.way({ engine: 'ssh2' }),
    tunnelContext({ home: server.home, onLayer, ...parts }),
  )
  return method
}
