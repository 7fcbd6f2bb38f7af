/** The port: questions only a person can answer while a tunnel opens. Texts from the far end arrive raw; whoever shows them escapes them. */

import { Fault } from '../shared/fault.ts'
import type { Secret } from '../shared/std/secret.ts'
import { shellWord } from '../shared/std/shell-words.ts'

export type HostKeyQuestion = {
  readonly kind: 'host-key'
  /** As it would be written to known_hosts: `vps.example` or `[vps.example]:2222`. */
  readonly host: string
  /** `ssh-ed25519` … */
  readonly keyType: string
  /** `SHA256:` and 43 characters of base64, as OpenSSH prints it. */
  readonly fingerprint: string
  /** The file the key is added to after a yes. */
  readonly knownHostsPath: string
}

export type PassphraseQuestion = {
  readonly kind: 'passphrase'
  readonly keyPath: string
  /** From 1 to 3. */
  readonly attempt: number
}

export type PasswordQuestion = {
  readonly kind: 'password'
  /** `user@host`, or `user@host:port`: what `clawdbot ssh setup` takes. */
  readonly account: string
  readonly attempt: number
}

/** What a server asks in its own words (RFC 4256): a one-time code, a changed password, several at once. */
export type ServerQuestion = {
  readonly kind: 'server'
  readonly account: string
  readonly title: string
  readonly instructions: string
  readonly prompts: readonly { readonly text: string; readonly isEchoed: boolean }[]
}

/** The gateway's own secret, for a profile whose secret is not kept anywhere. */
export type GatewaySecretQuestion = {
  readonly kind: 'gateway-secret'
  readonly profile: string
  readonly secret: 'token' | 'password'
}

/** The gateway wants this device approved: a code shown on another one stands for that. */
export type PairCodeQuestion = {
  readonly kind: 'pair-code'
  /** By which the person who approves knows this device; empty when the gateway did not tell. */
  readonly fingerprint: string
  /** From 1 to 3. */
  readonly attempt: number
}

export type Question =
  | HostKeyQuestion
  | PassphraseQuestion
  | PasswordQuestion
  | ServerQuestion
  | GatewaySecretQuestion
  | PairCodeQuestion

/** Each rejects with the signal's reason, or with `ssh.needs-user` where nobody can be asked. Undefined: the person declined. */
export type Prompts = {
  trustHost(question: HostKeyQuestion, signal: AbortSignal): Promise<boolean>
  passphrase(question: PassphraseQuestion, signal: AbortSignal): Promise<Secret | undefined>
  password(question: PasswordQuestion, signal: AbortSignal): Promise<Secret | undefined>
  /** One answer per prompt, in order. */
  answers(question: ServerQuestion, signal: AbortSignal): Promise<readonly Secret[] | undefined>
  gatewaySecret(question: GatewaySecretQuestion, signal: AbortSignal): Promise<Secret | undefined>
  /** Where nobody can be asked: undefined, since a person may approve the device elsewhere just as well. */
  pairCode(question: PairCodeQuestion, signal: AbortSignal): Promise<Secret | undefined>
}

/** Where nobody can be asked: a pipe, a service, a test. */
export const noPrompts: Prompts = {
  trustHost: async ({ kind, host, keyType, fingerprint }) => {
    throw unasked(kind, `The host key of ${host} is not known (${keyType} ${fingerprint})`, onceFromTerminal)
  },
  passphrase: async ({ kind, keyPath }) => {
    throw unasked(
      kind,
      `The key ${keyPath} needs its passphrase`,
      `Let an agent hold it: ssh-add ${shellWord(keyPath)}`,
    )
  },
  password: async ({ kind, account }) => {
    throw unasked(
      kind,
      `${account} asks for a password`,
      `Let a key stand for it: clawdbot ssh setup ${shellWord(account)}`,
    )
  },
  answers: async ({ kind, account }) => {
    throw unasked(kind, `${account} asks questions before it lets anybody in`, 'Connect from a terminal instead.')
  },
  gatewaySecret: async ({ kind, profile, secret }) => {
    const remedy = `Keep it where programs find it: clawdbot profiles edit ${profile} --secret-file`
    throw unasked(kind, `The profile ${profile} asks for its ${secret} each time`, remedy)
  },
  pairCode: async () => undefined,
}

const onceFromTerminal = 'Connect once from a terminal, where the question can be answered.'

function unasked(kind: Question['kind'], message: string, remedy: string): Fault {
  return new Fault('ssh.needs-user', `${message}, and there is no terminal to ask in`, { remedy, details: { kind } })
}
