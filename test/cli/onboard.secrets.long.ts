import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { vendorServer } from '../support/vendor-server.ts'
import { homeWith, long, onboard, textOf } from './onboarding.ts'
import { clawdbot } from './world.ts'

test('SE4: answers as flags: a key tried at the service, kept in a private file, named nowhere else', async () => {
  await using service = await vendorServer(({ headers }) => ({
    status: headers.authorization === 'Bearer sk-good' ? 200 : 401,
    headers: { 'content-type': 'application/json' },
    body: '{"data":[{"id":"gpt-4o-mini"},{"id":"gpt-5"}]}',
  }))
  await using home = await homeWith(
    `{\n  // mine\n  models: { providers: { openai: { baseUrl: '${service.url}/v1' } } },\n}\n`,
  )
  const flags = '--provider openai --model-key-env KEY --auth password --password-env PW --run later'
  const bad = await onboard(home, flags, { KEY: 'sk-bad', PW: long })
  expect(bad).toMatchObject({ code: 2, err: expect.stringContaining('--model-key-env: OpenAI refused the key (401)') })
  expect(existsSync(home.paths.gatewayEnv)).toBe(false)

  const { code, out, err } = await onboard(home, flags, { KEY: 'sk-good', PW: long })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toBe(
    '✅ Gateway configured successfully\n✅ Channels configured: none yet\n✅ AI model configured: openai:gpt-4o-mini\n   Start it: clawdbot gateway start\n',
  )
  const config = await textOf(home.paths.configPath)
  expect(config).toMatch(/\/\/ mine[\s\S]*openai\/gpt-4o-mini[\s\S]*\$scrypt\$/)
  expect(await textOf(home.paths.gatewayEnv)).toContain('OPENAI_API_KEY=sk-good\n')
  expect((await stat(home.paths.gatewayEnv)).mode & 0o777).toBe(0o600)
  for (const secret of ['sk-good', long]) expect(`${config}${out}`).not.toContain(secret)
  expect((await clawdbot(home, ['config', 'validate'])).code).toBe(0)

  // Run again it proposes what there is, tries the key that is kept, and changes nothing.
  const again = await onboard(home, '--run later --json')
  expect(JSON.parse(again.out)).toMatchObject({ ok: true, model: 'openai:gpt-4o-mini', needRestart: [] })
  expect(await textOf(home.paths.configPath)).toBe(config)
})

test('in a home where nothing is yet, a password makes its folder, private, and is written down in the audit log', async () => {
  await using home = await Home.make()
  expect(await onboard(home, '--auth password --password-env PW --run later', { PW: long })).toMatchObject({
    code: 0,
    err: '',
  })
  expect((await stat(home.paths.stateDir)).mode & 0o777).toBe(0o700)
  expect((await clawdbot(home, ['audit', 'log', '--what', 'auth.password-set'])).out).toContain('password-set')
})
