/** What the built-in guide can know of the gateway it lives in; the composition root fills it in. */

/** One consistent look at the gateway. */
export type GatewayFacts = {
  /** Name of the machine the gateway runs on; commands run there. */
  host: string
  version: string
  /** Address clients connect to. */
  url: string
  uptimeMs: number
  /** Connected clients, the asking one included. */
  clients: number
  /** Absolute path of the agent's workspace. */
  workspace: string
  configPath: string
  execPolicy: 'deny' | 'allowlist' | 'ask' | 'full'
  /** Newest first. */
  sessions: { key: string; title?: string }[]
  /** Names such as `openai:gpt-4o-mini` that would answer now; the guide itself left out. */
  models: string[]
  nodes: { name: string; connected: boolean }[]
}

/** Asked at most once per answer. */
export type Facts = (signal: AbortSignal) => Promise<GatewayFacts>
