import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nobody, type Person } from '../../src/cli/person.ts'
import { readProfiles } from '../../src/client/profile-store.ts'
import { Home } from '../client/support.ts'
import { standInTailscale } from '../support/tailscale/stand-in.ts'
import { clawdbot, type WorldOptions } from './world.ts'

const peers = [
  { name: 'desktop', addresses: ['100.64.0.2'], online: true },
  { name: 'phone', addresses: ['100.64.0.3'], online: true, os: 'iOS' },
  { name: 'asleep', addresses: ['100.64.0.4'], online: false },
]

/** A person whose machine knows gateways from three places. */
async function knowing(settings = '{ gateway: { remote: { url: "wss://g.example", token: "hunter2" } } }') {
  const home = await Home.make()
  const tailscale = standInTailscale({ peers })
  await mkdir(join(home.dir, '.ssh'))
  await writeFile(join(home.dir, '.ssh', 'config'), 'Host vps *.corp !secret\n  User me\nInclude more\n', {
    mode: 0o600,
  })
  await writeFile(join(home.dir, '.ssh', 'more'), 'Host inner\n  ProxyJump vps\n', { mode: 0o600 })
  await mkdir(home.paths.stateDir, { recursive: true })
  await writeFile(home.paths.configPath, settings)
  return {
    home,
    run: (line: string, options: WorldOptions = {}) =>
      clawdbot(home, line.split(' '), { env: tailscale.env, ...options }),
    async [Symbol.asyncDispose]() {
      tailscale[Symbol.dispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

const savedNames = async (home: Home) => (await readProfiles(home.paths.profiles)).profiles.map(({ name }) => name)

const answering = (...answers: string[]): Person => ({
  ...nobody(async () => ''),
  isThere: true,
  line: async () => answers.shift(),
  confirm: async () => answers.shift() === 'yes',
})

test('import shows what it found in three places, adds it when told to, and finds nothing new after that', async () => {
  await using known = await knowing()
  const { home, run } = known
  const shown = await run('profiles import')
  expect(shown.out.split('\n')).toEqual([
    'Profile  Ways                               From',
    `remote   wss://g.example                    gateway.remote in ${home.paths.configPath}`,
    'vps      ssh vps                            ~/.ssh/config',
    'inner    ssh inner                          ~/.ssh/config',
    'desktop  tailscale desktop.tail1234.ts.net  the tailnet',
    'Nothing was added; --yes adds them.',
    '',
  ])
  expect(await savedNames(home)).toEqual([])
  expect((await run('profiles import --yes')).out).toContain('✅ Added remote, vps, inner, desktop\n')
  const again = await run('profiles import --yes')
  expect(again.out).toBe(
    'Nothing new was found.\nAlready there: remote\nAlready there: vps\nAlready there: inner\nAlready there: desktop\n',
  )
  expect(await savedNames(home)).toEqual(['remote', 'vps', 'inner', 'desktop'])
  expect((await readProfiles(home.paths.profiles)).current).toBeUndefined()
  expect(await readFile(home.paths.profiles, 'utf8')).not.toContain('hunter2')
})

test('a person chooses: by name, all, or none', async () => {
  await using known = await knowing()
  const { home, run } = known
  await run('profiles import', { person: answering('') })
  expect(await savedNames(home)).toEqual([])
  await run('profiles import', { person: answering('inner, VPS') })
  expect(await savedNames(home)).toEqual(['inner', 'vps'])
  await run('profiles import remote', { person: answering('no') })
  await run('profiles import remote', { person: answering('yes') })
  expect(await savedNames(home)).toEqual(['inner', 'vps', 'remote'])
  await run('profiles import --ssh', { person: answering('all') })
  await run('profiles import', { person: answering('all') })
  expect(await savedNames(home)).toEqual(['inner', 'vps', 'remote', 'desktop'])
  expect(await run('profiles import nowhere --yes')).toMatchObject({
    code: 2,
    err: expect.stringContaining('"nowhere"'),
  })
})

test('a place that is missing is mentioned, and fails only when it was named', async () => {
  await using known = await knowing(
    '{ gateway: { remote: { transport: "ssh", sshTarget: "me@far:2222", sshIdentity: "/k" } } }',
  )
  const env = { PATH: '/nonexistent' }
  const json = JSON.parse((await known.run('profiles import --settings --tailscale --json')).out)
  expect(json.found).toMatchObject([
    { name: 'remote', ways: [{ kind: 'ssh', host: 'far', user: 'me', port: 2222, identity: '/k' }], added: false },
    { name: 'desktop' },
  ])
  const all = await known.run('profiles import --yes', { env })
  expect(all).toMatchObject({ code: 0, err: expect.stringMatching(/Tailscale is not installed/) })
  expect(await known.run('profiles import --tailscale', { env })).toMatchObject({ code: 4, out: '' })
})

test('an exported list goes to another machine, from a file or a pipe, without ids and secrets', async () => {
  await using here = await knowing()
  await here.run('profiles add vps --ssh me@vps --warm --secret-file', { input: 'hunter2' })
  await here.run('profiles add other --local --gateway-port 4000')
  const { out } = await here.run('profiles export')
  expect(out).not.toMatch(/hunter2|"id"|createdAt/)
  expect(JSON.parse((await here.run('profiles export OTHER')).out).profiles).toHaveLength(1)
  await using there = await knowing()
  const path = join(there.home.dir, 'list.json')
  await writeFile(path, out)
  expect((await there.run(`profiles import vps --yes --from ${path}`)).out).toContain('✅ Added vps\n')
  expect((await there.run('profiles import --yes --from -', { input: out })).out).toContain('✅ Added other\n')
  expect(await savedNames(there.home)).toEqual(['vps', 'other'])
  expect(await there.run('profiles import --from /nonexistent')).toMatchObject({ code: 2 })
})

test('AU16: an address from a list, from settings or from the tailnet is connected to by nobody but the person', async () => {
  let knocks = 0
  const rogue = createServer((socket) => {
    knocks += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => rogue.listen(0, '127.0.0.1', resolve))
  const { port } = rogue.address() as { port: number }
  await using known = await knowing(`{ gateway: { remote: { url: "ws://127.0.0.1:${port}", token: "hunter2" } } }`)
  const list = {
    version: 1,
    profiles: [{ name: 'rogue', ways: [{ kind: 'direct', url: `ws://127.0.0.1:${port}/x` }] }],
  }
  await known.run('profiles import --yes')
  await known.run('profiles import --yes --from -', { input: JSON.stringify(list) })
  await known.run('profiles')
  await known.run('profiles export')
  await known.run('use remote')
  expect(knocks).toBe(0)
  await known.run('health')
  expect(knocks).toBe(1)
  rogue.close()
})
