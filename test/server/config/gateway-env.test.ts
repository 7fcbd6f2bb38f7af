import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { gatewayEnv, withoutCopies } from '../../../src/server/config/gateway-env.ts'

function envFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-env-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'gateway.env')
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

test('what systemd copied from the file is left out, so that a change of the file counts', () => {
  const path = envFile('KEY=old\nOTHER="two words"\n')
  const started = { CLAWDBOT_GATEWAY_STARTED_BY: 'service', KEY: 'old', OTHER: 'mine', PATH: '/bin' }
  const env = withoutCopies(started, path)
  expect(env).toEqual({ CLAWDBOT_GATEWAY_STARTED_BY: 'service', OTHER: 'mine', PATH: '/bin' })
  writeFileSync(path, 'KEY=new\n')
  expect(gatewayEnv(env, path)).toMatchObject({ KEY: 'new', OTHER: 'mine' })
})

test('elsewhere the environment goes first, whatever it says, and there may be no file', () => {
  const path = envFile('KEY=same\n')
  expect(withoutCopies({ KEY: 'same' }, path)).toEqual({ KEY: 'same' })
  const service = { CLAWDBOT_GATEWAY_STARTED_BY: 'service', KEY: 'same' }
  expect(withoutCopies(service, join(path, '../none'))).toEqual(service)
})

test('SE2: a file others may read is not used by a service either', () => {
  const path = envFile('KEY=x\n')
  chmodSync(path, 0o644)
  expect(() => withoutCopies({ CLAWDBOT_GATEWAY_STARTED_BY: 'service' }, path)).toThrow(/Other accounts may read/)
})
