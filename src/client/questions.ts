/** Knows whether a connection waits for the person: passes its questions on and counts those that are open. */

import type { Prompts } from '../tunnel/prompts.ts'

/** `onChange` hears whether anything is asked now, whenever that changed. */
export function watchPrompts(prompts: Prompts, onChange: (isAsking: boolean) => void): Prompts {
  let open = 0
  const watch =
    <Q, A>(ask: (question: Q, signal: AbortSignal) => Promise<A>) =>
    async (question: Q, signal: AbortSignal): Promise<A> => {
      if (open++ === 0) onChange(true)
      try {
        return await ask(question, signal)
      } finally {
        if (--open === 0) onChange(false)
      }
    }
  return {
    trustHost: watch((question, signal) => prompts.trustHost(question, signal)),
    passphrase: watch((question, signal) => prompts.passphrase(question, signal)),
    password: watch((question, signal) => prompts.password(question, signal)),
    answers: watch((question, signal) => prompts.answers(question, signal)),
    gatewaySecret: watch((question, signal) => prompts.gatewaySecret(question, signal)),
    pairCode: watch((question, signal) => prompts.pairCode(question, signal)),
  }
}
