/** The composition root of the gateway: every part is built here, in order, inside one lifetime. */

import { Lifetime } from '../shared/std/lifetime.ts'
import { createAgent } from './agents/agent.ts'
import { createAsk } from './agents/ask.ts'
import { createHandlers } from './agents/handlers.ts'
import { sessionDefaults } from './agents/plan.ts'
import { isStale } from './agents/staleness.ts'
import { createBus } from './bus.ts'
import { composeChannels } from './compose-channels.ts'
import type { ComposeParts } from './compose-parts.ts'
import { defaultAgentId } from './config/agents.ts'
import type { Config } from './config/schema.ts'
import { openDeviceBook } from './devices/device-store.ts'
import { Webhooks } from './gateway/http/webhooks.ts'
import { type GatewayServer, startGatewayServer } from './gateway/server.ts'
import type { SessionFacts } from './gateway/server-parts.ts'
import { gatewayKey } from './gateway-key.ts'
import { commandEntry, keepJournal } from './journal/listen.ts'
import { Refusals } from './journal/refusals.ts'
import { openNodes } from './nodes/nodes.ts'
import { sessionRow } from './sessions/row.ts'
import { openSessions, type Sessions } from './sessions/sessions.ts'
import { openDatabase } from './storage/database.ts'
import type { StatePaths } from './storage/paths.ts'
import { openTools } from './tools/open.ts'

/** `reload` takes up what the settings say of chat services now, and tells the terminals to look at their sessions anew. */
export type Gateway = GatewayServer & { reload(): Promise<void> }

/** Builds and starts everything. Disposing the result stops it in reverse order. */
export async function composeGateway(parts: ComposeParts): Promise<Gateway> {
  const { paths, config, clock, log } = parts
  await using life = new Lifetime()
  const onBug = (error: unknown) => log.error('a bug: this should not have happened', { error })
  const bus = createBus(onBug)
  const defaultAgent = defaultAgentId(config())
  const refusals = new Refusals(parts.journal, clock)
  life.defer(() => refusals.flush())
  life.defer(keepJournal(bus, parts.journal))
  const { db, sessions } = openStore(parts, defaultAgent)
  life.use(db)
  const devices = openDeviceBook({ db, clock })
  const drops = new Refusals(parts.journal, clock, 'node.dropped')
  life.defer(() => drops.flush())
  const nodes = openNodes({
    ...{ db, clock, bus, devices },
    rules: () => config().gateway.nodes,
    note: (what, facts) => parts.journal.note(what, facts),
    dropped: (nodeId, facts) => drops.note(nodeId, facts),
  })
  const tools = life.use(
    await openTools({
      bus,
      clock,
      hostName: parts.hostName,
      stateDir: paths.stateDir,
      configPath: paths.config,
      environment: parts.env,
      exec: () => config().tools.exec,
      nodes,
      hasChats: () => channels.desk.isSetUp,
      sendFile: (sessionKey, file) => channels.desk.sendFile(sessionKey, file),
      onBug,
    }),
  )
  let facts = () => ({ url: '', clients: 0 })
  const agent = createAgent({ ...parts, bus, sessions, tools, nodes, onBug, defaultAgent, server: () => facts() })
  life.use(agent.runs)
  const webhooks = new Webhooks()
  let told = () => {}
  const handlers = createHandlers({
    ...{ ...parts, bus, sessions, tools, agent, defaultAgent, devices, nodes },
    deliver: (sessionKey, runId) => channels.desk.deliver(sessionKey, runId),
  })
  const channels = composeChannels({
    ...{ ...parts, db, bus, sessions, tools, defaultAgent, onBug, openWebhook: webhooks.open },
    ...{ runs: agent.runs, chat: handlers.chat, onChange: () => told() },
  })
  const { gateway } = config()
  const server = life.use(
    await startGatewayServer({
      ...parts,
      bus,
      doorbook: {
        accepted: (from, facts) => parts.journal.note('auth.accepted', { from, ...facts }),
        refused: (from, facts) => refusals.note(from, facts),
        changed: (what, facts) => parts.journal.note(what, facts),
      },
      devices,
      nodes,
      key: gatewayKey(paths.key),
      handlers: { ...handlers, channels: channels.handlers },
      channels: () => channels.desk.facts(),
      webhooks,
      sessions: () => sessionFacts(sessions, config(), paths, agent.windowOf),
      isVerbose: (key) =>
        (sessions.find(key)?.settings.verboseLevel ?? config().agents.defaults.verboseDefault) !== 'off',
      host: { name: parts.hostName, stateDir: paths.stateDir, configPath: paths.config },
      defaultAgentId: defaultAgent,
      allowedHosts: [...gateway.allowedHosts, ...webhookHosts(config())],
      allowedOrigins: gateway.controlUi.allowedOrigins,
      trustedProxies: gateway.trustedProxies,
      ...(gateway.http.endpoints.chatCompletions.enabled ? { ask: createAsk({ runs: agent.runs, bus, clock }) } : {}),
    }),
  )
  facts = () => ({ url: server.url, clients: server.clients() })
  told = () => server.healthChanged()
  life.use(channels.desk)
  await channels.desk.reload()
  const reload = async () => {
    // The model of every session that has none of its own may be another one.
    const payload = { key: sessions.canonicalKey('main'), reason: 'settings', ts: clock.now() }
    bus.publish({ type: 'wire', event: 'sessions.changed', payload })
    await channels.desk.reload()
  }
  return { ...server, reload, [Symbol.asyncDispose]: life.move() }
}

/** Opens the database and closes what the last process left open in it. */
function openStore({ paths, config, clock, log, journal }: ComposeParts, defaultAgent: string) {
  const db = openDatabase({
    path: paths.database,
    onDamaged: (report) => log.error('the database was damaged; it is kept aside and a new one begun', report),
  })
  const sessions = openSessions({
    db,
    clock,
    defaultAgentId: defaultAgent,
    isStale: (key, lastAt) => isStale(config(), key, lastAt, clock.now()),
  })
  const { runs, calls } = sessions.recover()
  for (const entry of calls.map(commandEntry)) if (entry) journal.note(entry.what, entry.facts)
  if (runs.length > 0) log.warn('closed what the last stop interrupted', { runs: runs.length })
  return { db, sessions }
}

/** The name under which a chat service calls is one of this gateway's names (OR2). */
function webhookHosts({ channels }: Config): string[] {
  const url = channels.telegram?.webhookUrl
  return url === undefined ? [] : [new URL(url).host]
}

function sessionFacts(
  sessions: Sessions,
  config: Config,
  { database }: StatePaths,
  windowOf: (model: string) => number,
): SessionFacts {
  const defaults = sessionDefaults(config, windowOf)
  return {
    path: database,
    count: sessions.counts().sessions,
    recent: sessions.list({ limit: 10 }).map((session) => sessionRow(session, defaults, windowOf)),
    defaults,
  }
}
