import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { built } from '../support/programs.ts'
import { run } from './program.ts'

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))

test('both programs say their version', () => {
  for (const name of ['clawdbot', 'clawdbot-server'] as const) {
    const { stdout, status } = spawnSync(process.execPath, [built(name), '--version'], { encoding: 'utf8' })
    expect({ stdout, status }).toEqual({ stdout: `clawdbot CLI v${version}\n`, status: 0 })
  }
})

test('without a terminal and without input: how things stand, exit code 0', async () => {
  await using home = await Home.make()
  const { code, out } = await run(home, [], { CLAWDBOT_GATEWAY_PORT: '1' })
  expect(code).toBe(0)
  expect(out).toContain('To open the screen')
})
