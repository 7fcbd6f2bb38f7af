/** Failures we understand: a stable code, a sentence with the facts, and what to do about it. */

/**
 * Every fault code of the product. The prefix names the room a person would look in.
 * `exit` is the process exit code of a line command that ends with this fault
 * (1 general, 2 usage or configuration, 3 refused credentials, 4 unreachable, 5 timeout, 6 not a gateway,
 * 7 held by another program).
 */
const faultCodes = {
  'usage.invalid': { exit: 2 },
  'config.invalid': { exit: 2 },
  'config.conflict': { exit: 2 },
  'state.locked': { exit: 7 },
  'state.damaged': { exit: 1 },
  'storage.full': { exit: 1 },
  'backup.invalid': { exit: 1 },
  'gateway.port-taken': { exit: 1 },
  'gateway.bind-refused': { exit: 2 },
  'gateway.busy': { exit: 1 },
  'gateway.not-running': { exit: 1 },
  'gateway.start-failed': { exit: 1 },
  'client.refused': { exit: 4 },
  'client.unreachable': { exit: 4 },
  'client.timeout': { exit: 5 },
  'client.not-a-gateway': { exit: 6 },
  'client.insecure-url': { exit: 2 },
  'client.unauthorized': { exit: 3 },
  'client.pairing-required': { exit: 3 },
  'client.clock': { exit: 3 },
  'client.untrusted': { exit: 3 },
  'client.protocol-mismatch': { exit: 6 },
  'client.closed': { exit: 4 },
  'client.call-failed': { exit: 1 },
  'profile.unknown': { exit: 2 },
  'profile.invalid': { exit: 2 },
  'secret.unavailable': { exit: 3 },
  'ssh.config': { exit: 2 },
  'ssh.unreachable': { exit: 4 },
  'ssh.refused': { exit: 4 },
  'ssh.timeout': { exit: 5 },
  'ssh.host-key-unknown': { exit: 3 },
  'ssh.host-key-changed': { exit: 3 },
  'ssh.host-key-revoked': { exit: 3 },
  'ssh.unauthorized': { exit: 3 },
  'ssh.needs-user': { exit: 3 },
  'ssh.forwarding-denied': { exit: 4 },
  'ssh.gateway-down': { exit: 4 },
  'ssh.unsupported': { exit: 1 },
  'ssh.lost': { exit: 4 },
  'tailscale.missing': { exit: 4 },
  'tailscale.logged-out': { exit: 4 },
  'tailscale.stopped': { exit: 4 },
  'tailscale.peer-unknown': { exit: 4 },
  'tailscale.peer-offline': { exit: 4 },
  'tailscale.denied': { exit: 1 },
  'tailscale.failed': { exit: 1 },
  'tunnel.port-taken': { exit: 1 },
  'tunnel.not-running': { exit: 1 },
  'service.failed': { exit: 1 },
  'provider.unauthorized': { exit: 1 },
  'provider.rate-limited': { exit: 1 },
  'provider.unavailable': { exit: 1 },
  'provider.malformed': { exit: 1 },
  'provider.unknown-model': { exit: 2 },
  'provider.context-overflow': { exit: 1 },
  'channel.unknown': { exit: 2 },
  'channel.unauthorized': { exit: 3 },
  'channel.conflict': { exit: 1 },
  'channel.throttled': { exit: 1 },
  'channel.unavailable': { exit: 4 },
  'channel.refused': { exit: 1 },
  'tool.denied': { exit: 1 },
  'tool.invalid': { exit: 1 },
  'tool.failed': { exit: 1 },
  'path.outside': { exit: 1 },
} as const satisfies Record<string, { exit: number }>

export type FaultCode = keyof typeof faultCodes

export type FaultOptions = {
  /** What the person who meets it can do, as a sentence. */
  remedy?: string
  cause?: unknown
  /** Whether trying again later may help without any change. */
  retryable?: boolean
  retryAfterMs?: number
  /** Facts for programs; no secrets. */
  details?: Record<string, unknown>
}

/** A failure we understand. Anything else thrown is a bug. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly remedy: string | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly details: Record<string, unknown> | undefined

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.remedy = options.remedy
    this.retryable = options.retryable ?? false
    this.retryAfterMs = options.retryAfterMs
    this.details = options.details
  }

  /** Exit code a line command ends with. */
  get exitCode(): number {
    return faultCodes[this.code].exit
  }
}

/** The sentence of any thrown value, without its stack. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What happened and what to do, as one paragraph; a vendor's own words seldom end as a sentence does. */
export function faultText({ message, remedy }: Fault): string {
  if (remedy === undefined) return message
  return `${message}${/[.!?:。！？]$/u.test(message) ? '' : '.'} ${remedy}`
}
