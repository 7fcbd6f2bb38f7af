import { describe, expect, test } from 'vitest'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived } from '../../support/ui.tsx'

const other = 'agent:main:other'
const lines = (count: number, word: (line: number) => string) => Array.from({ length: count }, (_, at) => word(at))
const long = lines(5_000, (line) => `${line} the quick brown fox`).join('\n')

type Message = { role: string; content: unknown; timestamp: number; [more: string]: unknown }

const gatewayWith = (messages: readonly Message[], hits: readonly object[] = []) =>
  scriptedGateway({
    'chat.history': ({ sessionKey }) => ({
      sessionKey,
      sessionId: 's1',
      messages: sessionKey === other ? messages : [],
    }),
    'sessions.search': () => ({ hits }),
  })

const hit = (role: string, snippet: string, timestamp: number) => ({ key: other, role, snippet, timestamp })
const search = async (messages: readonly Message[], hits: readonly object[]) => {
  const screen = await arrived(gatewayWith(messages, hits))
  await screen.type('/search zebra<enter>')
  await screen.after()
  await screen.type('<enter>')
  await screen.after()
  return screen
}
const around = [
  { role: 'user', content: lines(300, (line) => `before ${line}`).join('\n'), timestamp: 1 },
  {
    role: 'assistant',
    content: `${'hay\n\n'.repeat(100)}the **zebra** is here\n\n${'hay\n\n'.repeat(100)}`,
    timestamp: 2,
  },
  { role: 'user', content: lines(300, (line) => `after ${line}`).join('\n'), timestamp: 3 },
]

describe('find', () => {
  test('brings the row of the hit on screen, in a message of thousands of rows', async () => {
    const script = gatewayWith([{ role: 'user', content: long, timestamp: 1 }])
    await using screen = await arrived(script)
    await screen.type(`/session other<enter>`)
    await screen.after()
    await screen.type('<ctrl+f>4321 the<enter>')
    expect(screen.text()).toContain('4321 the quick brown fox')
    await screen.resize({ columns: 44, rows: 12 })
    await screen.type('<ctrl+f>4987 the<enter>')
    expect(screen.text()).toContain('4987 the quick brown fox')
  })

  test('unfolds the card that holds the hit, and says when even that does not show it', async () => {
    const output = lines(1_000, (line) => `row ${line}.`).join('\n')
    const call = { type: 'toolCall', id: 'c1', name: 'exec', arguments: { command: 'make' } }
    const script = gatewayWith([
      { role: 'assistant', content: [call], timestamp: 1 },
      { role: 'toolResult', toolCallId: 'c1', content: [{ type: 'text', text: output }], timestamp: 2 },
    ])
    await using screen = await arrived(script)
    await screen.type('/session other<enter>')
    await screen.after()
    await screen.type('<ctrl+f>row 800.<enter>')
    expect(screen.text()).toContain('row 800.')
    await screen.type('<ctrl+f>row 7.<enter>')
    expect(screen.text()).toContain('make')
    expect(screen.text()).toContain('the row that was found is not among those it shows')
  })
})

test('find and the list of sessions show words, not their marks', async () => {
  const call = { type: 'toolCall', id: 'c1', name: 'exec', arguments: { command: 'echo tool 2' } }
  const script = scriptedGateway({
    'chat.history': ({ sessionKey }) => ({
      ...{ sessionKey, sessionId: 's1' },
      messages: [
        { role: 'assistant', content: [call], timestamp: 1 },
        { role: 'assistant', content: '# Heading one\n\nSome **bold** words', timestamp: 2 },
      ],
    }),
    'sessions.list': () => ({
      ...{ ts: 0, count: 1 },
      sessions: [{ key: other, kind: 'direct', updatedAt: 1, lastMessagePreview: '# Heading one Some **bold** words' }],
    }),
  })
  await using screen = await arrived(script)
  await screen.type('<ctrl+f>')
  expect(screen.text()).toMatch(/Heading one +reply/)
  expect(screen.text()).toMatch(/\$ echo tool 2 +tool/)
  await screen.type('bold w<enter>')
  expect(screen.text()).toContain('Some bold words')
  await screen.type('<ctrl+o>')
  expect(screen.text()).toContain('Heading one Some bold words')
})

describe('search', () => {
  test('opens the session at the row of the message that was found', async () => {
    await using screen = await search(around, [hit('assistant', '…hay the **\u0002zebra\u0003** is here hay…', 2)])
    expect(screen.ui.store.get().sessions.key).toBe(other)
    expect(screen.text()).toContain('the zebra is here')
    expect(screen.text()).toContain('more rows below')
  })

  test('goes to what a tool answered, and to the right one of two equal messages', async () => {
    const call = { type: 'toolCall', id: 'c1', name: 'exec', arguments: { command: 'ls' } }
    const messages = [
      { role: 'user', content: 'a zebra', timestamp: 1 },
      ...around.map((message) => ({ ...message, content: 'hay\n\n'.repeat(30), timestamp: message.timestamp + 10 })),
      { role: 'user', content: 'a zebra', timestamp: 20 },
      { role: 'assistant', content: [call], timestamp: 30 },
      { role: 'toolResult', toolCallId: 'c1', content: [{ type: 'text', text: 'zebra.txt' }], timestamp: 900 },
      { role: 'user', content: lines(300, (line) => `after ${line}`).join('\n'), timestamp: 1_000 },
    ]
    await using first = await search(messages, [hit('user', 'a \u0002zebra\u0003', 1)])
    expect(first.text()).toContain('› a zebra')
    expect(first.text()).toMatch(/\d{3} more rows below/)
    await using tool = await search(messages, [hit('toolResult', '\u0002zebra\u0003.txt', 900)])
    expect(tool.text()).toContain('zebra.txt')
  })

  test('says so when the message is not among those that are loaded', async () => {
    await using screen = await search(around, [hit('user', 'an old \u0002zebra\u0003', -5)])
    expect(screen.text()).toContain('What was found is not among the messages shown here.')
    expect(screen.text()).toContain('after 299')
  })

  test('whoever goes elsewhere meanwhile is left there', async () => {
    const script = gatewayWith(around)
    await using screen = await arrived(script)
    const found = { hit: { key: other, role: 'user', snippet: 'x', at: -5 }, old: undefined }
    script.lose(0)
    screen.ui.store.dispatch({ type: 'session.opened', key: other, sought: found })
    await screen.type('<pageup>')
    script.arrive({ kind: 'resumed', replayed: 0, runs: [] })
    await screen.after()
    expect(screen.text()).not.toContain('What was found')
  })
})
