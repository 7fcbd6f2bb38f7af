/** Which gateway, and with which secret: flags before environment before what is saved (section 14.1, AU16). */

import { Fault } from '../shared/fault.ts'
import { readFingerprint } from '../tunnel/fingerprint.ts'
import { parseGatewayUrl } from '../tunnel/gateway-url.ts'
import { noPrompts, type Prompts } from '../tunnel/prompts.ts'
import type { DirectWay, Way } from '../tunnel/way.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import { type GatewayConfig, readGatewayConfig } from './gateway-config.ts'
import type { Credentials } from './handshake.ts'
import { askedFor, localSecret, remoteSecret, typedSecret } from './known-secret.ts'
import { localPort, placeWay } from './local-port.ts'
import type { ClientPaths, Env } from './paths.ts'
import type { Profile } from './profile.ts'
import { readProfiles } from './profile-store.ts'
import { builtInLocal, currentProfile, localName, profileNamed } from './profiles.ts'
import { keptSecret } from './secrets.ts'

export type TargetFlags = {
  readonly profile?: string | undefined
  readonly url?: string | undefined
  readonly port?: number | undefined
  readonly token?: string | undefined
  readonly password?: string | undefined
  readonly tlsFingerprint?: string | undefined
  readonly insecure?: boolean | undefined
}

export type Target = {
  /** For people: the profile's name, or `remote` for a typed address. */
  readonly name: string
  /** What drafts, the outbox and cached transcripts belong to: a profile keeps it when it is renamed. */
  readonly id: string
  /** The saved profile, if it is one. */
  readonly profile: Profile | undefined
  /** At least one, the preferred first. All lead to the same gateway. */
  readonly ways: readonly [Way, ...Way[]]
  /** Where one of `ways` leads by now, if that can change: the gateway of this machine may move to another port. */
  readonly whereNow?: (way: Way) => Promise<Way>
  /** `wayOrigin` of the first. */
  readonly origin: string
  /** Where the choice came from, for people: `--url`, `gateway.remote.url in <file>`, `this machine`. */
  readonly source: string
  /** The gateway of this account on this machine. */
  readonly isLocal: boolean
  /** Present when it may be started here in case it does not run; with the port, if one was asked for. */
  readonly autostart: { readonly port: number | undefined } | undefined
  /** The gateway's own secret; empty when there is none. May ask the person (with `prompts`, if given), so it is called only when it is needed. */
  readonly secret: (signal: AbortSignal, prompts?: Prompts) => Promise<Credentials>
  /** Forgets an answer of the person that the gateway did not accept, so that they are asked again. */
  readonly secretRefused: () => void
  /** What to do about a secret that is missing or wrong, where the flags are not the answer. */
  readonly secretRemedy: string | undefined
  /** The secret was typed for this run: it goes before a stored device token. */
  readonly isSecretExplicit: boolean
}

/** Throws `usage.invalid`, `client.insecure-url`, `config.invalid`, `profile.unknown` or `state.damaged`. */
export async function resolveTarget(
  flags: TargetFlags,
  env: Env,
  paths: ClientPaths,
  prompts: Prompts = noPrompts,
): Promise<Target> {
  const config = await readGatewayConfig(paths, env)
  const chosen = await choose(flags, env, paths, config)
  if (chosen.kind === 'profile')
    return await profileTarget(chosen.profile, { ...chosen, flags, env, paths, prompts, config })
  return await addressTarget(chosen.way, chosen.source, { flags, env, paths, config, prompts })
}

type Choice =
  | { readonly kind: 'profile'; readonly profile: Profile; readonly source: string }
  | { readonly kind: 'address'; readonly way: DirectWay; readonly source: string }

async function choose(flags: TargetFlags, env: Env, paths: ClientPaths, config: GatewayConfig): Promise<Choice> {
  const address = (url: string, source: string, pin = flags.tlsFingerprint): Choice => ({
    kind: 'address',
    source,
    way: {
      kind: 'direct',
      url,
      ...(pin === undefined ? {} : { tlsFingerprint: readPin(pin) }),
      ...(flags.insecure ? { insecure: true } : {}),
    },
  })
  const named = async (name: string, source: string): Promise<Choice> => ({
    kind: 'profile',
    profile: await savedProfile(name, paths),
    source,
  })
  const local: Choice = { kind: 'profile', profile: builtInLocal, source: 'this machine' }
  refuseContradiction(flags)
  if (flags.url !== undefined) return address(flags.url, '--url')
  if (flags.port !== undefined) return local
  if (flags.profile !== undefined) return await named(flags.profile, '--profile')
  if (env.CLAWDBOT_GATEWAY_URL) return address(env.CLAWDBOT_GATEWAY_URL, 'CLAWDBOT_GATEWAY_URL')
  if (env.CLAWDBOT_PROFILE) {
    return await named(env.CLAWDBOT_PROFILE, 'CLAWDBOT_PROFILE').catch((error: unknown) => {
      if (!(error instanceof Fault) || error.code !== 'profile.unknown') throw error
      const { code, message, details = {} } = error
      // Who did not type the name does not know where it comes from.
      const remedy = 'CLAWDBOT_PROFILE names it: set another one (clawdbot profiles list shows them), or unset it.'
      throw new Fault(code, message, { remedy, details })
    })
  }
  const current = currentProfile(await readProfiles(paths.profiles))
  if (current) return { kind: 'profile', profile: current, source: 'the profile in use' }
  if (config.mode !== 'remote') return local
  if (!config.remote.url) throw nowhere(paths.configPath)
  const source = `gateway.remote.url in ${paths.configPath}`
  return address(config.remote.url, source, flags.tlsFingerprint ?? config.remote.tlsFingerprint)
}

/** This machine is what the settings say not to use. */
function nowhere(configPath: string): Fault {
  return new Fault(
    'config.invalid',
    `gateway.mode is remote in ${configPath}, and gateway.remote.url does not say where that is`,
    {
      remedy:
        'Say it: clawdbot config set gateway.remote.url wss://…; or run: clawdbot config set gateway.mode local. For this once: --url or --profile',
    },
  )
}

function refuseContradiction({ url, port, profile }: TargetFlags): void {
  const named = Object.entries({ profile, url, port }).filter(([, value]) => value !== undefined)
  const [one, other] = named.map(([flag]) => `--${flag}`)
  if (other === undefined) return
  throw new Fault('usage.invalid', `${one} and ${other} name two gateways`, { remedy: 'Leave one of them out.' })
}

/** The built-in one is there even when the file cannot be read. */
async function savedProfile(name: string, paths: ClientPaths): Promise<Profile> {
  try {
    return profileNamed(await readProfiles(paths.profiles), name)
  } catch (error) {
    if (name === localName && error instanceof Fault && error.code !== 'profile.unknown') return builtInLocal
    throw error
  }
}

type World = {
  readonly flags: TargetFlags
  readonly env: Env
  readonly paths: ClientPaths
  readonly prompts: Prompts
  readonly config: GatewayConfig
}

/** A typed or configured address. One that is the local gateway's gets the local secret; no other one does. */
async function addressTarget(way: DirectWay, source: string, world: World): Promise<Target> {
  const { flags, env, paths, config, prompts } = world
  const url = parseGatewayUrl(way.url, way.insecure)
  if (!url.isSecure && flags.tlsFingerprint !== undefined) throw nothingToPin(url.origin)
  const local = await localPort(flags, env, paths, config)
  const isLocal =
    url.socketPath === undefined ? url.isLoopback && url.port === local.port : url.socketPath === local.socket
  const typed = typedForRun(flags, env)
  const { origin } = url
  const known = typed ?? (isLocal ? await localSecret(config, paths) : remoteSecret(config, origin))
  const owner = isLocal && !typed ? askedFor(builtInLocal, config) : builtInLocal
  const own = keptSecret(owner, { env, paths, prompts })
  return {
    ...{ name: 'remote', id: isLocal ? localName : origin, profile: undefined, ways: [way], origin, source, isLocal },
    autostart: isLocal && flags.url === undefined ? { port: undefined } : undefined,
    secret: async (signal, asking) => (owner.secret ? await own.get(signal, asking) : known),
    secretRefused: own.forget,
    secretRemedy: undefined,
    isSecretExplicit: typed !== undefined,
  }
}

export type ProfileWorld = Omit<World, 'config'> & {
  /** For people: how the profile was chosen. */
  readonly source: string
  readonly config?: GatewayConfig
}

/**
 * The target of a saved profile. `CLAWDBOT_GATEWAY_TOKEN` and `CLAWDBOT_GATEWAY_PASSWORD` go to the gateway of this
 * machine, whose they are, and not to another profile's; that one names its own variable.
 */
export async function profileTarget(profile: Profile, world: ProfileWorld): Promise<Target> {
  const { flags, env, paths, prompts, source } = world
  const config = world.config ?? (await readGatewayConfig(paths, env))
  const [first] = profile.ways
  const isLocal = first.kind === 'local'
  if (!isLocal && (flags.insecure || flags.tlsFingerprint !== undefined)) throw belongsToAddress(profile)
  const port = flags.port ?? (isLocal ? first.port : undefined)
  const place = async (way: Profile['ways'][0], config: GatewayConfig): Promise<Way> =>
    way.kind === 'local' ? placeWay(await localPort({ port: flags.port ?? way.port }, env, paths, config)) : way
  const [preferred, ...others] = profile.ways
  const ways: [Way, ...Way[]] = [
    await place(preferred, config),
    ...(await Promise.all(others.map((way) => place(way, config)))),
  ]
  const whereNow = async (way: Way): Promise<Way> => {
    const from = profile.ways[ways.indexOf(way)]
    return from?.kind === 'local' ? await place(from, await readGatewayConfig(paths, env)) : way
  }
  const origin = wayOrigin(ways[0])
  if (flags.tlsFingerprint !== undefined) throw nothingToPin(origin)
  const isOnlyLocal = profile.ways.every(({ kind }) => kind === 'local')
  const typed = isOnlyLocal ? typedForRun(flags, env) : typedSecret(flags.token, flags.password)
  const owner = isOnlyLocal ? askedFor(profile, config) : profile
  const own = keptSecret(owner, { env, paths, prompts })
  const secret = async (signal: AbortSignal, asking: Prompts = prompts): Promise<Credentials> => {
    if (typed) return typed
    if (owner.secret) return await own.get(signal, asking)
    // It may have changed with the port.
    return isOnlyLocal
      ? await localSecret(await readGatewayConfig(paths, env).catch(() => config), paths)
      : remoteSecret(config, origin)
  }
  return {
    ...{ name: profile.name, id: profile.id, profile, ways, whereNow, origin, source, isLocal, secret },
    secretRefused: own.forget,
    secretRemedy: isOnlyLocal
      ? undefined
      : `Tell it to the profile: clawdbot profiles edit ${profile.name} --secret-file (or --help)`,
    autostart: isLocal ? { port } : undefined,
    isSecretExplicit: typed !== undefined,
  }
}

function typedForRun(flags: TargetFlags, env: Env): Credentials | undefined {
  return (
    typedSecret(flags.token, flags.password) ?? typedSecret(env.CLAWDBOT_GATEWAY_TOKEN, env.CLAWDBOT_GATEWAY_PASSWORD)
  )
}

function belongsToAddress({ name }: Profile): Fault {
  return new Fault('usage.invalid', '--insecure and --tls-fingerprint belong to the address they are typed with', {
    remedy: `A profile has its own: clawdbot profiles edit ${name} --help`,
  })
}

function nothingToPin(origin: string): Fault {
  return new Fault('usage.invalid', `--tls-fingerprint is of a certificate, and ${origin} shows none`, {
    remedy: 'Leave it out, or name the encrypted address: --url wss://…',
  })
}

function readPin(value: string): string {
  const pin = readFingerprint(value)
  if (pin !== undefined) return pin
  throw new Fault('usage.invalid', 'The certificate fingerprint is not the 64 hex digits of a SHA-256', {
    remedy: 'Copy it from the gateway: clawdbot-server prints it at start when it serves TLS.',
  })
}
