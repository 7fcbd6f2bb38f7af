import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { TranscriptCache } from '../../src/client/cache.ts'
import { FileOutbox } from '../../src/client/outbox.ts'
import { readProfiles } from '../../src/client/profile-store.ts'
import { forgetProfile, reviseProfile, saveProfile } from '../../src/client/saved-profiles.ts'
import { fileSecrets } from '../../src/client/secrets.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { Home } from './support.ts'

const vps = { name: 'vps', ways: [{ kind: 'ssh', host: 'vps' }], secret: { source: 'file', secret: 'token' } } as const
const added = { ...vps, ways: [...vps.ways] as [(typeof vps.ways)[0]] }
const keeping = (home: Home) => ({ paths: home.paths, clock: systemClock, env: {} })
const kept = async (home: Home) => await readdir(home.paths.secretsDir)

test('the secret goes to its own file and never into the list', async () => {
  await using home = await Home.make()
  const { id } = await saveProfile(added, new Secret('hunter2'), keeping(home))
  expect(await kept(home)).toEqual([id])
  expect(JSON.stringify(await readProfiles(home.paths.profiles))).not.toContain('hunter2')
  await expect(saveProfile(added, new Secret('other'), keeping(home))).rejects.toMatchObject({
    code: 'profile.invalid',
  })
  expect(await kept(home)).toEqual([id])
})

test('AU16: a profile led to another gateway has none of the old secret, id or transcripts', async () => {
  await using home = await Home.make()
  const before = await saveProfile(added, new Secret('hunter2'), keeping(home))
  const renamed = await reviseProfile('vps', { name: 'far' }, undefined, keeping(home))
  expect(renamed.id).toBe(before.id)
  const cache = new TranscriptCache(home.paths.cacheDir, before.id)
  await cache.write('main', [{ role: 'user' }], 5)
  const moved = await reviseProfile('far', { ways: [{ kind: 'ssh', host: 'evil' }] }, undefined, keeping(home))
  expect(moved.id).not.toBe(before.id)
  expect(await kept(home)).toEqual([])
  expect(await cache.read('main')).toBeUndefined()
  await reviseProfile('far', {}, new Secret('its own'), keeping(home))
  expect((await fileSecrets(home.paths.secretsDir).read(moved.id))?.reveal()).toBe('its own')
})

test('a secret that moves to another place, or whose profile is removed, is deleted', async () => {
  await using home = await Home.make()
  await saveProfile(added, new Secret('hunter2'), keeping(home))
  const variable = { source: 'env', secret: 'token', variable: 'VPS_TOKEN' } as const
  await reviseProfile('vps', { secret: variable }, undefined, keeping(home))
  expect(await kept(home)).toEqual([])
  await reviseProfile('vps', { secret: vps.secret }, new Secret('again'), keeping(home))
  expect(await kept(home)).toHaveLength(1)
  const [{ id = '' } = {}] = (await readProfiles(home.paths.profiles)).profiles
  const box = await FileOutbox.open(home.paths.outboxDir, id, systemClock)
  await box.add({ idempotencyKey: 'k', sessionKey: 'main', message: 'never sent' })
  expect(await forgetProfile('VPS', keeping(home))).toMatchObject({ profile: { name: 'vps' }, unsent: 1 })
  expect(await readdir(home.paths.outboxDir)).toEqual([])
  expect(await kept(home)).toEqual([])
  expect((await readProfiles(home.paths.profiles)).profiles).toEqual([])
})
