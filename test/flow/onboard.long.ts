/** `clawdbot onboard` as a person does it: the built program in a real terminal, from the first question to what it wrote. */

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { built } from '../support/programs.ts'
import { Tmux } from '../support/tmux.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawdbot-onboard-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const inState = (name: string) => join(home, '.clawdbot', name)

test.each([
  [80, 24, {}],
  [40, 24, { NO_COLOR: '1' }],
])(
  'in a window of %i×%i every question is answered, and only then is anything written',
  async (columns, rows, more) => {
    const env = { HOME: home, PATH: process.env.PATH ?? '', ...more }
    using screen = new Tmux([process.execPath, built('clawdbot'), 'onboard'], { columns, rows, env })
    await screen.until('What runs here')
    screen.press('Enter')
    await screen.until('› The built-in guide')
    screen.press('Enter')
    await screen.until('Channels')
    screen.press('Enter')
    await screen.until('Who gets in')
    screen.press('Down', 'Enter')
    await screen.until('Password of the gateway')
    screen.type('correct horse battery staple mauve')
    await screen.until('good, about 70 bits')
    screen.press('Enter')
    await screen.until('The password again')
    screen.type('correct horse battery staple mauve')
    screen.press('Enter')
    await screen.until('From where it is reached')
    screen.press('Enter')
    await screen.until('Keep it running')
    screen.press('Down', 'Down', 'Enter')
    const summary = await screen.until('Write it')
    expect(summary).not.toContain('horse')
    expect(existsSync(inState('clawdbot.json'))).toBe(false)
    screen.press('Enter')
    await screen.until('[exit 0]')
    expect(screen.screen()).toMatch(
      /✅ Gateway configured successfully\n✅ Channels configured: none yet\n✅ AI model configured: builtin/,
    )
    expect(readFileSync(inState('clawdbot.json'), 'utf8')).toMatch(/password: "\$scrypt\$/)
    expect(statSync(inState('clawdbot.json')).mode & 0o777).toBe(0o600)
  },
)

test('ctrl+c twice leaves with the terminal as it was and nothing written', async () => {
  const env = { HOME: home, PATH: process.env.PATH ?? '' }
  using screen = new Tmux([process.execPath, built('clawdbot'), 'onboard'], { env })
  await screen.until('What runs here')
  screen.press('C-c')
  await screen.until('ctrl+c again leaves')
  screen.press('C-c')
  await screen.until('[exit 130]')
  expect(screen.screen()).toContain('Nothing was written')
  expect(screen.screen()).not.toContain('Set up clawdbot')
  expect(existsSync(inState('clawdbot.json'))).toBe(false)
})
