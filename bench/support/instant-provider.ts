/**
 * STAND-IN for a model service, as a process of its own: the OpenAI streaming format, as fast as the reader takes it.
 * The model's name says how much: `tokens-5000`, or `paced-100-10000` for 100 tokens a second, 10,000 in all.
 */

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'bench', object: 'chat.completion.chunk', created: 0, model: 'bench', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`

const ending =
  `data: ${JSON.stringify({ id: 'bench', object: 'chat.completion.chunk', created: 0, model: 'bench', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 } })}\n\n` +
  'data: [DONE]\n\n'

async function stream(response: ServerResponse, model: string): Promise<void> {
  const [kind = '', a = '1', b = '1'] = model.split('-')
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const total = Number(kind === 'paced' ? b : a)
  for (let i = 0; i < total; i++) {
    if (!response.write(chunk(i % 12 === 11 ? ` word${i}.\n` : ` word${i}`))) await once(response, 'drain')
    if (kind === 'paced') await new Promise((resolve) => setTimeout(resolve, 1000 / Number(a)))
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
