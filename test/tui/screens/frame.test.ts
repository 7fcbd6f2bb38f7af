import { describe, expect, test } from 'vitest'
import { expectFrame } from '../../support/frames.ts'
import { type ScriptedGateway, scriptedGateway } from '../../support/scripted-gateway.ts'
import { type OpenUiOptions, openUi } from '../../support/ui.tsx'

const key = 'agent:main:main'
const sizes = [
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
  { columns: 120, rows: 40 },
]
const named = ({ columns, rows }: { columns: number; rows: number }) => `${columns}x${rows}`

const history = () => ({
  sessionKey: key,
  sessionId: 's1',
  messages: [
    { role: 'user', content: 'What is the load on the box?', runId: 'old', timestamp: 1 },
    {
      role: 'assistant',
      runId: 'old',
      content: [
        { type: 'thinking', thinking: 'uptime tells it.' },
        { type: 'text', text: 'Let me look.' },
        { type: 'toolCall', id: 'c1', name: 'exec', arguments: { command: 'uptime' } },
      ],
    },
    {
      role: 'toolResult',
      runId: 'old',
      toolCallId: 'c1',
      toolName: 'exec',
      isError: false,
      content: [{ type: 'text', text: '10:41:02 up 3 days, load average: 0.10, 0.20, 0.30' }],
      details: { where: 'gateway vps-1', exitCode: 0, durationMs: 41, status: 'completed', cwd: '/home/me' },
    },
    {
      role: 'assistant',
      runId: 'old',
      content: [{ type: 'text', text: 'It is **low**:\n\n| minutes | load |\n|--|--|\n| 1 | 0.10 |\n| 5 | 0.20 |' }],
    },
  ],
})

const rows = [
  {
    key,
    kind: 'direct',
    updatedAt: 1_769_500_000_000,
    derivedTitle: 'Load on the box',
    lastMessagePreview: 'It is low',
    modelProvider: 'openai',
    model: 'gpt-4o-mini',
    totalTokens: 12_345,
    contextTokens: 128_000,
  },
  {
    key: 'agent:main:tokyo',
    kind: 'direct',
    updatedAt: 1_769_400_000_000,
    derivedTitle: '東京の天気と電車',
    lastMessagePreview: '晴れです',
  },
]

function talkative(): ScriptedGateway {
  return scriptedGateway({
    'chat.history': history,
    'sessions.list': () => ({ ts: 0, count: 2, sessions: rows }),
    'models.list': () => ({
      models: [
        { id: 'gpt-4o-mini', name: 'GPT-4o mini', provider: 'openai', contextWindow: 128_000 },
        { id: 'claude-sonnet', name: 'Claude Sonnet', provider: 'anthropic', contextWindow: 200_000 },
      ],
    }),
  })
}

async function arrived(options: OpenUiOptions, script = talkative()) {
  const screen = await openUi(script, options)
  script.arrive()
  await screen.after()
  await screen.after(1_000)
  return { script, screen }
}

type Asked = { command: string; cwd: string; where: string; resolvedPath: string; host?: string }

/** A command waits for a decision, for two minutes. */
function askWhether(script: ScriptedGateway, { clock }: Awaited<ReturnType<typeof openUi>>, request: Asked): void {
  const now = clock.now()
  script.tell('exec.approval.requested', {
    id: 'a1',
    request: { ...request, agentId: 'main', sessionKey: key },
    createdAtMs: now,
    expiresAtMs: now + 120_000,
  })
}

describe.each(sizes)('at $columns×$rows', (size) => {
  test('before the gateway answers one sees where one is going, and can write', async () => {
    await using screen = await openUi(scriptedGateway(), size)
    await screen.type('hello there')
    await expectFrame(screen, `connecting-${named(size)}`)
  })

  test('a newcomer is told what to do', async () => {
    const { screen } = await arrived(size, scriptedGateway())
    await using _ = screen
    await expectFrame(screen, `welcome-${named(size)}`)
  })

  test('a conversation: question, tool card, answer', async () => {
    const { screen } = await arrived(size)
    await using _ = screen
    await expectFrame(screen, `chat-${named(size)}`)
  })

  test('a command asks for permission; all of it is shown, where it would run and for whom', async () => {
    const { script, screen } = await arrived(size)
    await using _ = screen
    askWhether(script, screen, {
      command: 'rm -rf build\u202e\n&& npm run build',
      cwd: '/home/me/project',
      where: 'gateway vps-1',
      resolvedPath: '/usr/bin/rm',
    })
    await screen.after()
    await expectFrame(screen, `approval-${named(size)}`)
  })

  test('what runs on a node says so: the card of what ran, and the question about what would', async () => {
    const result = (id: string, more: object) => ({
      role: 'toolResult',
      runId: 'old',
      toolCallId: id,
      toolName: 'node_run',
      isError: false,
      ...more,
    })
    const { script, screen } = await arrived(
      size,
      scriptedGateway({
        'chat.history': () => ({
          sessionKey: key,
          sessionId: 's1',
          messages: [
            { role: 'user', content: 'Where are my photos?', runId: 'old', timestamp: 1 },
            {
              role: 'assistant',
              runId: 'old',
              content: [
                { type: 'toolCall', id: 'c1', name: 'exec', arguments: { command: 'ls Photos' } },
                {
                  type: 'toolCall',
                  id: 'c2',
                  name: 'node_run',
                  arguments: { node: 'mac-mini', command: ['ls', 'Photos'] },
                },
              ],
            },
            result('c1', {
              toolName: 'exec',
              content: [{ type: 'text', text: 'ls: Photos: No such file or directory' }],
              details: { where: 'gateway vps-1', exitCode: 2, durationMs: 9, status: 'completed' },
            }),
            result('c2', {
              content: [{ type: 'text', text: '2025\n2026' }],
              details: { where: 'node mac-mini', exitCode: 0, durationMs: 62, status: 'completed' },
            }),
            { role: 'assistant', runId: 'old', content: [{ type: 'text', text: 'On mac-mini, not here.' }] },
          ],
        }),
      }),
    )
    await using _ = screen
    askWhether(script, screen, {
      command: 'open Photos/2026',
      cwd: '/Users/me',
      host: 'node',
      where: 'node mac-mini',
      resolvedPath: '/usr/bin/open',
    })
    await screen.after()
    await expectFrame(screen, `node-approval-${named(size)}`)
  })

  test('without connection everything written stays in sight', async () => {
    const { script, screen } = await arrived(size)
    await using _ = screen
    script.lose(screen.clock.now() + 5_000)
    await screen.type('first<enter>second<enter>a draft')
    await screen.after(0)
    await expectFrame(screen, `offline-${named(size)}`)
  })

  test('the sessions to choose from', async () => {
    const { screen } = await arrived(size)
    await using _ = screen
    await screen.type('<ctrl+o>')
    await expectFrame(screen, `sessions-${named(size)}`)
  })

  test('日本語: a conversation and a draft in wide letters', async () => {
    const { script, screen } = await arrived(size, scriptedGateway())
    await using _ = screen
    await screen.type('東京の天気はどうですか？<enter>')
    await screen.after()
    script.say(
      'run-1',
      '東京は**晴れ**です。最高気温は22度、最低気温は15度の予想です。午後から少し風が強くなります。\n\n- 傘は要りません\n- 上着があると安心です',
      0,
    )
    script.finish('run-1')
    await screen.after()
    await screen.type('大阪はどうですか。電車の時刻も調べてください')
    await expectFrame(screen, `japanese-${named(size)}`)
    // The caret stands behind the last letter, where an input method opens its window.
    const { row, column } = screen.terminal.cursor()
    expect(screen.row(row).endsWith('ください')).toBe(true)
    expect(column).toBeGreaterThan(2)
  })
})

test.each([
  { columns: 40, rows: 10 },
  { columns: 44, rows: 12 },
])('at $columns×$rows sessions of the same title are told apart by their names', async (size) => {
  const alike = ['main', 'work', 'a-rather-long-name-of-a-session-nobody-shortened'].map((name) => ({
    key: `agent:main:${name}`,
    kind: 'direct',
    updatedAt: 1_769_500_000_000,
    derivedTitle: 'short hello',
  }))
  const script = scriptedGateway({
    'sessions.list': () => ({
      ts: 0,
      count: 3,
      sessions: [...alike, { ...alike[0], key: 'agent:main:x', label: 'Mine' }],
    }),
  })
  const { screen } = await arrived(size, script)
  await using _ = screen
  await screen.type('<ctrl+o>')
  const text = screen.text()
  expect(text).toMatch(/● main {2}short hello +now/)
  expect(text).toMatch(/ {2}work {2}short hello +now/)
  expect(text).toMatch(/ {2}a-rather-long-name-of-a-session.*… +now/)
  expect(text).toMatch(/ {2}Mine +now/)
})

test('completions, models, help, find and status have their frames', async () => {
  const { screen } = await arrived({})
  await using _ = screen
  await screen.type('/se')
  await expectFrame(screen, 'completions-80x24')
  await screen.type('<ctrl+u><ctrl+x>m')
  await screen.after()
  await expectFrame(screen, 'models-80x24')
  await screen.type('<esc>')
  await screen.after(100)
  await screen.type('?')
  await expectFrame(screen, 'help-80x24')
  await screen.type('<esc>')
  await screen.after(100)
  await screen.type('<ctrl+f>load')
  await expectFrame(screen, 'find-80x24')
  await screen.type('<ctrl+c>/status<enter>')
  await screen.after()
  await expectFrame(screen, 'status-80x24')
})

test('NO_COLOR: not one color is sent, and what is chosen is still to be seen', async () => {
  const { screen } = await arrived({ colors: ['none', 'none'] })
  await using _ = screen
  await screen.type('/se')
  const cells = Array.from({ length: 24 }, (_, row) =>
    Array.from({ length: 80 }, (_, column) => screen.terminal.cell(row, column)),
  ).flat()
  expect(new Set(cells.map(({ color }) => color))).toEqual(new Set(['default']))
  expect(new Set(cells.map(({ background }) => background))).toEqual(new Set(['default']))
  expect(cells.some(({ inverse, text }) => inverse && text === '/')).toBe(true)
})

test('a window that is too small says so in a sentence', async () => {
  await using screen = await openUi(scriptedGateway(), { columns: 30, rows: 8 })
  expect(screen.text().replaceAll('\n', ' ')).toContain('This window is 30×8. Clawdbot needs 40×10.')
})
