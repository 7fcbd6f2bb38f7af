/**
 * What a person has typed once for SSH is not asked again while its owner lives: a connection that comes back, or a second
 * hop with the same key. In memory only (TU15). One-time answers, host keys and gateway secrets are always asked.
 */

import type { Secret } from '../../shared/std/secret.ts'
import type { Prompts } from '../prompts.ts'

type Try = { readonly attempt: number }

export class AnswerMemory {
  readonly #answers = new Map<string, Secret>()

  /** Of a key that the person has made a moment ago. */
  knowPassphrase(keyPath: string, passphrase: Secret): void {
    this.#answers.set(`passphrase ${keyPath}`, passphrase)
  }

  /** Asks `prompts` for what is not known yet, and again for what turned out to be wrong. */
  over(prompts: Prompts): Prompts {
    return {
      ...prompts,
      passphrase: this.#remembering(
        ({ keyPath }) => `passphrase ${keyPath}`,
        (question, signal) => prompts.passphrase(question, signal),
      ),
      password: this.#remembering(
        ({ account }) => `password ${account}`,
        (question, signal) => prompts.password(question, signal),
      ),
    }
  }

  #remembering<Question extends Try>(
    nameOf: (question: Question) => string,
    ask: (question: Question, signal: AbortSignal) => Promise<Secret | undefined>,
  ): (question: Question, signal: AbortSignal) => Promise<Secret | undefined> {
    /** How many of the current tries were answered from memory, which the person does not see. */
    let unseen = 0
    return async (question, signal) => {
      const name = nameOf(question)
      const known = this.#answers.get(name)
      if (question.attempt === 1) unseen = known ? 1 : 0
      if (question.attempt === 1 && known) return known
      this.#answers.delete(name)
      const answer = await ask({ ...question, attempt: question.attempt - unseen }, signal)
      if (answer) this.#answers.set(name, answer)
      return answer
    }
  }
}
