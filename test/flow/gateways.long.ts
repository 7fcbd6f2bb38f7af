/** The built terminal before two built gateways: going from one to the other, one dying behind the other, a start without both. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { openPty, type Pty } from '../support/pty.ts'
import { slowModel } from '../support/slow-model.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawdbot-gateways-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function saveProfiles(urls: Readonly<Record<string, string>>): void {
  const profiles = Object.entries(urls).map(([name, url]) => ({
    ...{ id: name, name, createdAt: 1, warm: true, ways: [{ kind: 'direct', url }] },
    secret: { source: 'env', secret: 'token', variable: 'GATEWAY_TOKEN' },
  }))
  mkdirSync(join(home, '.clawdbot'), { mode: 0o700 })
  const book = { version: 1, current: Object.keys(urls)[0], profiles }
  writeFileSync(join(home, '.clawdbot/profiles.json'), JSON.stringify(book), { mode: 0o600 })
}

const openTerminal = (token: string): Pty =>
  openPty(process.execPath, [built('clawdbot')], {
    ...{ columns: 100, rows: 24 },
    env: { ...compiledOnce, HOME: home, GATEWAY_TOKEN: token },
  })

test('one goes from gateway to gateway; what each says is there at once, also when one is dead and after the next start', async () => {
  await using model = await slowModel(({ question }) => [`You said ${question}.`])
  await using near = await startBuiltGateway({ config: model.config() })
  await using far = await startBuiltGateway({ config: model.config() })
  saveProfiles({ near: near.url, far: far.url })
  {
    await using screen = openTerminal(near.token)
    await screen.until(/^near · connected/)
    await screen.until('● far')
    screen.type('one<enter>')
    await screen.until('You said one.')
    screen.type('/use far<enter>')
    await screen.until(/^far · connected/)
    expect(screen.text()).not.toContain('You said one.')
    screen.type('two<enter>')
    await screen.until('You said two.')
    await near.kill9()
    await screen.until('◌ near')
    screen.type('half a thought<ctrl+x>-')
    await screen.until(/^near · /)
    expect(screen.text()).toContain('You said one.')
    screen.type('three<enter>')
    await screen.until('not sent yet')
    screen.type('<ctrl+x>-')
    await screen.until('› half a thought')
    expect(screen.text()).toContain('You said two.')
    screen.type('<ctrl+u>/exit<enter>')
    expect(await screen.exited).toBe(0)
    await screen.drawn()
    expect(screen.text()).toContain('Back here: clawdbot --profile far')
  }
  await far.kill9()
  await using again = openTerminal(near.token)
  await again.until('not yet checked')
  expect(again.text()).toMatch(/^near · /)
  expect(again.text()).toContain('You said one.')
  await again.until('not sent yet')
  expect(again.text()).toContain('three')
  again.type('/use far<enter>')
  await again.until(/^far · /)
  await again.until('You said two.')
}, 60_000)
