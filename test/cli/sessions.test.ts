import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { clawdbot } from './world.ts'

test('sessions are listed by title, and by name where nothing was said in them', async () => {
  await using home = await Home.make()
  await using first = await startTestGateway()
  const row = (name: string, derivedTitle: string, updatedAt = 1) => {
    const sessionId = '410774c9-5a5b-4c1e-9d53-0d7c2b1f0a11'
    return { key: `agent:main:${name}`, kind: 'direct' as const, updatedAt, sessionId, derivedTitle }
  }
  const rows = [
    row('main', '410774c9 (2026-11-26)'),
    row('work', 'Load on the box'),
    row('日本語 セッション', '410774c9'),
  ]
  const { handlers } = first.parts
  const sessions = { ...handlers.sessions, 'sessions.list': () => ({ ts: 1, count: rows.length, sessions: rows }) }
  await using gateway = await startTestGateway({ handlers: { ...handlers, sessions } })
  const { out } = await clawdbot(home, ['sessions', '--url', gateway.url, '--token', testToken])
  expect(out).toMatch(/main:main .* main\n/)
  expect(out).toMatch(/main:work .* Load on the box\n/)
  expect(out).toMatch(/main:日本語 セッション .* 日本語 セッション\n/)
})
