/** Puts the chat services together for a gateway: settings, storage, and the conversation they lead to. */

import type { HandlersOf } from '../shared/rpc/call.ts'
import { createChannelConversation } from './agents/channel-conversation.ts'
import type { Bus } from './bus.ts'
import { ChannelDesk } from './channels/desk.ts'
import { channelTable } from './channels/table.ts'
import { forgetToken } from './channels/telegram/keep-token.ts'
import type { OpenWebhook } from './channels/webhook-target.ts'
import type { ComposeParts } from './compose-parts.ts'
import { ConfigDesk } from './config/desk.ts'
import { EnvFileDesk } from './config/env-file-desk.ts'
import type { HandlerContext } from './gateway/context.ts'
import { notingInto } from './journal/noting.ts'
import { channelsMethods } from './methods/channels.ts'
import type { Runs } from './runs/runs.ts'
import type { Sessions } from './sessions/sessions.ts'
import type { Database } from './storage/database.ts'
import type { Tools } from './tools/open.ts'

export type ChannelParts = ComposeParts & {
  db: Database
  bus: Bus
  sessions: Sessions
  runs: Runs
  tools: Tools
  chat: HandlersOf<'chat', HandlerContext>
  openWebhook: OpenWebhook
  defaultAgent: string
  onChange(): void
  onBug(error: unknown): void
}

export function composeChannels(parts: ChannelParts) {
  const { db, bus, clock, config, env, paths, journal, sessions, runs, chat, tools, onChange, onBug } = parts
  const desk = new ChannelDesk({
    ...{ kinds: channelTable, db, bus, clock, config, onChange, onBug },
    env: parts.modelEnv,
    approvals: tools.approvals,
    random: Math.random,
    log: parts.log.for('channels'),
    openWebhook: parts.openWebhook,
    conversation: createChannelConversation({
      ...{ sessions, runs, chat, config },
      workspaceRoot: paths.workspace,
      openWorkspace: tools.openWorkspace,
    }),
    sessions: () => ({ agentId: parts.defaultAgent, dmScope: config().session.dmScope }),
    note: (what, facts) => journal.note(what, facts),
  })
  const settings = new ConfigDesk({
    ...{ path: paths.config, env, envFile: paths.env },
    noting: notingInto(journal),
  })
  const file = new EnvFileDesk(paths.env, notingInto(journal))
  const logout = () => forgetToken({ settings, file, env })
  return { desk, handlers: channelsMethods({ desk, bus, clock, logout }) }
}
