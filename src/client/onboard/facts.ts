/** What the questions of `clawdbot onboard` are asked from: how things stand on this machine. Holds no secret. */

import type { Secret } from '../../shared/std/secret.ts'

export type VendorFacts = {
  readonly id: string
  readonly label: string
  /** Where its key is kept. */
  readonly variable: string
  /** There is a key for it already. */
  readonly hasKey: boolean
  /** The key stands in the settings, or is named there. */
  readonly isInSettings: boolean
}

export type OnboardFacts = {
  readonly configPath: string
  readonly envPath: string
  readonly vendors: readonly VendorFacts[]
  /** In force now; what nobody configured is what a first run proposes. */
  readonly now: {
    readonly isConfigured: boolean
    readonly isRemote: boolean
    /** `openai/gpt-4o-mini`; undefined for the built-in guide. */
    readonly model: string | undefined
    /** Address of the service of one's own. */
    readonly address: string | undefined
    readonly hasCustomKey: boolean
    readonly telegram: 'none' | 'off' | 'on'
    /** The settings name a file that holds its token. */
    readonly hasTokenFile: boolean
    readonly auth: 'made' | 'token' | 'password'
    /** The password may be used where others can knock. */
    readonly isForOthers: boolean
    readonly hasWrittenToken: boolean
    readonly bind: string
    readonly tailscale: 'off' | 'serve' | 'funnel'
  }
  /** Names of saved gateways. */
  readonly profiles: readonly string[]
  /** What this version has. */
  readonly can: { readonly telegram: boolean; readonly service: boolean }
}

/** Why an answer cannot be taken, and what to do about it. */
export type Problem = {
  readonly text: string
  readonly remedy?: string | undefined
  /** The address of the service is why, and not the key it was tried with. */
  readonly isAddress?: boolean | undefined
}

/** `atMs`: the time at the service, milliseconds since 1970. */
export type Tried = { readonly atMs?: number | undefined } & (
  | { readonly ok: true; readonly note: string; readonly models?: readonly string[] | undefined }
  | ({ readonly ok: false } & Problem)
)

/** The port: what is tried at the services themselves before an answer is taken. Never rejects, but for the signal's reason. */
export type Trials = {
  model(asked: TriedModel, signal: AbortSignal): Promise<Tried>
  /** The token that is kept already when none is given. */
  telegram(token: Secret | undefined, signal: AbortSignal): Promise<Tried>
  tailscale(mode: 'serve' | 'funnel', signal: AbortSignal): Promise<Tried>
}

export type TriedModel = {
  /** A vendor's id, or `custom`. */
  readonly provider: string
  readonly address: string | undefined
  /** The one that is kept already when absent. */
  readonly key: Secret | undefined
}
