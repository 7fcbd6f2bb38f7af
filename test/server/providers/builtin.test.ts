import { expect, test } from 'vitest'
import type { GatewayFacts } from '../../../src/server/providers/builtin/facts.ts'
import { builtinProvider } from '../../../src/server/providers/builtin.ts'
import type { Message, ToolDetails } from '../../../src/shared/model/message.ts'
import { ask, collect, providerContract, textOf } from '../../contract/provider.ts'

const facts: GatewayFacts = {
  host: 'vps-1',
  version: '0.1.0',
  url: 'ws://127.0.0.1:18789',
  uptimeMs: 90_000,
  clients: 1,
  workspace: '/home/me/clawd',
  configPath: '/home/me/.clawdbot/clawdbot.json',
  execPolicy: 'ask',
  sessions: [{ key: 'agent:main:main', title: 'Groceries' }],
  models: [],
  nodes: [],
}

function guide(known: Partial<GatewayFacts> = {}) {
  return builtinProvider(async () => ({ ...facts, ...known }))
}

async function reply(message: string | Message[], known: Partial<GatewayFacts> = {}): Promise<string> {
  const messages = typeof message === 'string' ? [message] : message
  return textOf(await collect(guide(known).stream(ask('guide', ...messages), new AbortController().signal)))
}

function afterExec(details: ToolDetails, output: string, isError = false): Message[] {
  return [
    { role: 'user', content: 'run uptime', timestamp: 0 },
    {
      role: 'assistant',
      content: [{ type: 'toolCall', id: 'g', name: 'exec', arguments: { command: 'uptime' } }],
      timestamp: 0,
    },
    {
      role: 'toolResult',
      toolCallId: 'g',
      toolName: 'exec',
      content: [{ type: 'text', text: output }],
      details,
      isError,
      timestamp: 0,
    },
  ]
}

providerContract('the built-in guide', async () => ({
  provider: guide(),
  model: 'guide',
  [Symbol.asyncDispose]: async () => {},
}))

test('it says that it is not a model and how to bring one in, in the first answer a newcomer gets', async () => {
  for (const message of ['hi', 'help', 'write me a poem please', 'are you an AI?']) {
    const text = await reply(message)
    expect(text).toContain('not a language model')
    expect(text).toContain('configure')
    expect(text.length).toBeLessThan(900)
  }
})

test('configure gives the file, the keys, the environment and local models', async () => {
  const text = await reply('how do I configure a model?')
  for (const exact of ['/home/me/.clawdbot/clawdbot.json', 'OPENAI_API_KEY', 'openai:gpt-4o-mini', 'baseUrl', 'Ollama'])
    expect(text).toContain(exact)
})

test('with a model at hand it says how to choose it', async () => {
  const models = ['ollama:llama3.2']
  expect(await reply('what is love?', { models })).toContain('`/model ollama:llama3.2`')
  expect(await reply('models', { models })).toContain('`ollama:llama3.2`')
})

test('it names the machine where commands run, and tells the gateway host from nodes', async () => {
  const text = await reply('where do commands run?', { nodes: [{ name: 'mac-mini', connected: true }] })
  expect(text).toContain('gateway host, **vps-1**')
  expect(text).toContain('**mac-mini**')
})

test('it tells status and sessions from facts', async () => {
  expect(await reply('status')).toContain('Version 0.1.0, up 2m')
  expect(await reply('sessions')).toContain('`agent:main:main` Groceries')
})

test('after a tool it gives one sentence and the output in a fence that the output cannot break', async () => {
  const details = {
    where: 'gateway vps-1',
    status: 'completed',
    command: 'uptime',
    exitCode: 0,
    durationMs: 12,
  } as const
  expect(await reply(afterExec(details, 'up ``` 3 days\n'))).toBe(
    '`uptime` finished on gateway vps-1 after 12ms.\n\n````\nup ``` 3 days\n````',
  )
})

test.each<[ToolDetails, string]>([
  [{ where: 'gateway vps-1', status: 'failed', exitCode: 127 }, '`uptime` failed on gateway vps-1 with exit code 127.'],
  [{ where: 'gateway vps-1', status: 'denied' }, '`uptime` was not allowed, so nothing ran.'],
  [
    { where: 'gateway vps-1', status: 'timeout', durationMs: 5000 },
    '`uptime` took too long on gateway vps-1 and was stopped after 5s.',
  ],
])('a tool that ended as %j is told as it was', async (details, sentence) => {
  expect(await reply(afterExec(details, '', true))).toBe(sentence)
})

test('a request for a tool that is switched off is answered in words', async () => {
  const request = { ...ask('guide', 'run uptime'), tools: [] }
  const chunks = await collect(guide().stream(request, new AbortController().signal))
  expect(textOf(chunks)).toContain('switched off')
  expect(chunks.at(-1)).toMatchObject({ type: 'end', stopReason: 'stop' })
})

test.each([
  ['a name before it', 'Ada: what can you do?'],
  ['a quote before that', '> an older line\n> and another\n\nAda: what can you do?'],
  ['a file behind it', 'what can you do?\n\n[File inbox/1-a.txt (text/plain, 3 bytes)]'],
])('a person of a chat is understood with %s', async (_, content) => {
  const origin = { channel: 'telegram', senderId: '1', name: 'Ada' }
  expect(await reply([{ role: 'user', content, timestamp: 0, origin }])).toMatch(/things I understand/)
})

test('whose name is like a request asks for nothing by it', async () => {
  const origin = { channel: 'telegram', senderId: '1', name: 'run: uptime' }
  const said = await reply([{ role: 'user', content: 'run: uptime: good day to all', timestamp: 0, origin }])
  expect(said).not.toMatch(/things I understand/)
})

test('the first message that the set-up proposes is understood', async () => {
  expect(await reply('Hello! What can you do for me?')).toMatch(/things I understand/)
})
