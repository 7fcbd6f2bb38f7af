/** The provider that works with no key and no network: fixed answers, real tools, and no pretence of being a model. */

import { type Message, messageText } from '../../shared/model/message.ts'
import type { ModelRow } from '../../shared/protocol/agents.ts'
import { answerIncomplete, answerMissingTool, answerTopic, answerUnknown } from './builtin/answers.ts'
import type { Facts } from './builtin/facts.ts'
import { type Intent, parseIntent } from './builtin/intent.ts'
import { reportResults } from './builtin/report.ts'
import type { Chunk, Provider, ProviderRequest } from './provider.ts'

/** What answers until a model is configured. */
export const builtinModel = 'builtin:guide'

export const builtinGuide = {
  id: 'guide',
  name: 'Built-in guide (not a model)',
  provider: 'builtin',
  contextWindow: 200_000,
  reasoning: false,
  input: ['text'],
} as const satisfies ModelRow

type Answer = { text: string } | { call: { name: string; arguments: Record<string, unknown> } }

export function builtinProvider(facts: Facts): Provider {
  return {
    id: 'builtin',
    async *stream(request, signal) {
      signal.throwIfAborted()
      const answer = await answerTo(request, facts, signal)
      if ('call' in answer) {
        yield { type: 'toolCall', id: `guide_${request.messages.length}`, ...answer.call }
        yield { type: 'end', stopReason: 'toolUse' }
      } else {
        yield* words(answer.text, signal)
        yield { type: 'end', stopReason: 'stop' }
      }
    },
    models: async () => [{ ...builtinGuide, input: [...builtinGuide.input] }],
  }
}

async function answerTo(request: ProviderRequest, facts: Facts, signal: AbortSignal): Promise<Answer> {
  const last = request.messages.at(-1)
  if (last?.role === 'toolResult') return { text: reportResults(request.messages) }
  const intent = parseIntent(last ? ownWords(last) : '')
  const call = toolCall(intent)
  if (call) {
    const isOffered = request.tools.some(({ name }) => name === call.name)
    return isOffered ? { call } : { text: answerMissingTool(purposes[call.name]) }
  }
  if (intent.kind === 'incomplete') return { text: answerIncomplete(intent.verb) }
  const known = await facts(signal)
  return { text: intent.kind === 'topic' ? answerTopic(intent.topic, known) : answerUnknown(known) }
}

/** What a person of a chat wrote: without what they quote, their name before it in a group, and the files behind it. */
function ownWords(message: Message): string {
  const text = messageText(message.content)
  if (message.role !== 'user' || !message.origin) return text
  const words = text.replace(/^(?:> .*\n)+\n/, '').replace(/(?:^|\n\n)\[File .*\](?=\n\n|$)/g, '')
  const name = `${message.origin.name}: `
  return words.startsWith(name) ? words.slice(name.length) : words
}

const purposes = { exec: 'run commands', read: 'read files', write: 'write files', list: 'list files' }

type GuideCall = { name: keyof typeof purposes; arguments: Record<string, unknown> }

function toolCall(intent: Intent): GuideCall | undefined {
  switch (intent.kind) {
    case 'run':
      return { name: 'exec', arguments: { command: intent.command } }
    case 'read':
      return { name: 'read', arguments: { path: intent.path } }
    case 'write':
      return { name: 'write', arguments: { path: intent.path, content: intent.text } }
    case 'list':
      return { name: 'list', arguments: intent.path ? { path: intent.path } : {} }
    case 'topic':
    case 'incomplete':
    case 'unknown':
      return undefined
  }
}

/** A word at a time, as a model would stream it; the pieces joined are the text. */
async function* words(text: string, signal: AbortSignal): AsyncGenerator<Chunk> {
  for (const [piece] of text.matchAll(/\s*\S+\s*/g)) {
    signal.throwIfAborted()
    yield { type: 'text', text: piece }
  }
}
