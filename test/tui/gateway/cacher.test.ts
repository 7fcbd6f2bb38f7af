import { describe, expect, test } from 'vitest'
import type { HistoryMessage, TranscriptCache } from '../../../src/tui/gateway/port.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, openUi } from '../../support/ui.tsx'

/** A cache in memory, as the one on disk would be at the next start. */
function memoryCache() {
  const kept = new Map<string, { messages: readonly HistoryMessage[]; savedAt: number }>()
  const cache: TranscriptCache = {
    read: async (key) => kept.get(key),
    async write(key, messages, savedAt) {
      kept.set(key, { messages, savedAt })
    },
  }
  return { kept, cache }
}

const key = 'agent:main:main'
const minute = 60_000

async function visited(cache: TranscriptCache) {
  const script = scriptedGateway()
  const screen = await arrived(script, { cache })
  await screen.type('how are you?<enter>')
  script.say('run-1', 'Very well', 0)
  script.finish('run-1')
  await screen.after(2_000)
  return { script, screen }
}

describe('what was on screen last', () => {
  test('is kept a moment after a reply has ended, not while it is written', async () => {
    const { kept, cache } = memoryCache()
    const { script, screen } = await visited(cache)
    await using _ = screen
    expect(JSON.stringify(kept.get(key)?.messages)).toContain('Very well')
    await screen.type('and now?<enter>')
    script.say('run-2', 'Half of', 0)
    await screen.after(5_000)
    expect(JSON.stringify(kept.get(key)?.messages)).not.toContain('Half of')
    script.finish('run-2')
    await screen.after(2_000)
    expect(JSON.stringify(kept.get(key)?.messages)).toContain('Half of')
  })

  test('is painted before the network answers, with its time; then what the gateway says takes its place', async () => {
    const { kept, cache } = memoryCache()
    await using _ = (await visited(cache)).screen
    const script = scriptedGateway({
      'chat.history': () => ({
        sessionKey: key,
        messages: [
          { role: 'user', content: 'how are you?', runId: 'run-1' },
          { role: 'assistant', content: 'Very well', runId: 'run-1' },
          { role: 'assistant', content: 'And still.', runId: 'other' },
        ],
      }),
    })
    await using screen = await openUi(script, { cache })
    await screen.after()
    expect(script.gateway.view.phase).not.toBe('live')
    expect(screen.text()).toMatch(/as of \d\d:\d\d, not yet checked\s+› how are you\?\s+Very well/)
    await screen.type('typed meanwhile')
    script.arrive()
    await screen.after()
    expect(screen.text()).not.toContain('not yet checked')
    expect(screen.text().match(/Very well/g)).toHaveLength(1)
    expect(screen.text()).toContain('And still.')
    expect(screen.text()).toContain('› typed meanwhile')
    expect(kept.get(key)?.savedAt).toBeLessThan(screen.clock.now() + minute)
  })

  test('of another day it says which', async () => {
    const { cache } = memoryCache()
    await cache.write(key, [{ role: 'user', content: 'long ago' }], new Date(2025, 10, 3, 9, 5).getTime())
    await using screen = await openUi(scriptedGateway(), { cache })
    await screen.after()
    expect(screen.text()).toContain('as of 3 Nov 09:05, not yet checked')
  })
})
