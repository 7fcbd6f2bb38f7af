import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDistinctSecrets } from '../../../src/server/config/distinct-secrets.ts'
import { loadConfig } from '../../../src/server/config/load.ts'
import { vendorKeys } from '../../../src/server/providers/hosted.ts'
import { runGateway } from '../../../src/server/run-gateway.ts'
import type { Fault } from '../../../src/shared/fault.ts'

const twin = 'a-secret-that-is-used-for-two-things'
const vendor = { models: { providers: { acme: { baseUrl: 'https://acme.example/v1', apiKey: twin, models: [] } } } }
const auth = (fields: object) => ({ gateway: { auth: fields } })

type Case = {
  config?: object
  env?: Record<string, string>
  file?: string
  flags?: { token?: string; password?: string }
}

function check({ config = {}, env = {}, file, flags = {} }: Case): unknown {
  const dir = mkdtempSync(join(tmpdir(), 'clawdbot-twins-'))
  try {
    const path = join(dir, 'clawdbot.json')
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 })
    if (file !== undefined) writeFileSync(join(dir, 'gateway.env'), file, { mode: 0o600 })
    const snapshot = loadConfig({ path, env, envFile: join(dir, 'gateway.env') })
    checkDistinctSecrets(snapshot, flags, vendorKeys(snapshot.env))
    return undefined
  } catch (error) {
    return error
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

test.each<[string, Case]>([
  ['token and password in the settings', { config: auth({ token: twin, password: twin }) }],
  [
    'the token in the settings, the password in a variable',
    {
      config: auth({ token: twin }),
      env: { CLAWDBOT_GATEWAY_PASSWORD: twin },
    },
  ],
  ['both in variables', { env: { CLAWDBOT_GATEWAY_TOKEN: twin, CLAWDBOT_GATEWAY_PASSWORD: twin } }],
  [
    'the token in gateway.env, the password in the settings',
    {
      config: auth({ password: twin }),
      file: `CLAWDBOT_GATEWAY_TOKEN=${twin}\n`,
    },
  ],
  ['a flag and a setting', { config: auth({ password: twin }), flags: { token: twin } }],
  [
    'two references to one variable',
    {
      config: auth({ token: '${ONE}', password: '${ONE}' }),
      env: { ONE: twin },
    },
  ],
  ['the token and the key of a vendor', { config: { ...auth({ token: twin }), ...vendor } }],
  ['the password and the key of a vendor', { config: { ...auth({ password: twin }), ...vendor } }],
  ['the token and a vendor’s key in the environment', { config: auth({ token: twin }), env: { OPENAI_API_KEY: twin } }],
])('AU13: %s are the same: refused, and the secret is not told', (_, given) => {
  const fault = check(given) as Fault
  expect(fault).toMatchObject({ code: 'config.invalid', exitCode: 2 })
  expect(fault.message).toMatch(/^gateway\.auth\.(token|password) and .+ are the same secret$/)
  expect(`${fault.message} ${fault.remedy}`).not.toContain(twin)
})

test.each<[string, Case]>([
  ['nothing at all', {}],
  ['two that differ', { config: auth({ token: twin, password: `${twin}!` }) }],
  [
    'one setting that goes before its variable',
    {
      config: auth({ token: twin, password: `${twin}!` }),
      env: { CLAWDBOT_GATEWAY_PASSWORD: twin },
    },
  ],
  [
    'the remote address of this very gateway',
    {
      config: { gateway: { auth: { token: twin }, remote: { url: 'ws://127.0.0.1:18789', token: twin } } },
    },
  ],
  ['the variable that the token refers to', { config: { env: { vars: { ONE: twin } }, ...auth({ token: '${ONE}' }) } }],
  ['placeholders, which are no secrets', { config: auth({ token: 'changeme', password: 'changeme' }) }],
])('%s is fine', (_, given) => {
  expect(check(given)).toBeUndefined()
})

test('AU13: such a gateway does not start: it refuses before it listens', async () => {
  const home = mkdtempSync(join(tmpdir(), 'clawdbot-twins-'))
  const env = { CLAWDBOT_STATE_DIR: home, CLAWDBOT_GATEWAY_TOKEN: twin, CLAWDBOT_GATEWAY_PASSWORD: twin }
  const printed: string[] = []
  try {
    const options = { flags: {}, env, home, print: (line: string) => void printed.push(line) }
    await expect(runGateway({ ...options, signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'config.invalid',
    })
    expect(printed).toEqual([])
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
