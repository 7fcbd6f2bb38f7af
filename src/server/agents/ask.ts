/** One question through the HTTP endpoint: an ordinary run, its text handed on as it comes. */

import { randomUUID } from 'node:crypto'
import { Fault } from '../../shared/fault.ts'
import { messageText } from '../../shared/model/message.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus, RunNews } from '../bus.ts'
import type { Ask } from '../gateway/server-parts.ts'
import type { Runs } from '../runs/runs.ts'

export type AskParts = { runs: Runs; bus: Bus; clock: Clock }

export function createAsk({ runs, bus, clock }: AskParts): Ask {
  return ({ sessionKey, text, messages, signal, onText }) => {
    const runId = randomUUID()
    const instructions = instructionsOf(messages)
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const onAbort = () => runs.abort(sessionKey, runId, 'rpc')
      const stop = () => {
        unsubscribe()
        signal.removeEventListener('abort', onAbort)
      }
      const unsubscribe = bus.subscribe((news) => {
        if (!('run' in news) || news.run.runId !== runId) return
        if (news.type === 'run.text') onText(news.text)
        if (news.type !== 'run.ended') return
        stop()
        const settle = () => {
          if (news.state === 'final') resolve(answerOf(news))
          else reject(new Fault('provider.unavailable', news.errorMessage ?? 'The run was stopped.'))
        }
        runs.wait(runId, signal).then(settle, reject) // acknowledged means on disk
      })
      signal.addEventListener('abort', onAbort, { once: true })
      const started = runs.start({
        runId,
        sessionKey,
        message: { role: 'user', content: text, timestamp: clock.now() },
        source: 'http',
        ...(instructions === '' ? {} : { extraSystemPrompt: instructions }),
      })
      started.catch((error: unknown) => {
        stop()
        reject(error)
      })
    })
  }
}

function answerOf({ message, usage, stopReason }: RunNews & { type: 'run.ended' }): Awaited<ReturnType<Ask>> {
  return {
    text: message ? messageText(message.content) : '',
    ...(usage && { usage }),
    ...(stopReason && { stopReason }),
  }
}

/** What the HTTP caller sent before its last message: system texts, and the conversation as a transcript. */
function instructionsOf(messages: readonly { role: string; content: string }[]): string {
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer').map(({ content }) => content)
  const earlier = messages.filter(({ role }) => role === 'user' || role === 'assistant')
  if (earlier.length === 0) return system.join('\n\n')
  const transcript = earlier.map(({ role, content }) => `${role}: ${content}`).join('\n')
  return [...system, `The conversation so far, as the caller sent it:\n${transcript}`].join('\n\n')
}
