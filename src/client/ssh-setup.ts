/** From an SSH account to a profile that works: a key, let in there, a `Host` block, the gateway's token, the profile. */

import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '../shared/fault.ts'
import type { Clock } from '../shared/std/clock.ts'
import type { Secret } from '../shared/std/secret.ts'
import type { Prompts } from '../tunnel/prompts.ts'
import type { OwnKey } from '../tunnel/ssh/authorize.ts'
import { type Hop, hopText } from '../tunnel/ssh/host.ts'
import { writeHostBlock } from '../tunnel/ssh/host-block-file.ts'
import { resolveHost } from '../tunnel/ssh/resolve.ts'
import type { TunnelContext } from '../tunnel/tunnel.ts'
import type { SshWay } from '../tunnel/way.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import type { ClientPaths } from './paths.ts'
import type { Profile } from './profile.ts'
import { readProfiles } from './profile-store.ts'
import { reviseProfile, saveProfile } from './saved-profiles.ts'

export type SetupWish = {
  readonly hop: Hop
  /** Path of the private key to use or to make. */
  readonly identity: string | undefined
  /** Name of a `Host` block to write. */
  readonly alias: string | undefined
  /** The profile's name; the alias or the host when absent. */
  readonly name: string | undefined
  readonly gatewayPort: number | undefined
  readonly wantsToken: boolean
}

/** What is to be done, as far as this machine alone can tell. */
export type SetupPlan = {
  readonly wish: SetupWish
  /** How the server is reached now. */
  readonly way: SshWay
  readonly key: OwnKey
  /** How the profile will reach it. */
  readonly profileWay: SshWay
  readonly profileName: string
  /** The profile that leads there already. */
  readonly known: Profile | undefined
}

export type SetupWorld = {
  readonly paths: ClientPaths
  readonly clock: Clock
  readonly env: TunnelContext['env']
  readonly prompts: Prompts
  readonly signal: AbortSignal
  readonly onLayer: TunnelContext['onLayer']
}

/** Nothing is written and nobody is connected to. Rejects with `usage.invalid`, `ssh.config` or `profile.invalid`. */
export async function planSetup(wish: SetupWish, world: SetupWorld): Promise<SetupPlan> {
  const { hop, identity, alias, gatewayPort } = wish
  const gateway = gatewayPort === undefined ? {} : { gatewayPort }
  const way: SshWay = { kind: 'ssh', ...placeOf(hop), ...(identity === undefined ? {} : { identity }), ...gateway }
  const { ownKey } = await import('../tunnel/ssh/authorize.ts') // ssh2 comes with it
  const key = await ownKey(way, contextOf(world))
  const isUsual = alias !== undefined || (await isTriedAnyway(way, key, world))
  const profileWay: SshWay = {
    kind: 'ssh',
    ...(alias === undefined ? placeOf(hop) : { host: alias }),
    ...(isUsual ? {} : { identity: key.path }),
    ...gateway,
  }
  const { profiles } = await readProfiles(world.paths.profiles)
  const known = profiles.find(({ ways }) =>
    ways.some((one) => one.kind === 'ssh' && wayOrigin(one) === wayOrigin(profileWay)),
  )
  return { wish, way, key, profileWay, profileName: known?.name ?? wish.name ?? alias ?? nameFor(hop.host), known }
}

function placeOf({ host, user, port }: Hop): Pick<SshWay, 'host' | 'user' | 'port'> {
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
}

/** Whether ssh itself would try this key for that host. */
async function isTriedAnyway(way: SshWay, { path }: OwnKey, world: SetupWorld): Promise<boolean> {
  const { identity: _, ...plain } = way
  return (await resolveHost(plain, contextOf(world))).identityFiles.includes(path)
}

/** An address becomes a name that a profile may have. */
function nameFor(host: string): string {
  return (
    host
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[^\p{L}\p{N}]+/u, '')
      .slice(0, 40) || 'server'
  )
}

export type SetupStep =
  | { readonly step: 'key'; readonly state: 'made' | 'there'; readonly path: string }
  | { readonly step: 'authorized'; readonly state: 'added' | 'there' }
  | { readonly step: 'host-block'; readonly state: 'added' | 'there'; readonly alias: string }
  | { readonly step: 'profile'; readonly state: 'added' | 'there'; readonly name: string }
  | { readonly step: 'token'; readonly state: 'kept' | 'none' }

/** Does what the plan says; each step tells when it is done. `passphrase` is for a key that is made. */
export async function runSetup(
  plan: SetupPlan,
  passphrase: Secret | undefined,
  world: SetupWorld,
  onStep: (step: SetupStep) => void,
): Promise<Profile> {
  const { wish, key, known } = plan
  const made = key.publicLine === undefined ? await makeKey(key.path, passphrase, world) : undefined
  const publicLine = made ?? key.publicLine ?? ''
  onStep({ step: 'key', state: made === undefined ? 'there' : 'made', path: key.path })
  const way: SshWay = { ...plan.way, identity: key.path }
  const context = contextOf(world)
  const { authorizeKey, proveKey } = await import('../tunnel/ssh/authorize.ts')
  const wantsToken = wish.wantsToken && known?.secret === undefined
  const { state, token } = await authorizeKey(way, { path: key.path, publicLine }, wantsToken, context)
  await proveKey(way, key.path, context)
  onStep({ step: 'authorized', state })
  if (wish.alias !== undefined) {
    onStep({ step: 'host-block', state: await writeBlock(plan, wish.alias, context), alias: wish.alias })
  }
  const profile = await keepProfile(plan, token, world)
  onStep({ step: 'profile', state: known ? 'there' : 'added', name: profile.name })
  if (wantsToken) onStep({ step: 'token', state: token ? 'kept' : 'none' })
  return profile
}

async function makeKey(path: string, passphrase: Secret | undefined, { env }: SetupWorld): Promise<string> {
  const { keyComment, makeKeyPair } = await import('../tunnel/ssh/make-key.ts')
  const { privateKey, publicLine } = makeKeyPair(keyComment(env), passphrase)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await create(path, privateKey, 0o600)
  await create(`${path}.pub`, `${publicLine}\n`, 0o644)
  return publicLine
}

/** Never over something that is there. */
async function create(path: string, text: string, mode: number): Promise<void> {
  try {
    await using file = await open(path, 'wx', mode)
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Fault('usage.invalid', `${path} is there already and is no key that can be used`, {
      remedy: 'Move it away, or name another path with --identity.',
    })
  }
}

async function writeBlock({ way, key }: SetupPlan, alias: string, context: TunnelContext): Promise<'added' | 'there'> {
  const { hostName, user, port, proxyJump } = await resolveHost(way, context)
  const identityFile = key.path.startsWith(`${context.home}/`) ? `~${key.path.slice(context.home.length)}` : key.path
  const jump = proxyJump.length === 0 ? undefined : proxyJump.map(hopText).join(',')
  return await writeHostBlock({ alias, hostName, user, port, identityFile, proxyJump: jump }, context)
}

async function keepProfile(
  { known, profileName, profileWay }: SetupPlan,
  token: Secret | undefined,
  world: SetupWorld,
) {
  const secret = token ? { secret: { source: 'file', secret: 'token' } as const } : {}
  if (known && !token) return known
  if (known) return await reviseProfile(known.name, secret, token, world)
  return await saveProfile({ name: profileName, ways: [profileWay], ...secret }, token, world)
}

function contextOf({ clock, signal, prompts, onLayer, env, paths }: SetupWorld): TunnelContext {
  return { clock, signal, prompts, onLayer, env, home: paths.home }
}
