/** A person with prepared answers: each question takes the next of its kind; without one, the question is declined. */

import { Secret } from '../../src/shared/std/secret.ts'
import type { Prompts, Question } from '../../src/tunnel/prompts.ts'

export type Answers = {
  trust?: boolean[]
  passphrases?: string[]
  passwords?: string[]
  /** One list per dialogue with the server. */
  server?: string[][]
  codes?: string[]
}

export type ScriptedPrompts = Prompts & {
  /** What was asked, in order. */
  readonly asked: Question[]
}

export function scriptedPrompts({
  trust = [],
  passphrases = [],
  passwords = [],
  server = [],
  codes = [],
}: Answers): ScriptedPrompts {
  const asked: Question[] = []
  const secret = (text: string | undefined) => (text === undefined ? undefined : new Secret(text))
  const note = (question: Question) => void asked.push(question)
  return {
    asked,
    async trustHost(question) {
      note(question)
      return trust.shift() ?? false
    },
    async passphrase(question) {
      note(question)
      return secret(passphrases.shift())
    },
    async password(question) {
      note(question)
      return secret(passwords.shift())
    },
    async answers(question) {
      note(question)
      return server.shift()?.map((text) => new Secret(text))
    },
    async gatewaySecret(question) {
      note(question)
      return undefined
    },
    async pairCode(question) {
      note(question)
      return secret(codes.shift())
    },
  }
}
