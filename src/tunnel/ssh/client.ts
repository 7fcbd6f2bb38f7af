/** One SSH connection in this process: ssh2 with every default that matters decided here. No child, no local port. */

import type { Duplex } from 'node:stream'
import ssh2 from 'ssh2'
import type { Fault } from '../../shared/fault.ts'
import { raceAbort } from '../../shared/std/signal.ts'
import type { TunnelContext } from '../tunnel.ts'
import { Login } from './auth.ts'
import { brokenOff, ChannelError, lostFault, silentFault, tamperable } from './faults.ts'
import type { SshHost } from './host.ts'
import { isTamperable, type Offer } from './offer.ts'
import type { PersonalKeys } from './personal-keys.ts'
import { type CommandResult, runCommand } from './run-command.ts'
import { heard, isStrict, onAuthFailure } from './ssh2-inside.ts'
import { Watchdog } from './watchdog.ts'

/** A server that says nothing for this long while we log in is given up, milliseconds. */
const answerWithinMs = 20_000
/** Where nothing is configured, a dead peer is found after interval × (count + 1) = 12 s (TU9). */
const keepAlive = { intervalS: 3, countMax: 3 }
/** How long the far end may take to hear our goodbye, milliseconds. */
const partingMs = 300

export type ChannelTarget = { readonly host: string; readonly port: number } | { readonly path: string }

export type SshConnection = AsyncDisposable & {
  /** What got us in: `publickey`, `password` … */
  readonly method: string
  /** Rejects with a `ChannelError`, with `ssh.lost`, or with the signal's reason. */
  openChannel(target: ChannelTarget, signal: AbortSignal): Promise<Duplex>
  /** Runs a command of the far host with `input` as its standard input. Rejects with `ssh.lost`, `ssh.unsupported`, or the signal's reason. */
  run(command: string, input: string, signal: AbortSignal): Promise<CommandResult>
  /** Resolves once it is gone, with the reason if it was not ours; never rejects. */
  readonly closed: Promise<Fault | undefined>
}

export type ClientOptions = {
  readonly host: SshHost
  readonly offer: Offer
  readonly keys: PersonalKeys
  /** Decides about the key the server shows; rejects with the `Fault` that ends it. */
  verifyKey(key: Buffer): Promise<void>
  /** The key is accepted, and the login begins. */
  onVerified(): void
}

type ClientContext = Pick<TunnelContext, 'clock' | 'signal' | 'prompts'>

/** Speaks SSH over `transport`, which it owns from now on. Rejects with a `Fault`, or with the signal's reason. */
export async function connectClient(
  transport: Duplex,
  options: ClientOptions,
  context: ClientContext,
): Promise<SshConnection> {
  const connection = new Ssh2Connection(transport, options, context)
  await connection.open()
  return connection
}

class Ssh2Connection implements SshConnection {
  readonly closed: Promise<Fault | undefined>
  readonly #client = new ssh2.Client()
  readonly #transport: Duplex
  readonly #options: ClientOptions
  readonly #context: ClientContext
  readonly #login: Login
  readonly #watchdog: Watchdog
  #hostKey: Buffer | undefined
  #phase: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  /** What ended it, the first of several. */
  #cause: unknown
  #opened = (_error?: unknown) => {}
  #closed = (_fault: Fault | undefined) => {}

  constructor(transport: Duplex, options: ClientOptions, context: ClientContext) {
    const { host, keys } = options
    const { clock, signal, prompts } = context
    this.#transport = transport
    this.#options = options
    this.#context = context
    this.#watchdog = new Watchdog(clock, answerWithinMs, () => this.#end(silentFault(host)))
    const onAsking = (isAsking: boolean) => (isAsking ? this.#watchdog.rest() : this.#watchdog.wait())
    this.#login = new Login({ host, keys, prompts, signal, onAsking })
    this.closed = new Promise((resolve) => {
      this.#closed = resolve
    })
  }

  get method(): string {
    return this.#login.method
  }

  async open(): Promise<void> {
    const { signal } = this.#context
    const onAbort = () => this.#end(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await new Promise<void>((resolve, reject) => {
        this.#opened = (error) => (error === undefined ? resolve() : reject(error))
        this.#start()
      })
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#watchdog.rest()
    }
  }

  openChannel(target: ChannelTarget, signal: AbortSignal): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (this.#phase !== 'open') return reject(this.#lost())
      const onAbort = () => reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      const done = (error: (Error & { reason?: unknown }) | undefined, channel: Duplex) => {
        signal.removeEventListener('abort', onAbort)
        if (error) return reject(typeof error.reason === 'number' ? refusalOf(error, error.reason) : this.#lost())
        channel.on('error', () => {}) // it closes; that is what its owner hears
        if (signal.aborted) channel.destroy()
        else resolve(channel)
      }
      if ('path' in target) this.#client.openssh_forwardOutStreamLocal(target.path, done)
      else this.#client.forwardOut('127.0.0.1', 0, target.host, target.port, done)
    })
  }

  async run(command: string, input: string, signal: AbortSignal): Promise<CommandResult> {
    if (this.#phase !== 'open') throw this.#lost()
    const lost = this.closed.then(() => Promise.reject(this.#lost()))
    const running = runCommand(this.#client, this.#options.host, command, input)
    return await raceAbort(Promise.race([running, lost]), signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#phase === 'open') this.#phase = 'closing'
    this.#client.end()
    const cancel = this.#context.clock.after(partingMs, () => this.#end(undefined))
    await this.closed
    cancel()
  }

  #start(): void {
    const { host, offer } = this.#options
    this.#client.on('error', (error: Error & { level?: string }) => {
      if (error.level === 'agent') return // one key did not sign; the login goes on
      if (this.#phase === 'opening') this.#end(brokenOff(host, error))
      else this.#cause ??= error
    })
    this.#client.on('close', () => {
      this.#end(this.#phase === 'opening' ? brokenOff(host, new Error('it closed the connection')) : undefined)
    })
    this.#client.on('handshake', ({ cs, sc }) => {
      const isStrictlyOrdered = isStrict(this.#client)
      for (const { cipher, mac } of [cs, sc])
        if (isTamperable(cipher, mac, isStrictlyOrdered)) this.#end(tamperable(host, cipher))
    })
    this.#client.on('ready', () => this.#ready())
    this.#client.on('change password', () => this.#end(this.#login.expired()))
    this.#watchdog.wait()
    this.#client.connect({
      sock: this.#transport,
      username: host.user,
      hostVerifier: (key: Buffer, verify: (isGood: boolean) => void) => void this.#verify(key, verify),
      authHandler: (_methods, _isPartial, next) => void this.#authenticate(next),
      algorithms: offer as never, // plain names; ssh2's types list each
      readyTimeout: 0, // people are asked in between; the watchdog knows when
      keepaliveInterval: (host.serverAliveIntervalS ?? keepAlive.intervalS) * 1000,
      keepaliveCountMax: host.serverAliveIntervalS ? host.serverAliveCountMax : keepAlive.countMax,
      agentForward: false,
      strictVendor: false, // a server that knows no unix sockets may say so itself
    })
    onAuthFailure(this.#client, (methods, isPartial) => this.#login.refused(methods, isPartial))
  }

  #ready(): void {
    this.#phase = 'open'
    this.#transport.on('data', () => heard(this.#client))
    this.#opened()
  }

  /** Asked again at each rekey, when the key must be the same. */
  async #verify(key: Buffer, verify: (isGood: boolean) => void): Promise<void> {
    if (this.#hostKey) return verify(key.equals(this.#hostKey))
    this.#watchdog.rest()
    try {
      await this.#options.verifyKey(key)
      this.#hostKey = key
      this.#options.onVerified()
      this.#watchdog.wait()
      verify(true)
    } catch (error) {
      this.#end(error)
    }
  }

  async #authenticate(next: (method: never) => void): Promise<void> {
    this.#watchdog.wait()
    try {
      next((await this.#login.next()) as never) // ssh2's types want every method to be all of them
    } catch (error) {
      this.#end(error)
    }
  }

  #end(cause: unknown): void {
    if (this.#phase === 'closed') return
    const before = this.#phase
    this.#phase = 'closed'
    this.#cause ??= cause
    this.#transport.destroy()
    if (before === 'opening') this.#opened(this.#cause)
    this.#closed(before === 'open' ? this.#lost() : undefined)
  }

  #lost(): Fault {
    return lostFault(this.#options.host, this.#cause instanceof Error ? this.#cause : undefined)
  }
}

function refusalOf({ message }: Error, reason: number): ChannelError {
  return new ChannelError({ message: message.replace(/^\(SSH\) Channel open failure: /, ''), reason })
}
