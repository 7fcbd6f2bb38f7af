import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../../src/server/config/load.ts'
import { configMethods } from '../../../src/server/methods/config.ts'
import { configGet, redactedValue } from '../../../src/shared/protocol/config.ts'
import { fakeContext } from './context.ts'

async function get(text: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'clawdbot.json')
  writeFileSync(path, text, { mode: 0o600 })
  const handlers = configMethods({ read: () => readConfig({ path, env: {} }) })
  return configGet.result.parse(await handlers['config.get']({}, fakeContext()))
}

test('SE4: config.get holds no secret, neither in values nor in comments nor in an invalid file', async () => {
  const valid = await get('{ gateway: { auth: { token: "CANARY-1" } } /* was CANARY-2 */ }')
  expect(JSON.stringify(valid)).not.toContain('CANARY')
  expect(valid).toMatchObject({
    exists: true,
    valid: true,
    config: { gateway: { port: 18789, auth: { token: redactedValue } } },
  })
  const invalid = await get('{ hooks: { telegram: { botToken: "CANARY-3" } } }')
  expect(JSON.stringify(invalid)).not.toContain('CANARY')
  expect(invalid).toMatchObject({
    valid: false,
    issues: [{ path: 'hooks' }],
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})
