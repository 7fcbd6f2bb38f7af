/** Who wants a password asked for gets that or no start: nothing else is asked for in its place (AU14). */

import { Fault } from '../../shared/fault.ts'
import { type GatewayFlags, sharedSecret } from './effective.ts'
import type { ConfigSnapshot } from './load.ts'

/** Throws `config.invalid` when `--auth` or the settings want a password and none is set. */
export function checkPasswordThere({ config, env }: Pick<ConfigSnapshot, 'config' | 'env'>, flags: GatewayFlags): void {
  if ((flags.auth ?? config.gateway.auth.mode) !== 'password' || sharedSecret(config, env, flags)) return
  const isFlag = flags.auth !== undefined
  throw new Fault(
    'config.invalid',
    `${isFlag ? '--auth' : 'gateway.auth.mode'} is "password", but no password is set`,
    {
      remedy: `Run: clawdbot password set. Or let a token be asked for: ${isFlag ? 'leave out --auth password' : 'clawdbot config set gateway.auth.mode token'}`,
    },
  )
}
