/** The desk of chat services with a database of its own, a hurried clock and a conversation that echoes. */

import { ChannelDesk } from '../../src/server/channels/desk.ts'
import type { ChannelKind, Env } from '../../src/server/channels/kind.ts'
import { type Config, configSchema } from '../../src/server/config/schema.ts'
import { Webhooks } from '../../src/server/gateway/http/webhooks.ts'
import { type Database, openDatabase } from '../../src/server/storage/database.ts'
import { Approvals } from '../../src/server/tools/exec/approvals.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { type EchoConversation, echoConversation } from './echo-conversation.ts'
import { type HurriedClock, hurriedClock } from './hurried-clock.ts'

export type TestDesk = AsyncDisposable & {
  desk: ChannelDesk
  db: Database
  conversation: EchoConversation
  clock: HurriedClock
  webhooks: Webhooks
  /** What was written into the journal. */
  notes: { what: string; facts: Readonly<Record<string, unknown>> }[]
  bugs: unknown[]
  approvals: Approvals
  /** The settings are others, which is not yet noticed. */
  set(channels: unknown): void
  /** The settings are others now. */
  change(channels: unknown): Promise<void>
}

export type TestDeskOptions = {
  kinds: readonly ChannelKind[]
  channels: unknown
  env?: Env
  /** Kept open: that of a desk before this one. */
  db?: Database
  conversation?: EchoConversation
}

export async function openTestDesk(options: TestDeskOptions): Promise<TestDesk> {
  const { kinds, channels, env = {}, db = openDatabase({ path: ':memory:' }) } = options
  const conversation = options.conversation ?? echoConversation()
  const clock = hurriedClock()
  const webhooks = new Webhooks()
  const notes: TestDesk['notes'] = []
  const bugs: unknown[] = []
  const approvals = new Approvals({ bus: conversation.bus, clock: systemClock })
  let config: Config = configSchema.parse({ channels })
  const desk = new ChannelDesk({
    ...{ kinds, db, clock, conversation, approvals, bus: conversation.bus, openWebhook: webhooks.open },
    config: () => config,
    env: () => env,
    random: () => 0.5,
    log: { info: () => {}, warn: () => {} },
    sessions: () => ({ agentId: 'main', dmScope: 'per-channel-peer' }),
    note: (what, facts) => notes.push({ what, facts }),
    onChange: () => {},
    onBug: (error) => bugs.push(error),
  })
  await desk.reload()
  return {
    ...{ desk, db, conversation, approvals, clock, webhooks, notes, bugs },
    set: (next) => {
      config = configSchema.parse({ channels: next })
    },
    async change(next) {
      config = configSchema.parse({ channels: next })
      await desk.reload()
    },
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]()
      approvals[Symbol.dispose]()
      if (options.db === undefined) db[Symbol.dispose]()
    },
  }
}
