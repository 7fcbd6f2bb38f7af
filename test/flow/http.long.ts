/** What browsers and HTTP programs get from the gateway's one port. */

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningGateway, startBuiltGateway } from '../support/built-gateway.ts'
import { requireProgram } from '../support/programs.ts'
import { type SlowModel, slowModel, words } from '../support/slow-model.ts'
import { history, operator, textOf } from './support.ts'

const story = 'The tide goes out, and the tide comes in again.'
let model: SlowModel
let gateway: RunningGateway
let http: string

beforeAll(async () => {
  model = await slowModel(({ question }) =>
    question.includes('break') ? ['half ', new Promise(() => {})] : words(story, 5),
  )
  const gatewayConfig = { http: { endpoints: { chatCompletions: { enabled: true } } } }
  gateway = await startBuiltGateway({ config: model.config({ gateway: gatewayConfig }) })
  http = gateway.url.replace('ws:', 'http:')
})

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await model?.[Symbol.asyncDispose]()
})

const client = (apiKey = gateway.token) => new OpenAI({ baseURL: `${http}/v1`, apiKey, maxRetries: 0 })
const question = (content: string) => ({ model: 'clawdbot', messages: [{ role: 'user' as const, content }] })

test('TR8: health and readiness are told to anybody, and nothing else with them', async () => {
  for (const path of ['/health', '/healthz', '/ready', '/readyz', '/live']) {
    const response = await fetch(http + path)
    expect([path, response.status]).toEqual([path, 200])
    expect(await response.text()).not.toMatch(/\d+\.\d+\.\d+|\/tmp|node/i)
  }
  expect((await fetch(`${http}/nothing-here`)).status).toBe(404)
  expect((await fetch(`${http}/health`, { method: 'POST' })).status).toBe(405)
})

test('OR5, OR6: every answer is shut to other sites, and the page has no script', async () => {
  for (const path of ['/', '/health', '/v1/chat/completions', '/nothing-here']) {
    const { headers } = await fetch(http + path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
  }
  const page = await (await fetch(http)).text()
  expect(page).not.toMatch(/<script|onclick|https?:\/\//)
})

test('a browser shows the page with its style, and says nothing against it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawdbot-page-'))
  try {
    const picture = join(folder, 'page.png')
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      `--user-data-dir=${folder}/data`,
    ]
    const { stderr, stdout } = await promisify(execFile)(
      requireProgram('chromium'),
      [...flags, '--enable-logging=stderr', '--window-size=900,900', `--screenshot=${picture}`, http],
      { timeout: 60_000, env: { ...process.env, HOME: folder } },
    )
    expect(stderr + stdout).not.toMatch(/Content Security Policy/i)
    expect(statSync(picture).size).toBeGreaterThan(10_000) // an unstyled or empty page is smaller
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}, 60_000)

test('the official OpenAI client gets a whole answer, and one as it is written', async () => {
  const whole = await client().chat.completions.create(question('tell me'))
  expect(whole.choices[0]?.message).toMatchObject({ role: 'assistant', content: story })
  expect(whole.choices[0]?.finish_reason).toBe('stop')

  const pieces: string[] = []
  for await (const chunk of await client().chat.completions.create({ ...question('tell me'), stream: true })) {
    pieces.push(chunk.choices[0]?.delta.content ?? '')
  }
  expect(pieces.join('')).toBe(story)
  expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(1)
})

test('its user names the conversation, which an operator then sees', async () => {
  await client().chat.completions.create({ ...question('remember the heron'), user: 'bird-watcher' })
  using seen = await operator(gateway)
  const { sessions } = (await seen.request('sessions.list', {})).payload as { sessions: { key: string }[] }
  const key = sessions.map((row) => row.key).find((each) => each.includes('bird-watcher'))
  expect(key).toBeDefined()
  expect((await history(seen, key)).map(({ content }) => textOf(content))).toEqual(['remember the heron', story])
})

test('a client that goes away ends its run, and the model is not read further', async () => {
  const before = model.left
  const stream = await client().chat.completions.create({ ...question('break'), stream: true })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
  stream.controller.abort()
  await expect.poll(() => model.left, { timeout: 5_000 }).toBe(before + 1)
})

test('without the token it is refused as the client expects; by default there is no such path', async () => {
  await expect(client('wrong').chat.completions.create(question('hello'))).rejects.toThrow(OpenAI.AuthenticationError)
  await using plain = await startBuiltGateway()
  const base = plain.url.replace('ws:', 'http:')
  const without = new OpenAI({ baseURL: `${base}/v1`, apiKey: plain.token, maxRetries: 0 })
  await expect(without.chat.completions.create(question('hello'))).rejects.toThrow(OpenAI.NotFoundError)
})
