/**
 * STAND-IN for a model service, as a process of its own: the OpenAI streaming format, as fast as the reader takes it.
 * The model's name says how much: `tokens-5000`, or `paced-100-10000` for 100 tokens a second, 10,000 in all. Both are one
 * endless paragraph; `prose-100-10000` is as quick and says what models write, headings, lists, tables and code.
 */

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { longAnswer } from './long-answer.ts'

const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'bench', object: 'chat.completion.chunk', created: 0, model: 'bench', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`

const ending =
  `data: ${JSON.stringify({ id: 'bench', object: 'chat.completion.chunk', created: 0, model: 'bench', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 } })}\n\n` +
  'data: [DONE]\n\n'

/** Four characters are about a token. */
const prose = longAnswer.match(/.{1,4}/gsu) ?? []
const word = (i: number): string => (i % 12 === 11 ? ` word${i}.\n` : ` word${i}`)

async function stream(response: ServerResponse, model: string): Promise<void> {
  const [kind = '', a = '1', b = '1'] = model.split('-')
  const isPaced = kind !== 'tokens'
  const total = Number(isPaced ? b : a)
  const from = performance.now()
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let tokens = 0
  const closed = once(response, 'close').then(() => process.send?.({ tokens }))
  for (; tokens < total && !response.destroyed; tokens++) {
    const text = kind === 'prose' ? (prose[tokens % prose.length] ?? '') : word(tokens)
    if (!response.write(chunk(text))) await Promise.race([once(response, 'drain'), closed])
    if (!isPaced) continue
    // By the clock and not by the sum of waits, each of which is a little longer than asked for.
    const aheadMs = ((tokens + 1) * 1000) / Number(a) - (performance.now() - from)
    if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs))
  }
  response.end(ending)
}

const server = createServer((request, response) => {
  let body = ''
  request.on('data', (piece) => {
    body += piece
  })
  request.on('end', () => {
    if (!request.url?.endsWith('/chat/completions')) return void response.writeHead(404).end()
    process.send?.({ promptBytes: Buffer.byteLength(body) })
    void stream(response, String((JSON.parse(body) as { model: string }).model))
  })
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }))
process.on('disconnect', () => process.exit(0))
