/** Commands that look after the gateway of this machine, and what they say to a profile that is somewhere else. */

import type { ClientPaths } from '../client/paths.ts'
import { readProfiles } from '../client/profile-store.ts'
import { localName, profileNamed } from '../client/profiles.ts'
import { Fault } from '../shared/fault.ts'

/** Throws `usage.invalid` when `name` is the profile of another machine. */
export async function refuseElsewhere(command: string, name: string | undefined, paths: ClientPaths): Promise<void> {
  if (name === undefined || name === localName) return
  const profile = profileNamed(await readProfiles(paths.profiles), name)
  if (profile.ways[0].kind === 'local') return
  throw new Fault(
    'usage.invalid',
    `${command} is about the gateway of this machine, and ${profile.name} is on another`,
    {
      remedy: `Run it there, without --profile. From here there are: clawdbot status, health or gateway probe --profile ${profile.name}`,
    },
  )
}

/** `--profile <name>` or `--profile=<name>`, and the other words. */
export function takeProfile(args: readonly string[]): { profile: string | undefined; rest: string[] } {
  const at = args.findIndex((word) => word === '--profile' || word.startsWith('--profile='))
  if (at === -1) return { profile: undefined, rest: [...args] }
  const [word = '', next] = args.slice(at)
  const isGlued = word.includes('=')
  return { profile: isGlued ? word.slice('--profile='.length) : next, rest: args.toSpliced(at, isGlued ? 1 : 2) }
}
