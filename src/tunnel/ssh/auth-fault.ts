/** Why nobody was let in, from what was tried and what the server takes. Pure. */

import { Fault } from '../../shared/fault.ts'
import { placeOf } from './faults.ts'
import type { SshHost } from './host.ts'
import { setupCommand } from './typed.ts'

export type LoginFacts = {
  /** Names of the keys that were offered. */
  readonly offered: readonly string[]
  /** How many keys were not, because a server takes only so many. */
  readonly withheld: number
  /** Methods besides keys that were tried. */
  readonly asked: readonly string[]
  /** What the server takes. */
  readonly methods: readonly string[]
  /** Key files that could not be used, and why. */
  readonly problems: readonly string[]
}

export function loginFault(host: SshHost, facts: LoginFacts): Fault {
  const { offered, asked, methods, problems } = facts
  const keys = offered.length === 0 ? [] : [`${offered.length === 1 ? 'the key' : 'the keys'} ${offered.join(', ')}`]
  const tried = [...keys, ...asked.map((method) => `a ${method === 'password' ? 'password' : 'dialogue'}`)]
  const what = tried.length === 0 ? 'and there was nothing to try' : `with ${tried.join(' and ')}`
  const takes = methods.length === 0 ? '' : `; it takes ${methods.join(' or ')}`
  const notes = problems.length === 0 ? '' : `; ${problems.join(', ')}`
  return new Fault('ssh.unauthorized', `${placeOf(host)} does not let ${host.user} in, ${what}${takes}${notes}`, {
    remedy: remedyOf(host, facts),
    details: { methods },
  })
}

function remedyOf(host: SshHost, { offered, withheld, methods, problems }: LoginFacts): string {
  const [problem] = problems
  if (problem?.startsWith('others may read '))
    return `Make it private: chmod 600 ${problem.slice('others may read '.length)}`
  if (withheld > 0) {
    return `${withheld} more keys were not offered, since servers end after six; name the right one with IdentityFile.`
  }
  if (methods.includes('publickey') && offered.length === 0) {
    return `Make a key and install it there: ${setupCommand(host.typed)}`
  }
  return `Check the user, and that the key is in its authorized_keys: ${setupCommand(host.typed)}`
}
