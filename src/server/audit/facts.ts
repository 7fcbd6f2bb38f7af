/** What the checks are given: everything they need to know, gathered once, and no secret in any of it. */

import type { Config } from '../config/schema.ts'
import type { ConfigIssue } from '../config/text.ts'
import type { ChainCheck } from '../journal/chain.ts'

/** What a file is to the gateway; the checks differ by that. */
export type FilePart = 'state' | 'config' | 'credentials-folder' | 'credential' | 'store' | 'log'

export type FileFact = {
  readonly part: FilePart
  readonly path: string
  readonly kind: 'folder' | 'file' | 'link' | 'other'
  /** Permission bits; undefined where they mean nothing (links, Windows). */
  readonly mode: number | undefined
  readonly uid: number
  /** Where a link leads. */
  readonly target?: string
}

export type SecretFacts = {
  readonly mode: 'token' | 'password'
  /** Made by the gateway itself when nobody chose one. */
  readonly from: 'config' | 'environment' | 'made'
  /** Characters. */
  readonly length: number
  /** It repeats itself, or is tried first by everybody. */
  readonly isGuessable: boolean
}

export type RuleFacts = {
  readonly rule: string
  readonly program: string
  /** Why its program would start others or run what it is given. */
  readonly risk: string | undefined
  /** The file or folder on the way to the program that others, or the agent, may change. */
  readonly writable: string | undefined
}

export type DeviceFacts = {
  readonly id: string
  readonly name: string
  readonly isAdmin: boolean
  /** When it last logged in, or was approved; milliseconds since 1970. */
  readonly lastSeenAt: number
}

export type NodeFacts = {
  readonly id: string
  readonly name: string
  /** Commands an admin approved. */
  readonly approved: readonly string[]
}

/** One host that a saved gateway is reached through. */
export type SshHostFacts = {
  readonly profile: string
  readonly alias: string
  readonly strictHostKeyChecking: 'yes' | 'ask' | 'accept-new' | 'no'
  readonly isKnown: boolean
  readonly knownHostsFiles: readonly string[]
  readonly forwardAgent: boolean
  readonly engine: 'ssh2' | 'system'
}

/** The person's own SSH; known only where the person is, so never to a gateway that is asked from afar. */
export type SshFacts = {
  readonly hosts: readonly SshHostFacts[]
  readonly keys: readonly { readonly path: string; readonly mode: number | undefined; readonly isEncrypted: boolean }[]
  readonly hasNativePart: boolean
  /** Why the saved gateways are not known. */
  readonly problem?: { readonly message: string; readonly remedy: string } | undefined
}

export type ServedHandler = {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly target: string
}

export type TailscaleFacts = {
  /** What a gateway of this home has placed. */
  readonly placed: { readonly host: string; readonly port: number; readonly targets: readonly string[] } | undefined
  /** What is served now, or why that cannot be read. */
  readonly served: { readonly handlers: readonly ServedHandler[]; readonly funnels: readonly string[] } | string
}

/** What came of knocking at the gateway. */
export type ProbeFacts =
  | { readonly kind: 'stopped'; readonly port: number; readonly isPortTaken: boolean }
  /** It listens on a socket file only, which no stranger can open. */
  | { readonly kind: 'socket' }
  /** The port it should have is another program's. */
  | { readonly kind: 'foreign'; readonly port: number }
  | {
      readonly kind: 'running'
      readonly port: number
      /** Addresses it listens on; none where the system does not tell. */
      readonly listeners: readonly string[]
      readonly isLive: boolean
      readonly takesForeignOrigin: boolean
      readonly takesForeignHost: boolean
      readonly letsInWithout: readonly ('no secret' | 'a wrong secret')[]
      /** Names of headers that only a proxy may write, and that were believed. */
      readonly believed: readonly string[]
      readonly openRoutes: readonly string[]
    }

export type AuditFacts = {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly stateDir: string
  /** Whose files these have to be; undefined where accounts have no number. */
  readonly account: number | undefined
  readonly files: readonly FileFact[]
  readonly config: {
    readonly path: string
    /** What the file means, every secret replaced; the defaults when it cannot be used. */
    readonly settings: Config
    readonly issues: readonly ConfigIssue[]
    /** Settings whose secret stands in the file itself. */
    readonly writtenSecrets: readonly string[]
    /** Settings and variables that hold what people copy from documents instead of a secret. */
    readonly placeholders: readonly string[]
  }
  readonly secret: SecretFacts
  /** Addresses of this machine's interfaces. */
  readonly addresses: readonly string[]
  readonly rules: readonly RuleFacts[]
  /** Commands a person allowed for good. */
  readonly allowedCommands: number
  readonly devices: readonly DeviceFacts[]
  readonly nodes: readonly NodeFacts[]
  readonly store: {
    /** Databases that were found damaged and set aside. */
    readonly setAside: readonly string[]
    /** What SQLite says about the database, when it was asked and is not content. */
    readonly damage: string | undefined
    readonly journal: ChainCheck | undefined
    /** When the oldest entry of the audit log was written, and the last one about a backup; milliseconds since 1970. */
    readonly inUseSince: number | undefined
    readonly backedUpAt: number | undefined
    readonly freeBytes: number | undefined
    /** Why nothing can be written to the state folder, or why it cannot be made. */
    readonly unwritable: string | undefined
  }
  /** Undefined where no saved gateway is reached through SSH, and where nobody looked. */
  readonly ssh: SshFacts | undefined
  /** What `--tailscale` of the running gateway says, which counts before the settings. */
  readonly tailscaleFlag: Config['gateway']['tailscale']['mode'] | undefined
  /** Undefined where Tailscale has nothing to do with this gateway, and where nobody looked. */
  readonly tailscale: TailscaleFacts | undefined
  /** Undefined when nobody knocked. */
  readonly probe: ProbeFacts | undefined
}
