import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import type { Ask } from '../../../../src/server/gateway/server-parts.ts'
import { Fault } from '../../../../src/shared/fault.ts'
import { startTestGateway, testToken } from '../../../support/gateway.ts'

type Question = Parameters<Ask>[0]

/** A gateway whose assistant says `words`, the questions it was asked, and the official client pointed at it. */
async function assistant(words: string[], more: { ask?: Ask } = {}) {
  const questions: Question[] = []
  const ask: Ask = async (question) => {
    questions.push(question)
    for (const word of words) question.onText(word)
    return { text: words.join(''), usage: { input: 3, output: 2 }, stopReason: 'stop' }
  }
  const gateway = await startTestGateway({ ask, ...more })
  const url = `http://127.0.0.1:${gateway.server.port}/v1`
  const client = new OpenAI({ baseURL: url, apiKey: testToken, maxRetries: 0 })
  return { questions, client, url, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() }
}

const user = (content: string) => ({ role: 'user' as const, content })

describe('with the official client', () => {
  test('a whole answer', async () => {
    await using setup = await assistant(['Hello', ' there'])
    const answer = await setup.client.chat.completions.create({ model: 'clawdbot:main', messages: [user('hi')] })
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model: 'clawdbot:main',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello there' } }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    })
  })

  test('a streamed answer', async () => {
    await using setup = await assistant(['Hello', ' there'])
    const stream = await setup.client.chat.completions.create({
      model: 'clawdbot',
      messages: [user('hi')],
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello there')
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)?.usage?.total_tokens).toBe(5)
  })

  test('a wrong key', async () => {
    await using setup = await assistant(['x'])
    const stranger = new OpenAI({ baseURL: setup.url, apiKey: 'wrong', maxRetries: 0 })
    await expect(stranger.chat.completions.create({ model: 'clawdbot', messages: [user('hi')] })).rejects.toMatchObject(
      { status: 401 },
    )
    expect(setup.questions).toEqual([])
  })

  test('a failed run says why, before the stream and within it', async () => {
    const ask: Ask = async ({ onText, text }) => {
      if (text === 'late') onText('half')
      throw new Fault('provider.unauthorized', 'The model service refused the key.')
    }
    await using setup = await assistant([], { ask })
    const create = (text: string) =>
      setup.client.chat.completions.create({ model: 'clawdbot', messages: [user(text)], stream: true })
    await expect(create('early')).rejects.toThrow('The model service refused the key.')
    const read = async () => {
      for await (const _ of await create('late'));
    }
    await expect(read()).rejects.toThrow('The model service refused the key.')
  })

  test('leaving stops the run', async () => {
    const stopped = Promise.withResolvers<void>()
    const ask: Ask = ({ signal, onText }) => {
      onText('first')
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped.resolve()
          reject(signal.reason)
        })
      })
    }
    await using setup = await assistant([], { ask })
    const stream = await setup.client.chat.completions.create({
      model: 'clawdbot',
      messages: [user('hi')],
      stream: true,
    })
    for await (const _ of stream) break
    await stopped.promise
  })
})

test.each([
  ['the main agent, a session of its own', {}, {}, /^agent:main:openai:[0-9a-f-]{36}$/],
  ['the agent of the model name', { model: 'clawdbot:Work' }, {}, /^agent:work:openai:/],
  ['the other spelling', { model: 'agent:work' }, {}, /^agent:work:openai:/],
  [
    'the agent of the header first',
    { model: 'clawdbot:work' },
    { 'x-clawdbot-agent-id': 'home' },
    /^agent:home:openai:/,
  ],
  ['a session per user', { user: 'ann' }, {}, /^agent:main:openai-user:ann$/],
  ['the session of the header first', { user: 'ann' }, { 'x-clawdbot-session-key': 'main' }, /^agent:main:main$/],
])('the session is %s', async (_, body, headers, expected) => {
  await using setup = await assistant(['x'])
  await setup.client.chat.completions.create({ model: 'clawdbot', messages: [user('hi')], ...body }, { headers })
  expect(setup.questions[0]?.sessionKey).toMatch(expected)
})

test('the last message is the question, those before it the conversation; text parts are joined', async () => {
  await using setup = await assistant(['x'])
  const parts = [
    { type: 'text' as const, text: 'a' },
    { type: 'text' as const, text: 'b' },
  ]
  await setup.client.chat.completions.create({
    model: 'clawdbot',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: parts },
    ],
  })
  expect(setup.questions[0]).toMatchObject({ text: 'a\nb', messages: [{ role: 'system', content: 'Be brief.' }] })
})

describe('bodies that are refused', () => {
  test.each([
    ['more than 1 MiB', 413, 'x'.repeat(1024 * 1024 + 1)],
    ['no JSON', 400, 'hello'],
    ['no messages', 400, '{}'],
    ['nested too deep', 400, `{"messages":${'['.repeat(80)}${']'.repeat(80)}}`],
    ['the key __proto__', 400, '{"messages":[{"role":"user","content":"x"}],"__proto__":{"a":1}}'],
    ['text that is not UTF-8', 400, Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s: %i', async (_, status, body) => {
    await using setup = await assistant(['x'])
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${testToken}` }
    const answer = await fetch(`${setup.url}/chat/completions`, { method: 'POST', headers, body })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } })
    expect(setup.questions).toEqual([])
  })
})

test('while it is not enabled the path does not exist', async () => {
  await using gateway = await startTestGateway()
  const answer = await fetch(`http://127.0.0.1:${gateway.server.port}/v1/chat/completions`, { method: 'POST' })
  expect(answer.status).toBe(404)
})
