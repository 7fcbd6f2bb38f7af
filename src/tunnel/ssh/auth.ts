/** Logs in to one SSH server: keys, questions and password in the configured order, also when it wants several of them. */

import ssh2, { type AnyAuthMethod, type IdentityCallback, type ParsedKey, type SignCallback } from 'ssh2'
import { errorText, Fault } from '../../shared/fault.ts'
import type { Secret } from '../../shared/std/secret.ts'
import type { Prompts } from '../prompts.ts'
import { loginFault } from './auth-fault.ts'
import { type AuthMethod, chooseMethod, type LoginState, maxKeys, newLoginState, refuse } from './auth-plan.ts'
import { accountOf } from './faults.ts'
import type { SshHost } from './host.ts'
import type { PersonalKey } from './keys.ts'
import type { PersonalKeys } from './personal-keys.ts'
import { sshCommand } from './typed.ts'

export type LoginContext = {
  readonly host: SshHost
  readonly keys: PersonalKeys
  readonly prompts: Prompts
  readonly signal: AbortSignal
  /** A person is being asked; or not any more. */
  readonly onAsking: (isAsking: boolean) => void
}

/** One login. `next` says what to try, `refused` what the server said to it. */
export class Login {
  readonly #context: LoginContext
  #state: LoginState
  /** Why a method could not be tried: nobody to ask, declined, the agent refused. */
  #problem: Fault | undefined
  #trying: AuthMethod | 'none' | undefined
  /** What a person was asked. */
  readonly #asked = new Set<AuthMethod>()

  constructor(context: LoginContext) {
    this.#context = context
    this.#state = newLoginState(context.host, context.keys.inOrder.length)
  }

  /** What got us in, for the screen: `publickey`, `keyboard-interactive`. */
  get method(): string {
    return this.#trying ?? 'none'
  }

  refused(methods: readonly string[], isPartial: boolean): void {
    this.#state = refuse(this.#state, { methods, isPartial })
  }

  /** The next thing to try. Rejects with the `Fault` that ends the login. */
  async next(): Promise<AnyAuthMethod> {
    const username = this.#context.host.user
    for (;;) {
      if (this.#trying === undefined) {
        this.#trying = 'none' // costs nothing, and is answered with what the server takes
        return { type: 'none', username }
      }
      const { choice, state } = chooseMethod(this.#state)
      this.#state = state
      if (choice === undefined) throw this.#problem ?? this.#failed()
      this.#trying = choice.method
      const method = await this.#prepare(choice.method, choice.attempt)
      if (method) return method
    }
  }

  /** The server wants a new password, which is better chosen in a shell than here. */
  expired(): Fault {
    const { host } = this.#context
    return new Fault('ssh.unauthorized', `The password of ${accountOf(host)} has expired`, {
      remedy: `Log in once and choose a new one: ${sshCommand(host.typed)}`,
    })
  }

  #failed(): Fault {
    const { host, keys } = this.#context
    const { tried, methods } = this.#state
    return loginFault(host, {
      offered: keys.inOrder.slice(0, tried.publickey).map(({ name }) => name),
      withheld: Math.max(0, keys.inOrder.length - maxKeys),
      ...{ problems: keys.problems, methods },
      asked: [...this.#asked],
    })
  }

  async #prepare(method: AuthMethod, attempt: number): Promise<AnyAuthMethod | undefined> {
    const { host, keys } = this.#context
    const username = host.user
    switch (method) {
      case 'publickey': {
        const key = keys.inOrder[attempt - 1]
        return (
          key && { type: 'agent', username, agent: new OneKeyAgent(key, (data, hash) => this.#sign(key, data, hash)) }
        )
      }
      case 'keyboard-interactive':
        return { type: 'keyboard-interactive', username, prompt: (...args) => void this.#answer(...args) }
      case 'password': {
        this.#asked.add(method)
        const password = await this.#ask((prompts, signal) =>
          prompts.password({ kind: 'password', account: accountOf(host), attempt }, signal),
        )
        if (password) return { type: 'password', username, password: password.reveal() }
        this.#state = refuse(this.#state, { declined: method })
        return undefined
      }
    }
  }

  /** Server questions (RFC 4256), as many and as often as it likes. */
  async #answer(
    title: string,
    instructions: string,
    _language: string,
    prompts: readonly { prompt: string; echo?: boolean }[],
    finish: (answers: string[]) => void,
  ): Promise<void> {
    const question = {
      ...{ kind: 'server' as const, account: accountOf(this.#context.host), title, instructions },
      prompts: prompts.map(({ prompt, echo }) => ({ text: prompt, isEchoed: echo === true })),
    }
    this.#asked.add('keyboard-interactive')
    const answers = await this.#ask((person, signal) => person.answers(question, signal))
    if (!answers) this.#state = refuse(this.#state, { declined: 'keyboard-interactive' })
    finish(answers?.map((answer: Secret) => answer.reveal()) ?? [])
  }

  async #sign(key: PersonalKey, data: Buffer, hash: string | undefined): Promise<Buffer> {
    const signature = await this.#ask(() => key.sign(data, hash, this.#context.signal))
    if (!signature) throw new Error(`${key.name} did not sign`)
    return signature
  }

  /** Undefined when there is no answer; why is kept for the end, when nothing else has worked either. */
  async #ask<T>(question: (prompts: Prompts, signal: AbortSignal) => Promise<T | undefined>): Promise<T | undefined> {
    const { prompts, signal, onAsking } = this.#context
    onAsking(true)
    try {
      return await question(prompts, signal)
    } catch (error) {
      this.#problem ??= error instanceof Fault ? error : agentFault(this.#context.host, error)
      return undefined
    } finally {
      onAsking(false)
    }
  }
}

function agentFault(host: SshHost, error: unknown): Fault {
  return new Fault('ssh.unauthorized', `No key could sign for ${accountOf(host)} (${errorText(error)})`, {
    remedy: 'Look at the agent (ssh-add -l); it may be locked, or have been told no.',
    cause: error,
  })
}

/** ssh2 lets only an agent take its time to sign; so each key is an agent of its own. */
class OneKeyAgent extends ssh2.BaseAgent<Buffer> {
  readonly #blob: Buffer
  readonly #sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>

  constructor({ blob }: PersonalKey, sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>) {
    super()
    this.#blob = blob
    this.#sign = sign
  }

  override getIdentities(done: IdentityCallback<Buffer>): void {
    done(undefined, [this.#blob])
  }

  override sign(
    _key: Buffer | ParsedKey,
    data: Buffer,
    options: { hash?: string } | SignCallback,
    done?: SignCallback,
  ): void {
    const [hash, settle] = typeof options === 'function' ? [undefined, options] : [options.hash, done]
    this.#sign(data, hash).then(
      (signature) => settle?.(null, signature),
      (error: Error) => settle?.(error),
    )
  }
}
