/** Our request as the AI SDK's call options. Pure. */

import {
  type AssistantMessage,
  type ImagePart,
  type Message,
  messageText,
  type TextPart,
  type ToolResultMessage,
} from '../../../shared/model/message.ts'
import { parseJson } from '../../../shared/std/json.ts'
import type { ProviderRequest } from '../provider.ts'
import type { Api, SdkMessage, SdkMetadata, SdkOptions, SdkPrompt } from './sdk.ts'

/** Marks the end of what Anthropic keeps for the next turn; the other vendors cache equal prefixes by themselves. */
const cachePoint: SdkMetadata = { anthropic: { cacheControl: { type: 'ephemeral' } } }

/** Without the signal. `providerId` tells this provider's own thinking from that of others, which cannot be replayed. */
export function callOptions(request: ProviderRequest, providerId: string, api: Api): SdkOptions {
  const reasoning = request.thinking === 'off' ? 'none' : request.thinking
  return {
    prompt: toPrompt(request, providerId),
    ...(request.tools.length > 0 && {
      tools: request.tools.map(({ name, description, parameters }) => ({
        type: 'function',
        name,
        description,
        inputSchema: parameters,
      })),
      toolChoice: { type: 'auto' },
    }),
    ...(request.maxOutputTokens !== undefined && { maxOutputTokens: request.maxOutputTokens }),
    // Compatible servers refuse fields they do not know, so `off` stays unsaid there.
    ...(api === 'openai-completions' && reasoning === 'none' ? {} : { reasoning }),
    // Nothing is kept at OpenAI: what a later turn needs of its thinking comes back to us, encrypted.
    ...(api === 'openai-responses' && { providerOptions: { openai: { store: false } } }),
  }
}

function toPrompt(request: ProviderRequest, providerId: string): SdkPrompt {
  const prompt: SdkPrompt = [{ role: 'system', content: request.system, providerOptions: cachePoint }]
  for (const message of request.messages) {
    const next = toSdkMessage(message, providerId)
    const last = prompt.at(-1)
    if (next?.role === 'tool' && last?.role === 'tool') last.content.push(...next.content)
    else if (next) prompt.push(next)
  }
  const last = prompt.at(-1)
  if (last && last.role !== 'system') last.providerOptions = cachePoint
  return prompt
}

/** Undefined for a message with nothing in it, which every vendor refuses. */
function toSdkMessage(message: Message, providerId: string): SdkMessage | undefined {
  switch (message.role) {
    case 'user': {
      const content = typeof message.content === 'string' ? [text(message.content)] : message.content.map(toUserPart)
      const said = content.filter((part) => part.type !== 'text' || part.text.trim() !== '')
      return said.length > 0 ? { role: 'user', content: said } : undefined
    }
    case 'assistant':
      return toAssistant(message, message.provider === providerId)
    case 'toolResult':
      return { role: 'tool', content: [toToolResult(message)] }
  }
}

function text(value: string): { type: 'text'; text: string } {
  return { type: 'text', text: value }
}

function toUserPart(part: TextPart | ImagePart) {
  return part.type === 'text' ? text(part.text) : toFile(part)
}

function toFile({ data, mimeType }: ImagePart) {
  return { type: 'file' as const, mediaType: mimeType, data: { type: 'data' as const, data } }
}

function toAssistant(message: AssistantMessage, isOwn: boolean): SdkMessage | undefined {
  type Part = Extract<SdkMessage, { role: 'assistant' }>['content'][number]
  const content: Part[] = []
  for (const part of message.content) {
    switch (part.type) {
      case 'text':
        if (part.text.trim() !== '') content.push(text(part.text))
        break
      case 'thinking': {
        // Thinking without its own vendor's signature is refused by some vendors and useless to the rest.
        const providerOptions = isOwn ? metadataOf(part.thinkingSignature) : undefined
        if (providerOptions) content.push({ type: 'reasoning', text: part.thinking, providerOptions })
        break
      }
      case 'toolCall': {
        const providerOptions = isOwn ? metadataOf(part.thoughtSignature) : undefined
        const call = { toolCallId: part.id, toolName: part.name, input: part.arguments }
        content.push({ type: 'tool-call', ...call, ...(providerOptions && { providerOptions }) })
      }
    }
  }
  const hasMore = content.some(({ type }) => type !== 'reasoning')
  return hasMore ? { role: 'assistant', content } : undefined
}

function toToolResult(message: ToolResultMessage) {
  const value = messageText(message.content)
  const images = message.content.filter((part) => part.type === 'image')
  const output =
    images.length > 0
      ? { type: 'content' as const, value: [...(value === '' ? [] : [text(value)]), ...images.map(toFile)] }
      : { type: message.isError ? ('error-text' as const) : ('text' as const), value: value || '(no output)' }
  return { type: 'tool-result' as const, toolCallId: message.toolCallId, toolName: message.toolName, output }
}

/** What `signatureOf` kept; undefined when another gateway wrote it. */
function metadataOf(signature: string | undefined): SdkMetadata | undefined {
  if (!signature?.startsWith('{')) return undefined
  const parsed = parseJson(signature)
  return parsed.ok ? (parsed.value as SdkMetadata) : undefined
}

/** A vendor's facts about a part as the one string that our messages keep. */
export function signatureOf(metadata: SdkMetadata | undefined): string | undefined {
  return metadata && Object.keys(metadata).length > 0 ? JSON.stringify(metadata) : undefined
}
