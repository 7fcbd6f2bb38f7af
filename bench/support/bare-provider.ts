/** A bare process that does nothing but ask the model service, so that a gateway's own share can be told from it. */

import { aiSdkProvider } from '../../src/server/providers/ai-sdk/provider.ts'
import type { Provider } from '../../src/server/providers/provider.ts'

/** `adapter`: through the gateway's own provider port, chunk by chunk. `fetch`: the bytes of the answer, unread. */
export type Ask = { way: 'adapter' | 'fetch'; model: string }
/** Milliseconds since asking, and the CPU this process has used for it. */
export type Asked = { first: number; ended: number; cpu: number }

const baseUrl = process.argv[2] ?? ''

const provider: Provider = aiSdkProvider({
  id: 'bench',
  label: 'Bench',
  api: 'openai-completions',
  baseUrl,
  needsKey: false,
  models: async () => [],
})

async function* pieces({ way, model }: Ask): AsyncIterable<unknown> {
  if (way === 'adapter') {
    const messages = [{ role: 'user', content: 'go', timestamp: 0 } as const]
    yield* provider.stream({ model, system: '', messages, tools: [], thinking: 'off' }, new AbortController().signal)
    return
  }
  const body = JSON.stringify({ model, stream: true })
  const response = await fetch(`${baseUrl}/chat/completions`, { method: 'POST', body })
  yield* response.body as unknown as AsyncIterable<Uint8Array>
}

async function ask(how: Ask): Promise<Asked> {
  const cpuFrom = process.cpuUsage()
  const from = performance.now()
  let first = Number.NaN
  for await (const _ of pieces(how)) if (Number.isNaN(first)) first = performance.now() - from
  const ended = performance.now() - from
  const { user, system } = process.cpuUsage(cpuFrom)
  return { first, ended, cpu: (user + system) / 1000 }
}

process.on('message', (how: Ask) => void ask(how).then((asked) => process.send?.(asked)))
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
