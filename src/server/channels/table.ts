/** Every chat service, by hand. */

import type { Config } from '../config/schema.ts'
import type { ChannelKind, Env } from './kind.ts'
import { telegramKind } from './telegram/kind.ts'

export const channelTable: readonly ChannelKind[] = [telegramKind]

/** Tokens of all services that are set up, for the log to mask. */
export function channelTokens(config: Config, env: Env): string[] {
  return channelTable.flatMap((kind) => kind.setup(config, env)?.token().secret?.reveal() ?? [])
}
