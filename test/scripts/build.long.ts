/** What the build leaves in `dist`. */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { built } from '../support/programs.ts'

test.each(['clawdbot', 'clawdbot-server'] as const)('%s is executable and knows its version', (name) => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  expect(statSync(built(name)).mode & 0o111).toBe(0o111)
  expect(execFileSync(process.execPath, [built(name), '--version'], { encoding: 'utf8' })).toBe(
    `clawdbot CLI v${version}\n`,
  )
})
