import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { TranscriptCache } from '../../src/client/cache.ts'
import { draftsPath } from '../../src/client/kept.ts'
import { readProfiles } from '../../src/client/profile-store.ts'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { fileKeep } from '../../src/tui/gateway/keep.ts'
import { Home } from '../client/support.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { clawdbot } from './world.ts'

/** A home with `vps` (two ways, warm, a token in a file) and `far` (direct). */
async function withProfiles(farUrl = 'wss://g.example'): Promise<Home> {
  const home = await Home.make()
  const keeping = { paths: home.paths, clock: systemClock }
  await saveProfile(
    {
      name: 'vps',
      ways: [
        { kind: 'tailscale', peer: 'vps' },
        { kind: 'ssh', host: 'vps.example', user: 'deploy', port: 2222, jump: ['a', 'b'], gatewayPort: 4000 },
      ],
      warm: true,
      secret: { source: 'file', secret: 'token' },
    },
    new Secret('hunter2'),
    keeping,
  )
  await saveProfile({ name: 'far', ways: [{ kind: 'direct', url: farUrl }] }, undefined, keeping)
  return home
}

test('list shows each profile, its ways in order, its secret without the secret, and which one is in use', async () => {
  await using home = await withProfiles()
  const { out } = await clawdbot(home, ['profiles'])
  expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
    '   Profile  Ways                                                                                Kept  Secret',
    '*  local    this machine',
    '   vps      tailscale vps; then ssh deploy@vps.example:2222 through a, b, gateway at port 4000  warm  token in a private file',
    '   far      wss://g.example',
    '',
  ])
  const json = await clawdbot(home, ['profiles', 'list', '--json'], { env: { CLAWDBOT_PROFILE: 'vps' } })
  expect(JSON.parse(json.out)).toMatchObject({
    profiles: [{ name: 'local', current: false }, { name: 'vps', current: true, warm: true }, { name: 'far' }],
    inUse: { name: 'vps', address: 'tailscale://vps:443', source: 'CLAWDBOT_PROFILE' },
  })
  expect(out + json.out).not.toContain('hunter2')
  const elsewhere = await clawdbot(home, ['profiles'], { env: { CLAWDBOT_GATEWAY_URL: 'wss://e.example' } })
  expect(elsewhere.out).toMatch(/\n\nCommands go to wss:\/\/e\.example:443 \(CLAWDBOT_GATEWAY_URL\)\n$/)
})

test('use chooses for every command; - goes back; what goes before it is said', async () => {
  await using gateway = await StandInGateway.start()
  await using home = await withProfiles(gateway.url)
  expect(await clawdbot(home, ['use', 'far'])).toEqual({ code: 0, out: `✅ Using far (${gateway.url})\n`, err: '' })
  expect((await clawdbot(home, ['health'])).out).toContain('✅ Gateway is healthy')
  expect((await clawdbot(home, ['status'])).out).toContain('(the profile in use)')
  expect((await clawdbot(home, ['use', '-'])).out).toContain('✅ Using local')
  expect(JSON.parse((await clawdbot(home, ['profiles', 'use', '-', '--json'])).out)).toEqual({ current: 'far' })
  expect((await clawdbot(home, ['use', 'vps'], { env: { CLAWDBOT_PROFILE: 'far' } })).err).toContain('goes before it')
  expect((await clawdbot(home, ['health', '--profile', 'FAR'])).code).toBe(0)
  const piped = await clawdbot(home, ['--profile', 'nowhere'], { input: 'hello' })
  expect(piped).toMatchObject({ code: 2, err: expect.stringContaining('There is no profile "nowhere"') })
})

test('remove forgets a profile and says what went with it; local stays', async () => {
  await using home = await withProfiles()
  expect((await clawdbot(home, ['profiles', 'remove', 'far'])).out).toBe('✅ Removed far\n')
  const { paths } = home
  const { id = '' } = (await readProfiles(paths.profiles)).profiles.find(({ name }) => name === 'vps') ?? {}
  fileKeep(draftsPath(paths, id)).write({ drafts: { main: 'half a thought' }, history: [] })
  const cache = new TranscriptCache(paths.cacheDir, id)
  for (const key of ['main', 'other']) await cache.write(key, [{ role: 'user' }], 5)
  expect((await clawdbot(home, ['profiles', 'remove', 'vps'])).out).toBe(
    '✅ Removed vps, and with it its token, its drafts and earlier prompts and 2 transcripts kept here\n',
  )
  expect(await readdir(paths.draftsDir)).toEqual([])
  expect(await readdir(paths.cacheDir)).toEqual([])
  expect((await clawdbot(home, ['profiles', 'list'])).out).not.toContain('vps')
  expect(await clawdbot(home, ['profiles', 'remove', 'local'])).toMatchObject({ code: 2 })
  expect((await clawdbot(home, ['profiles', 'remove', 'vpn'])).err).toContain('There is no profile "vpn"')
})

test.each(['start', 'run', 'stop', 'restart', 'status'])(
  'gateway %s stays on this machine, and says so',
  async (word) => {
    await using home = await withProfiles()
    const { code, out, err } = await clawdbot(home, ['gateway', word, '--profile', 'vps'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(`gateway ${word} is about the gateway of this machine, and vps is on another`)
  },
)

test('the gateway does not see the profile it was started with', async () => {
  await using home = await Home.make()
  for (const words of [['--profile', 'local'], ['--profile=local']]) {
    expect((await clawdbot(home, ['gateway', 'start', ...words, '--port', '1'])).out).toBe('server --port 1\n')
  }
})
