/** A gateway server in this process on a free loopback port, with the real device book and stand-ins for the rooms behind it. */

import { generateKeyPairSync, sign } from 'node:crypto'
import { createBus, type News, type RunNews, type RunRef } from '../../src/server/bus.ts'
import { channelFacts } from '../../src/server/channels/facts.ts'
import { openDeviceBook } from '../../src/server/devices/device-store.ts'
import { invalidRequest } from '../../src/server/gateway/call-error.ts'
import { Webhooks } from '../../src/server/gateway/http/webhooks.ts'
import { type GatewayServer, startGatewayServer } from '../../src/server/gateway/server.ts'
import type { GatewayKey, GatewayParts, OtherHandlers } from '../../src/server/gateway/server-parts.ts'
import { nodesMethods } from '../../src/server/methods/nodes.ts'
import { openDatabase } from '../../src/server/storage/database.ts'
import { type Clock, systemClock } from '../../src/shared/std/clock.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import type { Introduction } from './device.ts'
import { type TestNodes, testNodes } from './nodes.ts'
import { RawClient } from './raw-client.ts'

export const testToken = 'correct horse battery staple 0123456789'

export type TestGateway = AsyncDisposable & {
  server: GatewayServer
  url: string
  parts: GatewayParts
  nodes: TestNodes
  /** What was logged, as text. */
  logged: string[]
  publish(news: News): void
  /** Connected with the right token unless told otherwise, and answered. */
  client(intro?: Introduction): Promise<RawClient>
}

export async function startTestGateway(more: Partial<GatewayParts> & { clock?: Clock } = {}): Promise<TestGateway> {
  const clock = more.clock ?? systemClock
  const logged: string[] = []
  const note = (level: string) => (message: string, fields?: unknown) => {
    logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`)
  }
  const db = openDatabase({ path: ':memory:' })
  const bus = createBus((error) => logged.push(`bus ${String(error)}`))
  const devices = openDeviceBook({ db, clock })
  const nodes = testNodes({ bus, clock, db, devices })
  const parts: GatewayParts = {
    handlers: { ...standInHandlers(), nodes: nodesMethods({ nodes, devices, clock, run: nodes.run }) },
    listen: [{ host: '127.0.0.1', port: 0 }],
    secret: () => ({ mode: 'token', secret: new Secret(testToken) }),
    devices,
    nodes,
    key: testKey(),
    bus,
    clock,
    doorbook: { accepted: () => {}, refused: () => true, changed: () => {} },
    log: { info: note('info'), warn: note('warn'), error: note('error') },
    channels: () => channelFacts([]),
    webhooks: new Webhooks(),
    sessions: () => ({ path: '/state/x.db', count: 0, recent: [], defaults: { model: null, contextTokens: null } }),
    isVerbose: () => false,
    host: { name: 'testhost', stateDir: '/state', configPath: '/state/clawdbot.json' },
    defaultAgentId: 'main',
    ...more,
  }
  const server = await startGatewayServer(parts)
  return {
    server,
    url: `ws://127.0.0.1:${server.port}/`,
    parts,
    nodes,
    logged,
    publish: (news) => parts.bus.publish(news),
    async client(intro = {}) {
      const client = new RawClient(`ws://127.0.0.1:${server.port}/`)
      const answer = await client.connect({ auth: { token: testToken }, scopes: ['operator.admin'], ...intro })
      if (!answer.ok) throw new Error(`refused: ${answer.error?.message}`)
      return client
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      db[Symbol.dispose]()
    },
  }
}

function testKey(): GatewayKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  }
}

/** Run news as the runs room would publish it. */
export function newsOf(runId: string, sessionKey = 'agent:main:main') {
  const run: RunRef = { runId, sessionKey, canonicalKey: sessionKey, agentId: 'main' }
  let offset = 0
  let text = ''
  return {
    started: (startedAt = 1): RunNews => ({ type: 'run.started', run, startedAt }),
    text: (piece: string): RunNews => {
      const news: RunNews = { type: 'run.text', run, offset, text: piece }
      offset += piece.length
      text += piece
      return news
    },
    thinking: (at: number, piece: string): RunNews => ({ type: 'run.thinking', run, offset: at, text: piece }),
    tool: (data: Record<string, unknown>): RunNews => ({ type: 'run.tool', run, data }),
    ended: (more: Partial<Extract<RunNews, { type: 'run.ended' }>> = {}): RunNews => ({
      type: 'run.ended',
      run,
      state: 'final',
      message: { role: 'assistant', content: [{ type: 'text', text }], timestamp: 2 },
      stopReason: 'stop',
      startedAt: 1,
      endedAt: 2,
      ...more,
    }),
  }
}

/** Answers of the right shape and no content. */
function standInHandlers(): Omit<OtherHandlers, 'nodes'> {
  const entry = { sessionId: 's1', updatedAt: 1 }
  const days = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, totalCost: 0, missingCostEntries: 0 }
  return {
    chat: {
      'chat.history': ({ sessionKey }) => ({ sessionKey, messages: [], thinkingLevel: 'off' }),
      'chat.send': ({ idempotencyKey }) => ({ runId: idempotencyKey, status: 'started' }),
      'chat.abort': () => ({ ok: true, aborted: false, runIds: [] }),
      'chat.inject': () => ({ ok: true, messageId: 'm1' }),
    },
    agent: {
      agent: ({ idempotencyKey: runId }, { accept }) => {
        accept({ runId, status: 'accepted', acceptedAt: 1 })
        return { runId, status: 'ok', summary: 'completed' }
      },
      'agent.wait': ({ runId }) => ({ runId, status: 'timeout' }),
      'agent.identity.get': () => ({ agentId: 'main' }),
    },
    sessions: {
      'sessions.list': () => ({ ts: 1, count: 0, sessions: [] }),
      'sessions.preview': () => ({ ts: 1, previews: [] }),
      'sessions.resolve': ({ key = '' }) => ({ ok: true, key }),
      'sessions.patch': ({ key }) => ({ ok: true, key, entry }),
      'sessions.reset': ({ key }) => ({ ok: true, key, entry }),
      'sessions.create': () => ({ ok: true, key: 'agent:main:x', sessionId: 's1', entry }),
      'sessions.delete': ({ key }) => ({ ok: true, key, deleted: true, archived: [] }),
      'sessions.compact': ({ key }) => ({ ok: true, key, compacted: false }),
      'sessions.describe': () => ({ session: null }),
      'sessions.subscribe': () => ({ subscribed: true }),
      'sessions.search': () => ({ hits: [] }),
    },
    agents: {
      'agents.list': () => ({ defaultId: 'main', mainKey: 'main', scope: 'per-sender', agents: [{ id: 'main' }] }),
      'models.list': () => ({ models: [] }),
    },
    exec: {
      'exec.approval.request': () => ({ id: 'a1', decision: null, createdAtMs: 1, expiresAtMs: 2 }),
      'exec.approval.resolve': () => ({ ok: true }),
      'exec.approval.list': () => ({ approvals: [] }),
    },
    config: {
      'config.get': () => ({
        path: '/state/clawdbot.json',
        exists: false,
        raw: null,
        parsed: {},
        valid: true,
        config: {},
        hash: null,
        issues: [],
        warnings: [],
        legacyIssues: [],
      }),
    },
    channels: {
      'channels.status': () => ({ ts: 1, available: ['telegram'], ...channelFacts([]) }),
      'channels.logout': ({ channel }) => {
        if (channel !== 'telegram') throw invalidRequest('invalid channels.logout channel')
        return { channel, accountId: 'default', cleared: false }
      },
      send: ({ idempotencyKey: runId }) => ({ runId, messageId: '1', channel: 'telegram' }),
      'channels.pairing.list': () => ({ pending: [], approved: [] }),
      'channels.pairing.approve': ({ channel, code }) => ({ sender: { channel, id: code, name: code } }),
      'channels.pairing.reject': ({ channel, code }) => ({ sender: { channel, id: code, name: code } }),
      'channels.pairing.revoke': ({ channel, id }) => ({ channel, id }),
    },
    security: { 'security.audit': () => ({ checks: 0, findings: [] }) },
    logs: { 'logs.tail': () => ({ file: '/x.log', cursor: 0, size: 0, lines: [] }) },
    usage: {
      'usage.status': () => ({ updatedAt: 1, providers: [] }),
      'usage.cost': ({ days: count = 30 }) => ({ updatedAt: 1, days: count, totals: days, daily: [] }),
    },
  }
}
