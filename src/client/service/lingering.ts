/** Whether what an account's own systemd keeps running goes on when nobody of it is logged in. */

import type { AskProgram } from '../system-programs.ts'

/** Undefined where logind does not answer. */
export async function isLingering(uid: number, ask: AskProgram): Promise<boolean | undefined> {
  const { code, stdout } = await ask('loginctl', ['show-user', String(uid), '--property=Linger', '--value'])
  const answer = stdout.trim()
  return code === 0 && ['yes', 'no'].includes(answer) ? answer === 'yes' : undefined
}

/** True when it lingers now; some systems let only an administrator do this. */
export async function linger(ask: AskProgram): Promise<boolean> {
  return (await ask('loginctl', ['enable-linger'])).code === 0
}

export const lingerCommand = 'loginctl enable-linger'
