/** What a chat service is to the gateway before it is loaded: a name, its settings, and how it is opened. */

import type { Clock } from '../../shared/std/clock.ts'
import type { Secret } from '../../shared/std/secret.ts'
import type { Config } from '../config/schema.ts'
import type { Channel } from './channel.ts'
import type { Policy } from './gate.ts'
import type { OpenWebhook } from './webhook-target.ts'

/** Where the token comes from, as the wire names it (section 7.4); `problem` says why there is none. */
export type TokenReading = {
  readonly secret?: Secret
  readonly source: 'config' | 'env' | 'tokenFile' | 'none'
  readonly problem?: string
}

/** One account as its settings say it. */
export type Setup = {
  readonly isEnabled: boolean
  readonly name?: string | undefined
  readonly policy: Policy
  readonly replyToMode: 'off' | 'first' | 'all'
  /** Shows answers while they are written. */
  readonly isStreaming: boolean
  readonly mediaLimitBytes: number
  /** Who may answer for commands. */
  readonly approvers: readonly string[]
  /** Read anew with each call. */
  token(): TokenReading
  /** Loads what speaks to the service. */
  open(services: { clock: Clock; openWebhook: OpenWebhook }): Promise<Channel>
}

export type ChannelKind = {
  readonly id: string
  readonly label: string
  readonly detailLabel: string
  /** Name of a picture that clients of the ecosystem know. */
  readonly image: string
  /** What has to be listened to anew when it changes; undefined when nothing is set. */
  settings(config: Config, env: Env): unknown
  /** Undefined when nothing is set. `config` is asked again and again, so that a change counts at once. */
  setup(config: Config, env: Env): Setup | undefined
}

/** Paths are taken from `HOME` when it is set. */
export type Env = Readonly<Record<string, string | undefined>>

export function defineChannel(kind: ChannelKind): ChannelKind {
  return kind
}
