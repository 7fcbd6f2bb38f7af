/** Where the gateway's own secret of a profile is kept: a variable, the system's keychain, a private file, or the person's head. */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorText, Fault } from '../shared/fault.ts'
import { Secret } from '../shared/std/secret.ts'
import type { Prompts } from '../tunnel/prompts.ts'
import type { Credentials } from './handshake.ts'
import type { ClientPaths, Env } from './paths.ts'
import { ensurePrivateFolder, readSecretFile, writePrivate } from './private-file.ts'
import type { Profile, SecretSource } from './profile.ts'

/** The port: a place that keeps one secret per profile id. Each call rejects with `secret.unavailable` when it cannot. */
export type SecretStore = {
  read(id: string): Promise<Secret | undefined>
  write(id: string, secret: Secret): Promise<void>
  remove(id: string): Promise<void>
}

/** One 0600 file per profile in a 0700 folder. */
export function fileSecrets(dir: string): SecretStore {
  const pathOf = (id: string) => join(dir, id)
  return {
    async read(id) {
      const text = (await readSecretFile(pathOf(id)))?.replace(/\r?\n$/, '')
      return text ? new Secret(text) : undefined
    },
    async write(id, secret) {
      await ensurePrivateFolder(dir)
      await writePrivate(pathOf(id), `${secret.reveal()}\n`)
    },
    remove: async (id) => await rm(pathOf(id), { force: true }),
  }
}

type Keyring = Pick<typeof import('@napi-rs/keyring'), 'AsyncEntry'>

/**
 * The keychain of the operating system. Without a Secret Service on Linux the package would take the kernel's keyring,
 * which is empty after a restart: nobody asked for that, so only a real one is used (SE3).
 */
export function keychainSecrets(load: () => Promise<Keyring> = () => import('@napi-rs/keyring')): SecretStore {
  const use = async <T>(work: (entry: InstanceType<Keyring['AsyncEntry']>) => Promise<T>, id: string): Promise<T> => {
    try {
      const { AsyncEntry } = await load()
      return await work(new AsyncEntry('clawdbot', id, { linux: { store: 'secret-service' } }))
    } catch (cause) {
      throw new Fault('secret.unavailable', `The keychain of this system cannot be used (${errorText(cause)})`, {
        remedy:
          'Unlock it, or start one (on Linux a Secret Service such as gnome-keyring). Else keep the secret in a private file: --secret-file',
        cause,
      })
    }
  }
  return {
    async read(id) {
      const found = await use((entry) => entry.getPassword(), id)
      return found ? new Secret(found) : undefined
    },
    write: async (id, secret) => await use((entry) => entry.setPassword(secret.reveal()), id),
    remove: async (id) => void (await use((entry) => entry.deletePassword(), id)),
  }
}

/** The place a source keeps its secrets in; undefined for those that keep nothing here. */
export function storeOf({ source }: SecretSource, paths: ClientPaths): SecretStore | undefined {
  if (source === 'file') return fileSecrets(paths.secretsDir)
  return source === 'keychain' ? keychainSecrets() : undefined
}

export type SecretWorld = {
  readonly env: Env
  readonly paths: ClientPaths
  readonly prompts: Prompts
}

/** What the profile's gateway is told; empty for a profile without a secret. Rejects with `secret.unavailable`. */
export async function profileSecret(
  { id, name, secret: source }: Profile,
  world: SecretWorld,
  signal: AbortSignal,
): Promise<Credentials> {
  if (source === undefined) return {}
  const found = await readSource(source, id, name, world, signal)
  return source.secret === 'password' ? { password: found } : { token: found }
}

/**
 * The same, but who was asked is not asked again while this runs, unless the gateway did not accept the answer: two ways
 * that want it at once share it.
 */
export function keptSecret(profile: Profile, world: SecretWorld) {
  let answered: Credentials | undefined
  let turn: Promise<unknown> = Promise.resolve()
  return {
    async get(signal: AbortSignal, prompts: Prompts = world.prompts): Promise<Credentials> {
      const ask = async () => await profileSecret(profile, { ...world, prompts }, signal)
      if (profile.secret?.source !== 'prompt') return await ask()
      const mine = turn.then(async () => (answered ??= await ask()))
      turn = mine.catch(() => {}) // the one who asked hears it
      return await mine
    },
    forget: () => {
      answered = undefined
    },
  }
}

/** The environment for what a tunnel starts, such as `ssh`: all of it but the gateway's secrets (SE4). */
export function tunnelEnv(env: Env, profile: Profile | undefined): Env {
  const { CLAWDBOT_GATEWAY_TOKEN: _, CLAWDBOT_GATEWAY_PASSWORD: __, ...rest } = env
  if (profile?.secret?.source !== 'env') return rest
  const { [profile.secret.variable]: ___, ...others } = rest
  return others
}

async function readSource(
  source: SecretSource,
  id: string,
  name: string,
  { env, paths, prompts }: SecretWorld,
  signal: AbortSignal,
): Promise<Secret> {
  const { secret } = source
  switch (source.source) {
    case 'env': {
      const value = env[source.variable]?.trim()
      if (value) return new Secret(value)
      throw missing(name, `takes its ${secret} from ${source.variable}, which is not set`, `Set ${source.variable}`)
    }
    case 'prompt': {
      const answer = await prompts.gatewaySecret({ kind: 'gateway-secret', profile: name, secret }, signal)
      if (answer) return answer
      throw missing(name, `needs its ${secret}`, 'Answer the question')
    }
    case 'file':
    case 'keychain': {
      const found = await storeOf(source, paths)?.read(id)
      if (found) return found
      const where = source.source === 'file' ? 'a private file' : 'the keychain'
      throw missing(name, `keeps its ${secret} in ${where}, but there is none`, 'Set it again')
    }
  }
}

function missing(name: string, what: string, first: string): Fault {
  return new Fault('secret.unavailable', `The profile ${name} ${what}`, {
    remedy: `${first}, or choose another place: clawdbot profiles edit ${name} --help`,
  })
}
