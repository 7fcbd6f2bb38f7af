/** The port: what can be done to the gateway's own files on this machine without talking to it. `bin` fits the gateway's rooms to it. */

import type { OnboardFacts, Trials } from '../client/onboard/facts.ts'
import type { OnboardPlan } from '../client/onboard/plan.ts'
import type { Secret } from '../shared/std/secret.ts'
import type { Placement } from '../tunnel/tailscale/expose.ts'

export type Host = {
  readonly config: ConfigFile
  /** Rejects with the `Fault` that a gateway without flags would end with before it listens. */
  checkStart(signal: AbortSignal): Promise<void>
  /** What a gateway has placed with Tailscale Serve, also while none runs. */
  readonly served: { placed(): Placement | undefined; forget(): void }
  /** The audit log, also while a gateway writes to it. */
  readonly journal: { readonly path: string; open(): JournalReader & Disposable }
  /** Another token, where the present one is kept; throws where only a person can replace it. */
  rotateToken(): TokenRotation
  /** Keeps a hash of it in the settings. Throws `usage.invalid` for one that is guessed too easily. */
  setPassword(password: Secret): Promise<PasswordChange>
  readonly secrets: SecretKeeper
  readonly setup: Setup
  /** Chat services in the settings. */
  readonly channels: ChannelSettings
  /** Looks for what makes this gateway unsafe. */
  audit(options: AuditOptions): Promise<SecurityReport>
  /** Copies what the gateway keeps into one private file, also while it runs. */
  backup(wish: { readonly file: string; readonly withSecrets: boolean }): Promise<BackupMade>
  /** Reads and checks a backup, and, unless for a dry run, keeps gateways from starting until it is disposed. */
  openBackup(file: string, how: { readonly isDryRun: boolean }): Promise<OpenedBackup>
}

export type ChannelSettings = {
  /** Every service there is. */
  readonly ids: readonly string[]
  /** Asks the service whose token it is, then keeps it; rejects with a `Fault` and writes nothing when it does not know it. */
  add(channel: string, how: ChannelSetUp, signal: AbortSignal): Promise<{ readonly account: string | undefined }>
  /** `left` says where a token is still; `called`, which address the service goes on calling since it could not be told. */
  remove(
    channel: string,
    signal: AbortSignal,
  ): Promise<{
    readonly isRemoved: boolean
    readonly left?: string
    readonly called?: { readonly url: string; readonly reason: string }
  }>
}

export type ChannelSetUp = {
  readonly place:
    | { readonly kind: 'given'; readonly token: Secret }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'file'; readonly path: string }
  readonly allowFrom: readonly string[]
  readonly apiRoot?: string | undefined
  readonly isChecked: boolean
}

export type TokenRotation = {
  readonly kept: 'settings' | 'environment file' | 'file'
  readonly path: string
  /** False when a gateway that runs does not notice. */
  readonly isTakenUp: boolean
  readonly token: Secret
}

export type PasswordChange = {
  readonly path: string
  /** False when a gateway that runs does not notice. */
  readonly isTakenUp: boolean
  /** The gateway asked for a token before. */
  readonly isNewMode: boolean
}

/** `gateway.env` and the secrets that stand in the settings. Names come out, values only go in. */
export type SecretKeeper = {
  list(): SecretPlaces
  set(name: string, value: Secret): void
  /** False when it was not there; throws `usage.invalid` while a setting names it. */
  unset(name: string): boolean
  /** All that stand in the settings, or the named ones. */
  move(settings?: readonly string[]): readonly { readonly setting: string; readonly name: string }[]
}

export type SecretPlaces = {
  readonly path: string
  readonly kept: readonly {
    readonly name: string
    readonly usedBy: readonly string[]
    /** The environment of this command has another value, which goes before it. */
    readonly isShadowed: boolean
  }[]
  /** Settings whose secret stands in the configuration file. */
  readonly written: readonly string[]
  /** Lines of the file that are passed over or not what was meant. */
  readonly slips: readonly { readonly line: number; readonly what: string }[]
}

export type BackupMade = {
  readonly file: string
  readonly bytes: number
  readonly createdAt: string
  /** What went in, and what is there but did not, in words. */
  readonly parts: readonly string[]
  readonly leftOut: readonly string[]
}

export type OpenedBackup = Disposable & {
  readonly manifest: {
    readonly createdAt: string
    readonly host: string
    readonly home: string
    readonly version: string
    readonly withSecrets: boolean
    readonly parts: readonly { readonly name: string; readonly size: number }[]
  }
  /** Devices that were revoked since, as far as it is known here; they stay so. */
  readonly revoked: readonly {
    readonly deviceId: string
    readonly role: string
    readonly name: string | undefined
    readonly revokedAt: number
  }[]
  /** Puts it in place. `aside` has what was there; `strangeLines` of the settings name another machine's home. */
  apply(): { readonly aside: string | undefined; readonly strangeLines: readonly number[] }
}

/** What `clawdbot onboard` asks of the gateway's files and tries at services. */
export type Setup = {
  /** Throws `config.invalid` for a file that has to be corrected first. */
  facts(): Omit<OnboardFacts, 'profiles' | 'can'> & { readonly hasTelegram: boolean }
  readonly trials: Pick<Trials, 'model' | 'telegram'>
  write(plan: Pick<OnboardPlan, 'edits' | 'variables' | 'secret'>): Promise<{ readonly needRestart: readonly string[] }>
}

export type AuditOptions = {
  /** Reads the databases from end to end, and knocks at the running gateway as an attacker would. */
  readonly isDeep: boolean
  /** Repairs what is safe to repair, and looks again. */
  readonly isRepairing: boolean
  readonly signal: AbortSignal
}

export type SecurityReport = {
  /** Worst first. */
  readonly findings: readonly SecurityFinding[]
  /** How many things were looked for. */
  readonly checks: number
  readonly repaired: readonly { readonly id: string; readonly message: string; readonly isDone: boolean }[]
}

export type SecurityFinding = {
  readonly id: string
  readonly severity: 'critical' | 'warning' | 'info'
  readonly message: string
  readonly remedy: string
}

export type JournalReader = {
  /** Newest last; `what` finds that kind and everything below it. */
  read(query: {
    readonly limit: number
    readonly what?: string | undefined
    readonly sinceMs?: number | undefined
  }): readonly {
    readonly seq: number
    readonly at: number
    readonly what: string
    readonly facts: Readonly<Record<string, unknown>>
    readonly hash: string
  }[]
  check():
    | { readonly kind: 'whole'; readonly entries: number; readonly hash: string }
    | { readonly kind: 'broken'; readonly seq: number; readonly why: string }
}

/** The configuration file. Each call reads it anew; `config.invalid` carries every problem of a file that cannot be used. */
export type ConfigFile = {
  readonly path: string
  look(): {
    readonly exists: boolean
    /** The text; holds secrets, so it goes to the person's editor and nowhere else. */
    readonly raw: string | null
    readonly hash: string | null
    readonly valid: boolean
    readonly issues: readonly ConfigProblem[]
    readonly warnings: readonly ConfigProblem[]
  }
  /** Every setting in force, secrets replaced. */
  all(): unknown
  get(path: string): { readonly value: unknown; readonly isInFile: boolean } | undefined
  secretsIn(path: string, value: unknown): readonly string[]
  set(path: string, value: unknown): ConfigChange
  unset(path: string): ConfigChange
  replace(text: string, baseHash: string | null): ConfigChange
  /** What is wrong with a text, ready to print; undefined when nothing is. */
  problems(text: string): string | undefined
}

export type ConfigProblem = {
  readonly path: string
  readonly message: string
  readonly line?: number
  readonly remedy?: string
}

export type ConfigChange = {
  readonly isChanged: boolean
  readonly hadFile: boolean
  readonly needRestart: readonly string[]
  /** What a running gateway does by itself. */
  readonly reload: 'none' | 'hot' | 'restart'
}
