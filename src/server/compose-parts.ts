/** What the composition root is given by the program around it. */

import type { Clock } from '../shared/std/clock.ts'
import type { ConfigSnapshot } from './config/load.ts'
import type { Config } from './config/schema.ts'
import type { Identify } from './gateway/admission/identify.ts'
import type { ListenAddress, SharedSecret, TlsPair } from './gateway/server-parts.ts'
import type { Journal } from './journal/journal.ts'
import type { Logger } from './log/logger.ts'
import type { StatePaths } from './storage/paths.ts'

export type ComposeParts = {
  paths: StatePaths
  /** What the configuration says now; asked again and again, so that a change counts at once. */
  config(): Config
  /** Reads the file anew, for those who look at it. */
  readConfig(): ConfigSnapshot
  secret(): SharedSecret | undefined
  env: Readonly<Record<string, string | undefined>>
  /** With what `gateway.env` adds now; the keys of model services and chat services are looked up in it. */
  modelEnv(): Readonly<Record<string, string | undefined>>
  listen: readonly ListenAddress[]
  socket?: string
  tls?: TlsPair
  ownHosts: readonly string[]
  identify?: Identify
  hostName: string
  clock: Clock
  log: Logger
  journal: Pick<Journal, 'note'>
  logFile(): string
}
