import { describe, expect, test } from 'vitest'
import { expectFrame } from '../../support/frames.ts'
import { type ScriptedGateway, scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const written = (script: ScriptedGateway) => script.gateway.outbox.entries.map(({ message }) => message)

/** Offline, with two messages here and one in another session. */
async function offline(size: { columns?: number; rows?: number } = {}) {
  const script = scriptedGateway()
  const screen = await arrived(script, size)
  script.lose(screen.clock.now() + 60_000)
  await screen.type('first thing<enter>')
  await screen.after(10)
  await screen.type('二つ目のメッセージ<enter>')
  screen.ui.store.dispatch({ type: 'session.opened', key: 'agent:main:taxes' })
  await screen.after(10)
  await screen.type('elsewhere<enter>')
  await screen.after()
  return { script, screen }
}

describe.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
])('at $columns×$rows', (size) => {
  test('all that waits is seen, whatever its session', async () => {
    const { screen } = await offline(size)
    await using _ = screen
    await screen.type('<ctrl+x>o')
    await expectFrame(screen, `outbox-${size.columns}x${size.rows}`)
  })
})

test('one is edited in its own session, where nothing typed is lost', async () => {
  const { script, screen } = await offline()
  await using _ = screen
  screen.ui.store.dispatch({ type: 'session.opened', key: 'agent:main:main' })
  await screen.type('draft ')
  await screen.type('<ctrl+x>o')
  await screen.type('elsew<enter>')
  await screen.after()
  expect(screen.ui.store.get().sessions.key).toBe('agent:main:taxes')
  expect(screen.text()).toMatch(/› elsewhere\s*\n─/)
  expect(written(script)).toEqual(['first thing', '二つ目のメッセージ'])
})

test('one is deleted, the next stays chosen, and it is still among earlier prompts', async () => {
  const { script, screen } = await offline()
  await using _ = screen
  await screen.type('/outbox<enter><down><ctrl+d>')
  await screen.after()
  expect(written(script)).toEqual(['first thing', 'elsewhere'])
  await screen.type('<ctrl+d><ctrl+d><ctrl+d>')
  await screen.after()
  expect(written(script)).toEqual([])
  expect(screen.text()).toContain('No message waits.')
})

test('one that was sent and waits its turn is taken back from the gateway; one that was refused just leaves', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  await screen.type('answer me<enter>')
  script.say('run-1', 'Well', 0)
  await screen.type('and me<enter>')
  await screen.after()
  screen.ui.store.dispatch({ type: 'message.asked', key: 'agent:main:main', runId: 'r9', text: 'too long', at: 9 })
  screen.ui.store.dispatch({ type: 'message.refused', key: 'agent:main:main', runId: 'r9', problem: 'It is too long.' })
  await screen.type('/outbox<enter>')
  expect(screen.text()).toMatch(/✗ too long +It is too long\. · this session +failed/)
  expect(screen.text()).toMatch(/✓ and me +this session +sent/)
  expect(screen.text()).not.toMatch(/✓ answer me/)
  await screen.type('and me<enter>')
  await screen.after()
  expect(called(script, 'chat.abort')).toEqual([{ sessionKey: 'agent:main:main', runId: 'run-2' }])
  await screen.type('<ctrl+u><ctrl+x>o')
  await screen.type('<ctrl+d>')
  await screen.after()
  expect(screen.text()).toContain('No message waits.')
})
