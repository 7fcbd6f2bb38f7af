import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { vendorServer } from '../support/vendor-server.ts'
import { clawdbot } from './world.ts'

/** Whose settings say what `config` says. */
async function homeWith(config: object): Promise<Home> {
  const home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  await writeFile(home.paths.configPath, JSON.stringify(config), { mode: 0o600 })
  return home
}

test('it looks at this machine as it is, says what is wrong with its remedy, and --fix repairs what is safe', async () => {
  await using vendor = await vendorServer(() => ({
    status: 401,
    headers: { date: new Date(0).toUTCString() },
    body: '{}',
  }))
  const openai = { baseUrl: `${vendor.url}/v1`, apiKey: 'sk-of-this-test' }
  await using home = await homeWith({
    gateway: { port: await freePort() },
    agents: { defaults: { model: 'openai:gpt-5' } },
    models: { providers: { openai } },
  })
  await chmod(home.paths.configPath, 0o644)
  const env = { PATH: process.env.PATH, CLAWDBOT_STATE_DIR: home.paths.stateDir, HOME: home.dir }
  const { code, out } = await clawdbot(home, ['doctor'], { env })
  expect(code).toBe(2)
  expect(out).toMatch(/⚠️ {2}Config: +Other accounts can read/)
  expect(out).toMatch(/💡 Port: +No gateway runs; port \d+ is free\n +Start it: clawdbot gateway start/)
  expect(out).toMatch(/❌ Permissions: .*\(mode 644\)\n +Run: chmod 600/)
  expect(out).toMatch(/❌ Clock: +The clock is \d+ minutes fast/)
  expect(out).toMatch(/❌ Model: +openai:gpt-5: OpenAI refused the key \(401\)\n +Copy it again/)
  expect(out).toContain('What is safe to repair: clawdbot doctor --fix')
  expect(out).not.toContain('sk-of-this-test')

  const fixed = await clawdbot(home, ['doctor', '--fix'], { env })
  expect(fixed.out).toMatch(/^🔧 .*had mode 644 and has 600 now\n/)
  expect(fixed.out).toMatch(/🔧 models\.providers\.openai\.apiKey is kept in gateway\.env as OPENAI_API_KEY now\n/)
  expect(fixed.out).toMatch(/✅ Config: [\s\S]*✅ Permissions: /)
  expect((await stat(home.paths.configPath)).mode & 0o777).toBe(0o600)
})

test('a list of profiles that cannot be read is one line, and the rest is looked at all the same', async () => {
  await using home = await homeWith({})
  await writeFile(home.paths.profiles, '{broken', { mode: 0o600 })
  const env = { PATH: process.env.PATH, CLAWDBOT_GATEWAY_PORT: String(await freePort()) }
  const { code, out } = await clawdbot(home, ['doctor'], { env })
  expect(code).toBe(2)
  expect(out).toMatch(/❌ Profiles: +The saved profiles in .* cannot be read .*\n +Correct the file/)
  expect(out).toMatch(/💡 SSH: +not looked at/)
  expect(out).toMatch(/Channels: /)
  const audit = await clawdbot(home, ['security', 'audit'], { env })
  expect(audit.out).toContain('SSH was not looked at: The saved profiles')
})

test('settings that cannot be used are one line; what depends on them says that it was not looked at', async () => {
  await using home = await homeWith({ gatway: {} })
  const env = { PATH: process.env.PATH, CLAWDBOT_GATEWAY_PORT: String(await freePort()) }
  const { code, out } = await clawdbot(home, ['doctor', '--json'], { env })
  expect(code).toBe(2)
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    lines: expect.arrayContaining([
      expect.objectContaining({ about: 'Config', level: 'problem', text: expect.stringContaining('gatway') }),
      expect.objectContaining({ about: 'Model', level: 'hint', text: expect.stringContaining('not looked at') }),
    ]),
  })
})
