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

/** Offline in one session, its messages in this order. */
async function queued(...texts: string[]) {
  const script = scriptedGateway()
  const screen = await arrived(script)
  script.lose(screen.clock.now() + 60_000)
  for (const text of texts) {
    await screen.type(`${text}<enter>`)
    await screen.after(10)
  }
  return { script, screen }
}

/** What waits, as it stands over the composer. */
const queue = (screen: { text(): string }) =>
  [...screen.text().matchAll(/^› (.+?) +not sent yet/gm)].map(([, text]) => text)

test('one that is edited is a message of its own in its old place, and the draft comes back behind it', async () => {
  const { script, screen } = await queued('first', 'second', 'third')
  await using _ = screen
  await screen.type('a draft<ctrl+x>o')
  await screen.type('second<enter>')
  await screen.after()
  expect(screen.text()).toMatch(/› second\s*\n─/)
  expect(screen.text()).toContain('Your draft comes back when this is sent or cleared.')
  await screen.type('ly<enter>')
  await screen.after()
  expect(screen.text()).toMatch(/› a draft\s*\n─/)
  expect(queue(screen)).toEqual(['first', 'secondly', 'third'])
  const changed = script.gateway.outbox.entries.find(({ message }) => message === 'secondly')
  const runs = screen.ui.store.get().transcripts['agent:main:main']?.live ?? []
  const shown = runs.find(({ question }) => question?.text === 'secondly')?.question
  expect(shown?.at).toEqual(expect.any(Number))
  expect(changed?.place).toBe(shown?.at)
})

test('taken back one after the other, each comes back by itself, and clearing one loses nothing', async () => {
  const { script, screen } = await queued('first', 'second', 'third')
  await using _ = screen
  await screen.paste('long\n'.repeat(20))
  await screen.type(' draft<alt+up>')
  await screen.after()
  await screen.type(' changed<alt+up>')
  await screen.after()
  expect(screen.text()).toMatch(/› second\s*\n─/)
  await screen.type('<ctrl+c>')
  expect(screen.text()).toMatch(/› third changed\s*\n─/)
  await screen.type(' <ctrl+y><enter>')
  await screen.after()
  expect(written(script)).toEqual(['first', 'third changed second'])
  await screen.type('<enter>')
  await screen.after()
  expect(written(script).at(-1)).toBe(`${'long\n'.repeat(20)} draft`)
})

test.each(['<enter>', '<esc>', '<ctrl+c>', '<ctrl+d>'])(
  'one that was emptied is given up with %s: the draft is back',
  async (key) => {
    const { screen } = await queued('first')
    await using _ = screen
    await screen.type('a draft<alt+up>')
    await screen.after(5_000)
    await screen.type(`<ctrl+u>${key}`)
    await screen.after(100)
    expect(screen.text()).toMatch(/› a draft\s*\n─/)
    expect(screen.done).toEqual([])
    await screen.type('<ctrl+u><ctrl+d>')
    expect(screen.done).toEqual(['left'])
  },
)

test('a filter that leaves none does not say that none waits', async () => {
  const { screen } = await queued('first')
  await using _ = screen
  await screen.type('<ctrl+x>o')
  await screen.type('zebra')
  expect(screen.text()).toContain('No message like that waits.')
  await screen.type('<ctrl+u><ctrl+d>')
  await screen.after()
  expect(screen.text()).toContain('No message waits.')
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

test('one whose end is told before the abort is answered comes back whole, and stays nowhere else', async () => {
  const script = scriptedGateway({
    'chat.abort': () => {
      script.finish('run-2', 'aborted', { stopReason: 'rpc' })
      return { ok: true, aborted: true, runIds: ['run-2'] }
    },
  })
  await using screen = await arrived(script)
  await screen.type('answer me<enter>')
  script.say('run-1', 'Well', 0)
  await screen.type('and me<enter>')
  await screen.after()
  await screen.type('<alt+up>')
  await screen.after()
  expect(screen.text()).toMatch(/› and me\s*\n─/)
  expect(screen.text().match(/and me/g)).toHaveLength(1)
  expect(screen.text()).not.toContain('Stopped')
})
