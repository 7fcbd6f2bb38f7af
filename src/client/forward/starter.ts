/** The side of a forward in the background: tells the command that started it how it goes, and asks the person through it. */

import type { Fault } from '../../shared/fault.ts'
import { Secret } from '../../shared/std/secret.ts'
import { noPrompts, type Prompts, type Question } from '../../tunnel/prompts.ts'
import { type Answer, type ToForward, type ToStarter, told } from './channel.ts'
import type { KeeperState } from './keeper.ts'
import type { ForwardNote } from './note.ts'

export type Starter = {
  readonly prompts: Prompts
  listening(forwards: ForwardNote['forwards']): void
  state(state: KeeperState): void
  failed(fault: Fault): void
}

/** This process's own channel, if it has one. */
type Channel = Pick<NodeJS.Process, 'send' | 'connected' | 'on' | 'off'> & {
  readonly channel?: { unref(): void } | undefined
}

/** Undefined when nobody who started us listens. */
export function starterOf(channel: Channel): Starter | undefined {
  if (!channel.connected) return undefined
  channel.channel?.unref()
  const tell = (message: ToStarter) => {
    if (channel.connected) channel.send?.(message, undefined, {}, () => {}) // it may leave at any time
  }
  return {
    prompts: promptsOver(channel, tell),
    listening: (forwards) => tell({ type: 'listening', forwards }),
    state(state) {
      if (state.phase === 'up') tell({ type: 'up', route: state.route })
      if (state.phase === 'waiting') tell({ type: 'waiting', fault: told(state.fault) })
    },
    failed: (fault) => tell({ type: 'failed', fault: told(fault) }),
  }
}

/** Asks the person through the starter while it is there, and nobody afterwards. */
function promptsOver(channel: Channel, tell: (message: ToStarter) => void): Prompts {
  let ids = 0
  const ask = (question: Question, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const id = ++ids
      const end = (settle: () => void) => {
        channel.off('message', onMessage)
        channel.off('disconnect', onGone)
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      const onMessage = (message: unknown) => {
        const { type, id: its, answer: given } = message as ToForward
        if (type === 'answer' && its === id) end(() => resolve(given))
      }
      const onGone = () => end(() => resolve({ declined: true }))
      const onAbort = () => end(() => reject(signal.reason))
      channel.on('message', onMessage)
      channel.on('disconnect', onGone)
      signal.addEventListener('abort', onAbort, { once: true })
      tell({ type: 'question', id, question })
    })
  const texts = async (question: Question, signal: AbortSignal) => {
    const given = await ask(question, signal)
    return 'texts' in given ? given.texts.map((text) => new Secret(text)) : undefined
  }
  const orNobody =
    <Q extends Question, A>(
      fallback: (question: Q, signal: AbortSignal) => Promise<A>,
      viaStarter: (question: Q, signal: AbortSignal) => Promise<A>,
    ) =>
    (question: Q, signal: AbortSignal) =>
      (channel.connected ? viaStarter : fallback)(question, signal)
  return {
    trustHost: orNobody(noPrompts.trustHost, async (question, signal) => {
      const given = await ask(question, signal)
      return 'yes' in given && given.yes
    }),
    passphrase: orNobody(noPrompts.passphrase, async (question, signal) => (await texts(question, signal))?.[0]),
    password: orNobody(noPrompts.password, async (question, signal) => (await texts(question, signal))?.[0]),
    answers: orNobody(noPrompts.answers, texts),
    gatewaySecret: orNobody(noPrompts.gatewaySecret, async (question, signal) => (await texts(question, signal))?.[0]),
    pairCode: orNobody(noPrompts.pairCode, async (question, signal) => (await texts(question, signal))?.[0]),
  }
}
