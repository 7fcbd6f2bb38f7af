/** The built terminal in a pseudoterminal, before a built gateway with a slow model. Kills and cuts: `terminal.long.ts`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { openPty } from '../support/pty.ts'
import { slowModel, words } from '../support/slow-model.ts'
import { counts, story } from './story.ts'

test('a message, its answer, a resize, and a terminal given back as it was', async () => {
  await using model = await slowModel(() => words(story, 5))
  await using gateway = await startBuiltGateway({ config: model.config() })
  const home = mkdtempSync(join(tmpdir(), 'clawdbot-terminal-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  await using screen = openPty(process.execPath, [built('clawdbot'), '--url', gateway.url], {
    columns: 100,
    rows: 30,
    env: { ...compiledOnce, HOME: home, CLAWDBOT_GATEWAY_TOKEN: gateway.token },
  })
  await screen.until(/^ready/m)
  screen.type('tell me<enter>')
  await screen.until('word59')
  await screen.until(/^ready/m)
  expect(counts(screen.text())).toEqual(Array(60).fill(1))
  screen.resize({ columns: 60, rows: 20 })
  await screen.until((text) => text.includes('? help') && counts(text).every((count) => count === 1))
  screen.type('/exit<enter>')
  expect(await screen.exited).toBe(0)
  await screen.drawn()
  expect(screen.terminal.isAlternate()).toBe(false)
  expect(screen.terminal.modes().bracketedPasteMode).toBe(false)
  expect(screen.terminal.cursor().isVisible).toBe(true)
  expect(screen.text()).toContain('Back here: clawdbot')
})
