/** Profiles as programs read them. Pure. */

import type { Profile } from '../client/profile.ts'

/** One profile for programs: all that is saved of it. */
export function profileJson({
  id: _,
  warm = false,
  secret,
  localPorts = {},
  ...rest
}: Profile): Record<string, unknown> {
  return { ...rest, warm, secret: secret ?? null, localPorts }
}
