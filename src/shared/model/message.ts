/** Messages as history and transcripts hold them (gateway protocol, section 10). Objects stay open: peers add fields. */

import * as z from 'zod'

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() })
const thinkingPart = z.looseObject({ type: z.literal('thinking'), thinking: z.string() })
const toolCallPart = z.looseObject({
  type: z.literal('toolCall'),
  id: z.string(),
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()),
})
const imagePart = z.looseObject({ type: z.literal('image'), data: z.string(), mimeType: z.string() })

/** Token counts of one answer. `cost` is in US dollars where prices are known. */
const usage = z.looseObject({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number().optional(),
  cacheWrite: z.number().optional(),
  totalTokens: z.number().optional(),
  cost: z.looseObject({ total: z.number() }).optional(),
})

const stopReason = z.string()

const userMessage = z.looseObject({
  role: z.literal('user'),
  content: z.union([z.string(), z.array(z.union([textPart, imagePart]))]),
  /** Milliseconds since 1970. */
  timestamp: z.number().optional(),
})

const assistantMessage = z.looseObject({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(z.union([textPart, thinkingPart, toolCallPart]))]),
  provider: z.string().optional(),
  model: z.string().optional(),
  usage: usage.optional(),
  /** `stop`, `length`, `toolUse`, `error`, `aborted`, or `injected` for messages the gateway wrote itself. */
  stopReason: stopReason.optional(),
  errorMessage: z.string().optional(),
  timestamp: z.number().optional(),
})

const toolResultMessage = z.looseObject({
  role: z.literal('toolResult'),
  toolCallId: z.string(),
  toolName: z.string(),
  content: z.array(z.union([textPart, imagePart])),
  details: z.unknown().optional(),
  isError: z.boolean(),
  timestamp: z.number().optional(),
})

export const message = z.union([userMessage, assistantMessage, toolResultMessage])

export type TextPart = { type: 'text'; text: string }
export type ThinkingPart = { type: 'thinking'; thinking: string; thinkingSignature?: string }
export type ToolCallPart = {
  type: 'toolCall'
  id: string
  name: string
  arguments: Record<string, unknown>
  thoughtSignature?: string
}
export type ImagePart = { type: 'image'; data: string; mimeType: string }

/** Token counts of one answer; `totalTokens` is what the context now holds. */
export type Usage = {
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
  totalTokens: number
}

/** Who wrote, where it was not a terminal: the service, and the person as that service names them. */
export type MessageOrigin = { channel: string; senderId: string; name: string }

/** `command` marks a slash command and its answer: shown to people, never to a model. */
export type UserMessage = {
  role: 'user'
  content: string | (TextPart | ImagePart)[]
  timestamp: number
  command?: true
  origin?: MessageOrigin
}

export type AssistantMessage = {
  role: 'assistant'
  content: (TextPart | ThinkingPart | ToolCallPart)[]
  provider?: string
  model?: string
  usage?: Usage
  stopReason?: 'stop' | 'length' | 'toolUse' | 'error' | 'aborted' | 'injected' | 'interrupted'
  errorMessage?: string
  timestamp: number
  command?: true
}

export type ToolResultMessage = {
  role: 'toolResult'
  toolCallId: string
  toolName: string
  content: (TextPart | ImagePart)[]
  details?: ToolDetails
  isError: boolean
  timestamp: number
}

/** Facts of a tool run for screens and logs. `where` always names the machine: `gateway vps-1`, `node mac-mini`. */
export type ToolDetails = {
  where?: string
  status?: 'completed' | 'failed' | 'denied' | 'aborted' | 'timeout' | 'interrupted'
  /** How far a call without a result has come. */
  phase?: 'approval' | 'running'
  /** False where nothing ran, and that is sure. */
  didRun?: false
  command?: string
  exitCode?: number | null
  durationMs?: number
  cwd?: string
  truncated?: boolean
  [key: string]: unknown
}

/** Strict form that this gateway writes. What a stranger's gateway sends is parsed with the open `message` schema. */
export type Message = UserMessage | AssistantMessage | ToolResultMessage

/** The visible text of a message: its text parts joined, thinking and tool calls left out. */
export function messageText(content: z.infer<typeof message>['content']): string {
  if (typeof content === 'string') return content
  return content
    .map((part) => (part.type === 'text' ? (part as TextPart).text : ''))
    .filter((text) => text !== '')
    .join('\n')
}
