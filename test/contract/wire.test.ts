/** Replays what real clients sent to real gateways, and compares what ours answers with what theirs did. */

import { describe, expect, test } from 'vitest'
import type { RunNews } from '../../src/server/bus.ts'
import type { GatewayParts } from '../../src/server/gateway/server-parts.ts'
import { type ConnectParams, helloOk } from '../../src/shared/protocol/connect.ts'
import type { EventFrame, ResponseFrame } from '../../src/shared/protocol/frame.ts'
import { methodTable } from '../../src/shared/protocol/table.ts'
import { makeDevice } from '../support/device.ts'
import { newsOf, startTestGateway, testToken } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { incoming, recording, recordings, shapeOf, type WireLine } from '../support/wire.ts'

const session = { key: 'agent:main:main', kind: 'direct', updatedAt: 1_795_349_416_013, sessionId: 's1', model: 'echo' }

type Recording = { protocol: 3 | 4; name: string; lines: WireLine[] }

const read = (protocol: 3 | 4, name: string): Recording => ({
  protocol,
  name,
  lines: recording(`v${protocol}/${name}.jsonl`),
})
const allRecordings = recordings.map((path) => read(path.startsWith('v3/') ? 3 : 4, path.slice(3, -'.jsonl'.length)))

/** The part of each gateway's own state that ours has none of. */
const foreign = [
  /^canvasHostUrl|^pluginSurfaceUrls|^controlUi/, // no canvas, no plugins, no control page yet
  /^server\.(buildId|bootId|controlUiBuildSource)/,
  /^snapshot\.(appliedConfigHash|authMode|suspension|updateSchedule|health\.(plugins|configReload|eventLoop|modelRuntime))/,
  /^snapshot\.sessionDefaults\.(modelConfigured|ownership|selectionRequired)/,
  /^snapshot\.presence\[\]\.(user|clientId|onlineSince|lastActivityAt)/,
  /^auth\.recovery|^policy\.(allowedSessionVisibilities|hasMultipleSessionSharingIdentities)|^policy\.attachments\./,
  /^(plugins|configReload|eventLoop|modelRuntime)/,
]

async function replay({ protocol, lines, name }: Recording, more: Partial<GatewayParts> = {}) {
  const facts = {
    path: '/state/x.db',
    count: 1,
    recent: [session],
    defaults: { model: 'echo', contextTokens: 200_000 },
  }
  await using gateway = await startTestGateway({ sessions: () => facts, ...more })
  const device = makeDevice()
  const auth = { token: name === 'error-bad-token' ? 'wrong' : testToken }
  const scopes = ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']
  using client = new RawClient(gateway.url)
  await client.challenge()
  const asRecorded = (params: ConnectParams) => {
    const { minProtocol: min, maxProtocol } = params
    // The same client talks to both gateways; only the one offers 4.
    const max = protocol === 3 && min === 3 ? 3 : maxProtocol
    return { ...params, range: { min, max }, protocol, device, auth } as Parameters<RawClient['connect']>[0]
  }
  const opensLater = !lines.some(({ dir }) => dir === 'out') || name.startsWith('error-first') || name === 'connect'
  const connects = lines.some(
    (step) => step.dir === 'out' && typeof step.frame === 'object' && step.frame.method === 'connect',
  )
  if (!connects && !opensLater) await client.connect({ protocol, device, auth, scopes })
  const answers = new Map<string, ResponseFrame>()
  for (const step of lines) {
    if (step.dir !== 'out') continue
    if (typeof step.frame === 'string') client.send(step.frame)
    else if (step.frame.method === 'connect') {
      answers.set(step.frame.id, await client.connect(asRecorded(step.frame.params as ConnectParams)))
    } else {
      const { method, params, id } = step.frame
      answers.set(id, await client.request(method, params, id))
    }
  }
  const end = lines.find((step) => step.dir === 'close')
  const closed = end && end.reason !== 'done' ? await client.closed : undefined
  return { answers, closed, events: client.events }
}

/** Validators word their findings differently; clients only print them (section 2.2). */
const wording = (message = '') => message.replace(/ params: .*/, ' params: …')

describe('every answer is of the recorded kind, every refusal has the recorded words and close', () => {
  test.each(allRecordings.map((each) => [`v${each.protocol}/${each.name}`, each] as const))(
    '%s',
    async (_, recorded) => {
      const { answers, closed } = await replay(recorded)
      for (const frame of incoming(recorded.lines)) {
        if (frame.type !== 'res') continue
        const ours = answers.get(frame.id)
        expect([frame.id, ours?.ok]).toEqual([frame.id, frame.ok])
        expect(ours?.error?.code).toBe(frame.error?.code)
        expect(wording(ours?.error?.message)).toBe(wording(frame.error?.message))
        if (recorded.protocol === 4) expect(ours?.error?.details).toEqual(frame.error?.details)
      }
      const end = recorded.lines.find((step) => step.dir === 'close')
      if (end && end.reason !== 'done') expect(closed).toEqual({ code: end.code, reason: end.reason })
    },
  )
})

describe('what real answers hold, ours hold too', () => {
  /** Answers this server makes itself; those of other rooms are held to the same by their own tests. */
  const own = ['connect', 'health', 'status', 'system-presence', 'node.list', 'channels.status']
  const cases = allRecordings.flatMap((each) =>
    each.lines.flatMap((step) =>
      step.dir === 'out' && typeof step.frame === 'object' && own.includes(step.frame.method)
        ? [[`v${each.protocol}/${each.name} ${step.frame.method}`, each, step.frame] as const]
        : [],
    ),
  )
  test.each(cases)('%s', async (_, recorded, { id, method }) => {
    const theirs = incoming(recorded.lines).find((frame) => frame.type === 'res' && frame.id === id) as ResponseFrame
    if (!theirs.ok) return
    const ours = (await replay(recorded)).answers.get(id)
    const schema = method === 'connect' ? helloOk() : methodTable.get(method)?.result
    expect(schema?.safeParse(ours?.payload).error).toBeUndefined()
    const missing = [...shapeOf(theirs.payload)].filter((path) => !shapeOf(ours?.payload).has(path))
    expect(missing.filter((path) => !foreign.some((pattern) => pattern.test(path)))).toEqual([])
  })
})

test('the events right after a hello are the recorded ones', async () => {
  for (const protocol of [3, 4] as const) {
    const recorded = read(protocol, 'connect')
    const { events } = await replay(recorded)
    const names = incoming(recorded.lines).flatMap((frame) => (frame.type === 'event' ? [frame.event] : []))
    expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(names))
  }
})

/** What a recorded run says in order, with the pieces of text between two other events taken together. */
function tale(frames: (ResponseFrame | EventFrame)[]): string[] {
  const lines = frames.flatMap((frame) => {
    if (frame.type !== 'event' || (frame.event !== 'chat' && frame.event !== 'agent')) return []
    const { state, stream, data } = frame.payload as { state?: string; stream?: string; data?: { phase?: string } }
    return [[frame.event, state ?? stream, data?.phase].filter((part) => part !== undefined).join(' ')]
  })
  // Phases and streams only a protocol 4 gateway's own machinery has; clients ignore unknown ones.
  const known = lines.filter((line) => !/status|usage|lifecycle (model|finishing)/.test(line))
  return known.filter((line, i) => !/delta|assistant/.test(line) || known.indexOf(line) === i)
}

describe('a run is told as real gateways tell it', () => {
  test.each([
    [3, 'chat-send'],
    [3, 'chat-stream'],
    [4, 'chat-send'],
  ] as const)('protocol %i, %s', async (protocol, name) => {
    const recorded = read(protocol, name)
    const theirs = incoming(recorded.lines).filter((frame) => frame.type === 'event' && frame.event !== 'presence')
    const finalText = JSON.stringify(theirs.at(-1)?.payload).match(/"text":("(?:[^"\\]|\\.)*")/)?.[1] ?? '""'
    const words = (JSON.parse(finalText) as string).split(/(?=\s)/)
    await using gateway = await startTestGateway()
    using client = await gateway.client({ protocol, device: makeDevice() })
    const run = newsOf('k1')
    const news: RunNews[] = [run.started(), ...words.map((word) => run.text(word)), run.ended()]
    for (const each of news) gateway.publish(each)
    await client.event('chat', ({ state }) => state === 'final')
    expect(tale(client.frames)).toEqual(tale(theirs))
    for (const kind of ['delta', 'final']) {
      const find = (frames: (ResponseFrame | EventFrame)[]) =>
        frames.find((frame) => (frame.payload as { state?: string } | undefined)?.state === kind)?.payload
      const missing = [...shapeOf(find(theirs))].filter((path) => !shapeOf(find(client.frames)).has(path))
      expect(missing).toEqual([])
    }
    const texts = client.events.filter(({ event }) => event === 'chat').map(({ payload }) => JSON.stringify(payload))
    expect(texts.at(-1)).toContain(finalText)
  })
})
