/** Fits what the client knows of this machine's ports to what the gateway asks about a port that is taken. */

import type { HolderOf } from '../server/main.ts'

export const holderOf: HolderOf = async (port, env) => {
  const { holderName, portHolder } = await import('../client/ports/holder.ts')
  const { programsOf } = await import('../client/system-programs.ts')
  const holder = await portHolder(port, programsOf(env))
  return holder && holderName(holder)
}
