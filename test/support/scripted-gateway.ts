/**
 * A gateway that says what a test tells it to, behind the screen's own port: calls are answered from a table, events and
 * breaks happen when the test says so. Stands in for the network and the program at its other end.
 */

import type { Attachment, ConnectionView } from '../../src/client/connection-api.ts'
import type { Latency } from '../../src/client/latency.ts'
import type { Delivery, OutboxEntry } from '../../src/client/outbox.ts'
import { Fault } from '../../src/shared/fault.ts'
import type { MethodName, Params, Result } from '../../src/shared/protocol/table.ts'
import type { GatewayEvent } from '../../src/shared/rpc/client.ts'
import type { Gateway } from '../../src/tui/gateway/port.ts'

type Answers = { [N in MethodName]?: (params: Params<N>) => unknown }

const idle: ConnectionView = {
  phase: 'idle',
  route: 'direct',
  layers: [],
  name: 'vps-1',
  url: 'ws://127.0.0.1:18789',
  transport: 'direct',
  attempt: 0,
  retryAt: undefined,
  fault: undefined,
  isSuspect: false,
  latencyMs: undefined,
  hello: undefined,
}

const hello: NonNullable<ConnectionView['hello']> = {
  type: 'hello-ok',
  protocol: 4,
  server: { version: '0.1.0', host: 'vps-1', connId: 'conn-1' },
  features: { methods: ['reattach', 'exec.approval.list', 'sessions.search'] },
  policy: { tickIntervalMs: 30_000 },
}

const defaults: Answers = {
  'chat.history': ({ sessionKey }) => ({ sessionKey, sessionId: 's1', messages: [] }),
  'sessions.list': () => ({ ts: 0, count: 0, sessions: [], defaults: { modelProvider: 'builtin', model: 'guide' } }),
  'models.list': () => ({ models: [] }),
  'exec.approval.list': () => ({ approvals: [] }),
  'exec.approval.resolve': () => ({ ok: true }),
  'chat.abort': () => ({ ok: true, aborted: true, runIds: [] }),
  'sessions.patch': ({ key }) => ({ ok: true, key, entry: { sessionId: 's1' } }),
  'sessions.reset': ({ key }) => ({ ok: true, key, entry: { sessionId: 's2' } }),
}

export type ScriptedGateway = ReturnType<typeof scriptedGateway>

export function scriptedGateway(answers: Answers = {}, name = 'vps-1') {
  let view: ConnectionView = { ...idle, name }
  let greeting = hello
  const listeners = {
    view: new Set<() => void>(),
    events: new Set<(event: GatewayEvent) => void>(),
    attachments: new Set<(attachment: Attachment) => void>(),
    deliveries: new Set<(delivery: Delivery) => void>(),
  }
  const on =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener)
      return () => void set.delete(listener)
    }
  const calls: { method: MethodName; params: unknown }[] = []
  const entries: OutboxEntry[] = []
  let seq = 0
  let latency: Latency = { samples: [], p50: undefined, p95: undefined }

  function become(change: Partial<ConnectionView>): void {
    view = { ...view, ...change }
    for (const listener of [...listeners.view]) listener()
  }
  function tell<E extends GatewayEvent['name']>(name: E, payload: (GatewayEvent & { name: E })['payload']): void {
    for (const listener of [...listeners.events]) listener({ name, payload, seq: ++seq } as GatewayEvent)
  }
  function deliver(entry: OutboxEntry, status: string): void {
    entries.splice(entries.indexOf(entry), 1)
    for (const listener of [...listeners.deliveries]) listener({ kind: 'accepted', entry, status })
  }

  const gateway: Gateway = {
    get view() {
      return view
    },
    subscribe: on(listeners.view),
    events: on(listeners.events),
    attachments: on(listeners.attachments),
    call: async <N extends MethodName>(method: N, params: Params<N>) => {
      calls.push({ method, params })
      if (view.phase !== 'live') throw new Fault('client.closed', 'The gateway is not connected.')
      const answer = (answers[method] ?? defaults[method]) as ((params: Params<N>) => unknown) | undefined
      if (!answer) throw new Fault('client.call-failed', `${method}: unknown method`)
      return (await answer(params)) as Result<N>
    },
    outbox: {
      entries,
      async add(entry) {
        const stored = { ...entry, createdAt: 0 }
        entries.push(stored)
        if (view.phase === 'live') deliver(stored, 'started')
      },
      async edit(key, message) {
        const at = entries.findIndex(({ idempotencyKey }) => idempotencyKey === key)
        const entry = entries[at]
        if (entry) entries[at] = { ...entry, message }
        return entry !== undefined
      },
      async remove(key) {
        const at = entries.findIndex(({ idempotencyKey }) => idempotencyKey === key)
        if (at >= 0) entries.splice(at, 1)
        return at >= 0
      },
      deliveries: on(listeners.deliveries),
    },
    connect: () => view.phase === 'idle' && become({ phase: 'connecting' }),
    disconnect: () => become({ phase: 'idle' }),
    latency: () => latency,
    retry: () => void calls.push({ method: 'health', params: 'retry' }),
  }

  return {
    gateway,
    calls,
    become,
    setLatency(next: Latency): void {
      latency = next
    },
    tell,
    deliver,
    /** What it says of itself in its next hello. */
    hello(more: Partial<typeof hello>): void {
      greeting = { ...hello, ...more }
    },
    /** Connects, and says how that relates to before. */
    arrive(attachment: Attachment = { kind: 'fresh', replayed: 0, runs: [] }): void {
      become({ phase: 'live', hello: greeting, latencyMs: 3, fault: undefined, retryAt: undefined })
      for (const entry of [...entries]) deliver(entry, 'started')
      for (const listener of [...listeners.attachments]) listener(attachment)
    },
    lose(retryAt: number): void {
      const fault = new Fault('client.unreachable', 'The gateway closed the connection.', { retryable: true })
      become({ phase: 'waiting', fault, retryAt })
    },
    /** Words of a reply. */
    say(runId: string, deltaText: string, offset: number, sessionKey = 'agent:main:main'): void {
      tell('chat', { runId, sessionKey, seq: 1, state: 'delta', deltaText, offset })
    },
    finish(runId: string, state = 'final', more: Record<string, unknown> = {}, sessionKey = 'agent:main:main'): void {
      tell('chat', { runId, sessionKey, seq: 2, state, ...more })
    },
    tool(runId: string, data: Record<string, unknown>, sessionKey = 'agent:main:main'): void {
      tell('agent', { runId, sessionKey, seq: 1, ts: 0, stream: 'tool', data })
    },
  }
}
