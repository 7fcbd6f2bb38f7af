/** What Telegram adds to a turn: from a message at the Bot API's stand-in to the answer there, beside the same turn of a terminal. */

import { BotApi, botToken } from '../test/support/telegram/bot-api.ts'
import { report } from './report.ts'
import { BenchPeer, turn } from './support/peer.ts'
import { residentMb, spawnGateway, startProvider } from './support/processes.ts'

const turns = 60
const warmUp = 20
/** A chat takes one message a second, and all of them 28: each sample is a chat of its own, and a little apart. */
const apartMs = 60

await using provider = await startProvider()
await using api = await BotApi.start()
const telegram = { botToken, apiRoot: api.root, dmPolicy: 'open', allowFrom: ['*'] }
await using gateway = await spawnGateway({ providerPort: provider.port, channels: { telegram } })
const peer = await BenchPeer.connectWhenUp({ port: gateway.port, caps: ['reattach'] })
await api.until(() => api.called('getUpdates').length > 0)
const idleMb = residentMb(gateway.pid)

async function asked(person: number): Promise<number> {
  const from = performance.now()
  api.say('go', { from: person })
  await api.until(() => api.texts(person)[0])
  return performance.now() - from
}

const alone: number[] = []
const whole: number[] = []
for (let i = 0; i < warmUp + turns; i++) {
  const { ended } = await turn(peer, `turn-${i}`)
  const answered = await asked(10_000 + i)
  await new Promise((resolve) => setTimeout(resolve, apartMs))
  if (i < warmUp) continue
  alone.push(ended)
  whole.push(answered)
}
peer.close()

report('Telegram, a turn of 20 tokens, warm', [
  { name: 'chat.send to the end of the answer', samples: alone, unit: 'ms' },
  { name: 'update to the answer at Telegram', samples: whole, unit: 'ms' },
  {
    name: 'the same, above the turn alone',
    samples: whole.map((ms, i) => ms - (alone[i] ?? Number.NaN)),
    unit: 'ms',
    budget: 25,
  },
  { name: 'gateway resident, listening, idle', samples: [idleMb], unit: 'MB', budget: 110 },
])
