import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Profile } from '../../src/client/profile.ts'
import {
  fileSecrets,
  keptSecret,
  keychainSecrets,
  profileSecret,
  type SecretStore,
  tunnelEnv,
} from '../../src/client/secrets.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { noPrompts, type Prompts } from '../../src/tunnel/prompts.ts'
import { Home } from './support.ts'

/** The keychain's package, over a map. */
function keyring() {
  const kept = new Map<string, string>()
  const asked: unknown[] = []
  class AsyncEntry {
    readonly #key: string

    constructor(service: string, name: string, options: unknown) {
      this.#key = `${service}/${name}`
      asked.push(options)
    }

    getPassword = async () => kept.get(this.#key) ?? null
    setPassword = async (value: string) => void kept.set(this.#key, value)
    deletePassword = async () => kept.delete(this.#key)
  }
  return { kept, asked, load: async () => ({ AsyncEntry }) as never }
}

describe.each<[string, (home: Home) => SecretStore]>([
  ['a private file', (home) => fileSecrets(home.paths.secretsDir)],
  ['the keychain', () => keychainSecrets(keyring().load)],
])('%s', (_what, open) => {
  test('keeps one secret per profile, replaces it, and forgets it', async () => {
    await using home = await Home.make()
    const store = open(home)
    expect(await store.read('a')).toBeUndefined()
    await store.write('a', new Secret('one'))
    await store.write('b', new Secret(' päss word '))
    await store.write('a', new Secret('two'))
    expect((await store.read('a'))?.reveal()).toBe('two')
    expect((await store.read('b'))?.reveal()).toBe(' päss word ')
    await store.remove('a')
    await store.remove('a')
    expect(await store.read('a')).toBeUndefined()
  })
})

test('SE2: a secret file that is a link, or that others may read or replace, is not used', async () => {
  await using home = await Home.make()
  const { secretsDir: dir } = home.paths
  const store = fileSecrets(dir)
  await store.write('a', new Secret('one'))
  expect((await stat(dir)).mode & 0o777).toBe(0o700)
  expect((await stat(join(dir, 'a'))).mode & 0o777).toBe(0o600)
  const refused = (what: string) => ({ code: 'secret.unavailable', message: expect.stringContaining(what) })
  await chmod(join(dir, 'a'), 0o644)
  await expect(store.read('a')).rejects.toMatchObject(refused('can be read by others'))
  await chmod(join(dir, 'a'), 0o600)
  await chmod(dir, 0o777)
  await expect(store.read('a')).rejects.toMatchObject(refused('others may write'))
  await chmod(dir, 0o700)
  await symlink(join(dir, 'a'), join(dir, 'b'))
  await expect(store.read('b')).rejects.toMatchObject(refused('is a link'))
  await mkdir(join(dir, 'c'))
  await expect(store.read('c')).rejects.toMatchObject(refused('is not a file'))
  await store.write('b', new Secret('other'))
  expect(await readFile(join(dir, 'a'), 'utf8')).toBe('one\n')
})

test('SE3: only a real keychain is asked, never the kernel keyring that forgets', async () => {
  const { load, asked } = keyring()
  await keychainSecrets(load).write('a', new Secret('x'))
  expect(asked).toEqual([{ linux: { store: 'secret-service' } }])
})

test('SE3: a keychain that is not installed says so, and what to do', async () => {
  const store = keychainSecrets(async () => {
    throw new Error("Cannot find package '@napi-rs/keyring'")
  })
  await expect(store.read('a')).rejects.toMatchObject({
    code: 'secret.unavailable',
    message: expect.stringContaining('@napi-rs/keyring'),
    remedy: expect.stringContaining('--secret-file'),
  })
})

const profile = (secret: Profile['secret']): Profile => ({
  ...{ id: 'id-vps', name: 'vps', ways: [{ kind: 'ssh', host: 'vps' }], createdAt: 1 },
  ...(secret ? { secret } : {}),
})

test('who was asked is not asked again, unless the gateway did not accept the answer', async () => {
  await using home = await Home.make()
  let asked = 0
  const prompts: Prompts = { ...noPrompts, gatewaySecret: async () => new Secret(`answer ${++asked}`) }
  const kept = keptSecret(profile({ source: 'prompt', secret: 'token' }), { env: {}, paths: home.paths, prompts })
  const get = async () => (await kept.get(new AbortController().signal)).token?.reveal()
  expect([await get(), await get()]).toEqual(['answer 1', 'answer 1'])
  kept.forget()
  expect([await get(), await get()]).toEqual(['answer 2', 'answer 2'])
})

test('two ways that want it at once ask once; an answer that one of them gave up on is asked for again', async () => {
  await using home = await Home.make()
  const open: PromiseWithResolvers<Secret>[] = []
  const prompts: Prompts = {
    ...noPrompts,
    gatewaySecret: async () => {
      const question = Promise.withResolvers<Secret>()
      open.push(question)
      return await question.promise
    },
  }
  const kept = keptSecret(profile({ source: 'prompt', secret: 'token' }), { env: {}, paths: home.paths, prompts })
  const get = async () => await kept.get(new AbortController().signal)
  const [first, second, third] = [get(), get(), get()]
  await expect.poll(() => open.length).toBe(1)
  open[0]?.reject(new Error('given up'))
  await expect(first).rejects.toThrow('given up')
  await expect.poll(() => open.length).toBe(2)
  open[1]?.resolve(new Secret('typed'))
  const got = await Promise.all([second, third])
  expect(got.map(({ token }) => token?.reveal())).toEqual(['typed', 'typed'])
  expect(open).toHaveLength(2)
})

test('SE4: what a tunnel starts inherits everything but the secrets of gateways', () => {
  const env = { PATH: '/bin', CLAWDBOT_GATEWAY_TOKEN: 'a', CLAWDBOT_GATEWAY_PASSWORD: 'b', GW: 'c', OTHER: 'd' }
  expect(tunnelEnv(env, undefined)).toEqual({ PATH: '/bin', GW: 'c', OTHER: 'd' })
  expect(tunnelEnv(env, profile({ source: 'env', secret: 'token', variable: 'GW' }))).toEqual({
    PATH: '/bin',
    OTHER: 'd',
  })
})

test('a profile says where its secret is; each place that has none says what to do', async () => {
  await using home = await Home.make()
  const asked: unknown[] = []
  const prompts: Prompts = {
    ...noPrompts,
    gatewaySecret: async (question) => {
      asked.push(question)
      return new Secret('typed')
    },
  }
  const read = async (secret: Profile['secret'], env = {}, ask = prompts) => {
    const world = { env, paths: home.paths, prompts: ask }
    const { token, password } = await profileSecret(profile(secret), world, new AbortController().signal)
    return `${token?.reveal() ?? '-'}/${password?.reveal() ?? '-'}`
  }
  const variable = { source: 'env', secret: 'token', variable: 'VPS_TOKEN' } as const
  expect(await read(undefined)).toBe('-/-')
  expect(await read(variable, { VPS_TOKEN: ' t ' })).toBe('t/-')
  await expect(read(variable)).rejects.toMatchObject({
    code: 'secret.unavailable',
    remedy: /^Set VPS_TOKEN, or/ as never,
  })
  expect(await read({ source: 'prompt', secret: 'password' })).toBe('-/typed')
  expect(asked).toEqual([{ kind: 'gateway-secret', profile: 'vps', secret: 'password' }])
  await expect(read({ source: 'prompt', secret: 'token' }, {}, noPrompts)).rejects.toMatchObject({
    code: 'ssh.needs-user',
  })
  await expect(read({ source: 'file', secret: 'token' })).rejects.toThrow('in a private file, but there is none')
  await mkdir(home.paths.secretsDir, { recursive: true, mode: 0o700 })
  await writeFile(join(home.paths.secretsDir, 'id-vps'), 'kept\n', { mode: 0o600 })
  expect(await read({ source: 'file', secret: 'password' })).toBe('-/kept')
})
