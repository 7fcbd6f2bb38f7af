/** The side of the command that started a forward in the background: hears how it goes, and answers its questions. */

import type { Fault } from '../../shared/fault.ts'
import type { Secret } from '../../shared/std/secret.ts'
import type { Prompts, Question } from '../../tunnel/prompts.ts'
import type { BackgroundProcess } from '../background.ts'
import { type Answer, type ToForward, type ToStarter, toFault } from './channel.ts'
import type { ForwardNote } from './note.ts'

/** What became of a forward that was started. `waiting`: not up, and it keeps trying. */
export type StartResult = {
  readonly state: 'up' | 'waiting'
  readonly forwards: ForwardNote['forwards']
  readonly route: string | undefined
  readonly fault: Fault | undefined
}

/** The starter's end. Its promise settles with the first outcome; rejects with the `Fault` that ended the forward. */
export function awaitStart(
  prompts: Prompts,
  signal: AbortSignal,
): {
  readonly onMessage: (message: unknown, send: BackgroundProcess['send']) => void
  readonly result: Promise<StartResult>
} {
  const { promise, resolve, reject } = Promise.withResolvers<StartResult>()
  let forwards: ForwardNote['forwards'] = []
  const onMessage = (raw: unknown, send: BackgroundProcess['send']) => {
    const message = raw as ToStarter // from a process we started, over a channel of our own
    switch (message.type) {
      case 'listening':
        forwards = message.forwards
        return
      case 'up':
        return resolve({ state: 'up', forwards, route: message.route, fault: undefined })
      case 'waiting':
        return resolve({ state: 'waiting', forwards, route: undefined, fault: toFault(message.fault) })
      case 'failed':
        return reject(toFault(message.fault))
      case 'question':
        void answer(prompts, message.question, signal).then((given) => {
          send({ type: 'answer', id: message.id, answer: given } satisfies ToForward)
        })
    }
  }
  return { onMessage, result: promise }
}

/** Declined too where nobody can be asked: the forward then says what it needed. */
async function answer(prompts: Prompts, question: Question, signal: AbortSignal): Promise<Answer> {
  try {
    if (question.kind === 'host-key') return { yes: await prompts.trustHost(question, signal) }
    const secrets = await askSecrets(prompts, question, signal)
    return secrets === undefined ? { declined: true } : { texts: secrets.map((secret) => secret.reveal()) }
  } catch {
    return { declined: true }
  }
}

type SecretQuestion = Exclude<Question, { kind: 'host-key' }>

async function askSecrets(
  prompts: Prompts,
  question: SecretQuestion,
  signal: AbortSignal,
): Promise<readonly Secret[] | undefined> {
  const one = (secret: Secret | undefined) => (secret === undefined ? undefined : [secret])
  switch (question.kind) {
    case 'passphrase':
      return one(await prompts.passphrase(question, signal))
    case 'password':
      return one(await prompts.password(question, signal))
    case 'gateway-secret':
      return one(await prompts.gatewaySecret(question, signal))
    case 'pair-code':
      return one(await prompts.pairCode(question, signal))
    case 'server':
      return await prompts.answers(question, signal)
  }
}
