/** The services of this account that reach a gateway by a profile, and what would be left behind if that profile went. */

import { Fault } from '../../shared/fault.ts'
import { runningForward } from '../forward/note.ts'
import type { ClientPaths, Env } from '../paths.ts'
import { readIfThere } from '../private-file.ts'
import type { Profile } from '../profile.ts'
import { programsOf } from '../system-programs.ts'
import type { ServiceManager } from './service-manager.ts'
import { serviceManager } from './this-service-manager.ts'

type World = { readonly env: Env; readonly paths: ClientPaths }
/** A profile is known by its id, which stays when it is renamed. */
type Known = Pick<Profile, 'id'>

export function tunnelServiceName({ id }: Known): string {
  return `clawdbot-tunnel-${id}`
}

export function nodeServiceName({ id }: Known): string {
  return `clawdbot-node-${id}`
}

/** Throws `usage.invalid` where there is none we know. */
export function accountServices({ env, paths }: World): ServiceManager {
  const ask = programsOf(env)
  return serviceManager({ platform: process.platform, home: paths.home, env, uid: process.getuid?.() ?? 0, ask })
}

async function isInstalled(name: string, world: World): Promise<boolean> {
  if (!['linux', 'darwin'].includes(process.platform)) return false
  return (await readIfThere(accountServices(world).pathOf(name))) !== undefined
}

/** An id, as `saveProfile` makes it: anything else is no part of a file's name. */
const idForm = /^[0-9a-f]{16}$/

/** The profile that `find` resolves with; or `word` as the id of one that is gone while its service is still there. */
export async function servedProfile(
  find: () => Promise<Known & { readonly name: string }>,
  word: string | undefined,
  serviceName: (profile: Known) => string,
  world: World,
): Promise<Known & { readonly name: string }> {
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'profile.unknown') throw error
    if (word === undefined || !idForm.test(word) || !(await isInstalled(serviceName({ id: word }), world))) throw error
    return { id: word, name: word }
  }
}

/** Throws `usage.invalid`, with the commands that end it, while something here still goes by the profile. */
export async function refuseInUse(profile: Profile, world: World): Promise<void> {
  const { id, name } = profile
  const running = await runningForward(world.paths, id, programsOf(world.env))
  const isTunnelInstalled = await isInstalled(tunnelServiceName(profile), world)
  const uses = [
    isTunnelInstalled ? ['a service keeps its tunnel up', `clawdbot tunnel uninstall ${name}`] : [],
    running && !(isTunnelInstalled && running.startedBy === 'service')
      ? [`its tunnel runs (process ${running.pid})`, `clawdbot tunnel down ${name}`]
      : [],
    (await isInstalled(nodeServiceName(profile), world))
      ? ['a service keeps this machine a node of it', `clawdbot node uninstall --profile ${name}`]
      : [],
  ].filter((use) => use.length > 0)
  if (uses.length === 0) return
  throw new Fault('usage.invalid', `The profile ${name} is in use: ${uses.map(([what]) => what).join(', and ')}`, {
    remedy: `First: ${uses.map(([, command]) => command).join(', and ')}`,
  })
}
