/** A real gateway in this process that obeys its settings file, in a home of its own. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { dayOf } from '../../src/server/log/file.ts'
import { runGateways } from '../../src/server/restarts.ts'

export const token = 'a token nobody has ever guessed'
export const patience = { timeout: 8_000 }

/** `gateway` is that section of the settings; each `write` adds to the first. */
export async function obeyingGateway(gateway: object) {
  const home = mkdtempSync(join(tmpdir(), 'obeying-'))
  const state = join(home, '.clawdbot')
  const path = join(home, 'clawdbot.json')
  const write = (more: object) => {
    const settings = { gateway: { ...gateway, auth: { token }, reload: { debounceMs: 5 }, ...more } }
    writeFileSync(path, JSON.stringify(settings), { mode: 0o600 })
  }
  write({})
  const stop = new AbortController()
  const printed: string[] = []
  const env = { HOME: home, CLAWDBOT_CONFIG_PATH: path }
  const print = (line: string) => void printed.push(line)
  const ended = runGateways({ flags: {}, env, home, print, signal: stop.signal })
  onTestFinished(async () => {
    stop.abort()
    await ended
    rmSync(home, { recursive: true, force: true })
  })
  const starts = () => printed.filter((line) => line.startsWith('🔒 Auth mode')).length
  await vi.waitFor(() => expect(starts()).toBe(1), patience)
  return {
    ...{ home, env, write, starts },
    printed: () => printed.join('\n'),
    logText: () => readFileSync(join(state, 'logs', `clawdbot-${dayOf(Date.now())}.log`), 'utf8'),
  }
}
