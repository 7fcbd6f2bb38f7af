/** How a line command is defined: its words, its flags, and what it does with them. */

import type { OnboardFacts, Trials } from '../client/onboard/facts.ts'
import type { Answers } from '../client/onboard/step.ts'
import type { ClientPaths, Env } from '../client/paths.ts'
import type { TargetFlags } from '../client/target.ts'
import type { Clock } from '../shared/std/clock.ts'
import type { Prompts } from '../tunnel/prompts.ts'
import type { Host } from './host.ts'
import type { NodePort } from './node-port.ts'
import type { Person } from './person.ts'

export type Flag = {
  readonly type: 'string' | 'number' | 'boolean'
  readonly about: string
  /** What stands for the value in help, such as `<ms>`. */
  readonly value?: string
  /** The only values there are; a shell completes them. */
  readonly choices?: readonly string[]
  /** Of a whole number; `unit` is what it counts, as an error says it. */
  readonly range?: { readonly from: number; readonly to: number; readonly unit: string }
}
export type Flags = Readonly<Record<string, Flag>>

type ValueOf<F extends Flag> = F['type'] extends 'boolean' ? boolean : F['type'] extends 'number' ? number : string
/** Parsed flags: booleans are always there, everything else may be missing. */
export type FlagValues<F extends Flags> = {
  readonly [K in keyof F]: F[K]['type'] extends 'boolean' ? boolean : ValueOf<F[K]> | undefined
}

export type OnboardQuestions = { readonly facts: OnboardFacts; readonly trials: Trials }

/** The world of one command; nothing else is touched. */
export type Surroundings = {
  readonly env: Env
  readonly paths: ClientPaths
  readonly clock: Clock
  /** Ends on Ctrl+C. */
  readonly signal: AbortSignal
  /** Writes to standard output or standard error; no newline is added. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Who can be asked, and what was piped in. */
  readonly person: Person
  /** Asks what a tunnel or a gateway wants to know; refuses where there is nobody. */
  readonly prompts: Prompts
  /** The questions of `onboard` on the whole screen; undefined when the person left without confirming. */
  readonly wizard: (questions: OnboardQuestions) => Promise<Answers | undefined>
  /** The gateway's own files on this machine; its rooms are loaded on the first call. */
  readonly host: () => Promise<Host>
  /** This machine as a node; its room is loaded on the first call. */
  readonly node: () => Promise<NodePort>
  /** A text in the person's editor, as a private file of that name; undefined when no editor ended well. */
  readonly edit: (text: string, name: string) => Promise<string | undefined>
  /** A private file of that name in the temporary folder, which stays; the result is its path. */
  readonly keepText: (text: string, name: string) => Promise<string>
  /** Told by a command that works for weeks, before much is loaded: the program keeps small. */
  readonly stayLong: () => void
  /** Path of `clawdbot` itself, for starting a command in the background. */
  readonly program: string
  /** Path of `clawdbot-server`, for starting one in the background. */
  readonly serverProgram: string
  /** Runs the gateway in this process until it ends; resolves with its exit code. */
  readonly runServer: (argv: readonly string[]) => Promise<number>
}

export type GivenFlag = { readonly name: string; readonly value: string | number | boolean }

export type Invocation<F extends Flags> = Surroundings & {
  readonly args: readonly string[]
  readonly flags: FlagValues<F>
  /** The same in the order they were written, for the few commands in which a flag belongs to the one before it. */
  readonly given: readonly GivenFlag[]
}

export type Command = {
  /** The words after `clawdbot`, such as `gateway status`. */
  readonly name: string
  readonly about: string
  /** Positional arguments as help shows them, such as `<method>`; absent when there are none. */
  readonly args?: string
  readonly flags: Flags
  /** Resolves with the exit code: 0, or as `Fault.exitCode` tells. */
  run(invocation: Invocation<Flags>): Promise<number>
}

export function defineCommand<const F extends Flags>(command: {
  name: string
  about: string
  args?: string
  flags: F
  run(invocation: Invocation<F>): Promise<number>
}): Command {
  // Flags are parsed by `command.flags`, so their values have the shape `run` expects.
  return command as unknown as Command
}

/** The longest time that a timer takes, milliseconds. */
const longestMs = 2 ** 31 - 1

/** A time to wait, as every command reads it. `usual` is what counts without the flag. */
export function waitFlag(what: string, usual: string, longest = longestMs) {
  const about = `milliseconds ${what}, 1 to ${longest} (${usual})`
  return { type: 'number', about, value: '<ms>', range: { from: 1, to: longest, unit: 'whole milliseconds' } } as const
}

/** A port, as every command reads it. */
export function portFlag(about: string) {
  return { type: 'number', about, value: '<port>', range: { from: 1, to: 65_535, unit: 'a port' } } as const
}

/** How many of something. `usual` is what counts without the flag. */
export function countFlag(what: string, usual: number, most: number) {
  const about = `${what}, 1 to ${most} (${usual})`
  return { type: 'number', about, value: '<n>', range: { from: 1, to: most, unit: 'a whole number' } } as const
}

/** Flags of every command that talks to a gateway. */
export const gatewayFlags = {
  profile: { type: 'string', about: 'saved profile to use (the one of: clawdbot use)', value: '<name>' },
  url: { type: 'string', about: 'gateway address, such as wss://gateway.example', value: '<url>' },
  port: portFlag('port of a gateway on this machine'),
  token: { type: 'string', about: "the gateway's token (better: CLAWDBOT_GATEWAY_TOKEN)", value: '<token>' },
  password: {
    type: 'string',
    about: "the gateway's password (better: CLAWDBOT_GATEWAY_PASSWORD)",
    value: '<password>',
  },
  'tls-fingerprint': { type: 'string', about: 'SHA-256 of the certificate to trust', value: '<hex>' },
  insecure: { type: 'boolean', about: 'allow plain ws:// to this address' },
  timeout: waitFlag('to wait for an answer', '10000'),
  json: { type: 'boolean', about: 'print JSON for programs' },
} as const satisfies Flags

/** The flags that choose a gateway, in the words of the client. */
export function targetFlags(flags: FlagValues<typeof gatewayFlags>): TargetFlags {
  const { profile, url, port, token, password, insecure } = flags
  return { profile, url, port, token, password, insecure, tlsFingerprint: flags['tls-fingerprint'] }
}
