/** What a person types to come to the same SSH server by hand: the remedies of faults. Pure. */

import { shellWords } from '../../shared/std/shell-words.ts'
import { type Hop, hopText, type Typed } from './host.ts'

/** `ssh -p 2222 deploy@vps`, and what to run there. */
export function sshCommand({ identity, jump = [], port, ...account }: Typed, command: readonly string[] = []): string {
  const hops = jump.length === 0 ? [] : ['-J', jump.join(',')]
  return shellWords(['ssh', ...option('-i', identity), ...hops, ...option('-p', port), accountFor(account), ...command])
}

/** `clawdbot ssh setup deploy@vps:2222`; where the way names servers to jump over, which that takes from the configuration alone, `ssh-copy-id`. */
export function setupCommand(typed: Typed): string {
  const { identity, jump = [] } = typed
  if (jump.length > 0) return copyIdCommand(typed)
  return shellWords(['clawdbot', 'ssh', 'setup', hopText(typed), ...option('--identity', identity)])
}

export function copyIdCommand({ identity, jump = [], port, ...account }: Typed): string {
  const hops = jump.length === 0 ? [] : ['-o', `ProxyJump=${jump.join(',')}`]
  return shellWords(['ssh-copy-id', ...option('-i', identity), ...hops, ...option('-p', port), accountFor(account)])
}

/** `ssh` takes an IPv6 address without the brackets that all others want. */
function accountFor({ user, host }: Hop): string {
  return user === undefined ? host : `${user}@${host}`
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)]
}
