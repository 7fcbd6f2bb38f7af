/** The AI SDK's stream parts as our chunks. */

import type { Usage } from '../../../shared/model/message.ts'
import { parseJson } from '../../../shared/std/json.ts'
import type { Chunk } from '../provider.ts'
import { inBursts } from './bursts.ts'
import { cutShort, filtered, malformed } from './faults.ts'
import { signatureOf } from './prompt.ts'
import type { SdkFinish, SdkMetadata, SdkPart } from './sdk.ts'

/**
 * Text and thinking that arrive together are one chunk. Throws what the vendor reported in mid-stream as it came, and a
 * `Fault` for a stream that breaks off, was filtered, or calls a tool with something that is not an object.
 */
export async function* toChunks(parts: AsyncIterable<SdkPart>, vendor: string): AsyncGenerator<Chunk> {
  const thoughts = new Map<string, SdkMetadata>()
  let hasCalls = false
  let hasEnded = false
  const take = (part: SdkPart): Chunk | undefined => {
    switch (part.type) {
      case 'text-delta':
        return part.delta === '' ? undefined : { type: 'text', text: part.delta }
      case 'reasoning-start':
      case 'reasoning-delta':
        remember(thoughts, part.id, part.providerMetadata)
        if (part.type === 'reasoning-start' || part.delta === '') return undefined
        return { type: 'thinking', text: part.delta }
      case 'reasoning-end': {
        const signature = signatureOf(remember(thoughts, part.id, part.providerMetadata))
        return signature ? { type: 'thinking', text: '', signature } : undefined
      }
      case 'tool-call': {
        const signature = signatureOf(part.providerMetadata)
        hasCalls = true
        return {
          type: 'toolCall',
          id: part.toolCallId,
          name: part.toolName,
          arguments: toArguments(part.input, part.toolName, vendor),
          ...(signature && { signature }),
        }
      }
      case 'error':
        throw part.error
      case 'finish':
        hasEnded = true
        return toEnd(part, hasCalls, vendor)
      default:
        return undefined
    }
  }
  yield* inBursts(parts, { take, join: joined, isLast: ({ type }) => type === 'end' })
  if (!hasEnded) throw cutShort(vendor)
}

function joined(earlier: Chunk, later: Chunk): Chunk | undefined {
  if (earlier.type === 'text' && later.type === 'text') return { type: 'text', text: earlier.text + later.text }
  if (earlier.type !== 'thinking' || later.type !== 'thinking' || earlier.signature || later.signature) return undefined
  return { type: 'thinking', text: earlier.text + later.text }
}

/** The vendor's facts on one piece of thinking arrive with any of its parts; all of them together are its signature. */
function remember(thoughts: Map<string, SdkMetadata>, id: string, more: SdkMetadata | undefined) {
  const known = thoughts.get(id) ?? {}
  for (const [vendor, facts] of Object.entries(more ?? {})) {
    const present = Object.fromEntries(
      Object.entries(facts).filter(([, value]) => value !== null && value !== undefined),
    )
    known[vendor] = { ...known[vendor], ...present }
  }
  thoughts.set(id, known)
  return known
}

function toArguments(input: string, tool: string, vendor: string): Record<string, unknown> {
  const parsed = input.trim() === '' ? { ok: true as const, value: {} } : parseJson(input)
  if (parsed.ok && typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value))
    return parsed.value as Record<string, unknown>
  throw malformed(vendor, `the arguments of its call of ${tool} are not a JSON object`)
}

function toEnd({ finishReason, usage }: SdkFinish, hasCalls: boolean, vendor: string): Chunk {
  switch (finishReason.unified) {
    case 'interrupted':
    case 'error':
      throw cutShort(vendor)
    case 'content-filter':
      throw filtered(vendor)
    case 'length':
      return { type: 'end', stopReason: 'length', ...toUsage(usage) }
    default:
      return { type: 'end', stopReason: hasCalls ? 'toolUse' : 'stop', ...toUsage(usage) }
  }
}

/** Left out when the vendor did not count. */
function toUsage({ inputTokens, outputTokens }: SdkFinish['usage']): { usage?: Usage } {
  if (inputTokens.total === undefined && outputTokens.total === undefined) return {}
  const cacheRead = inputTokens.cacheRead ?? 0
  const cacheWrite = inputTokens.cacheWrite ?? 0
  const total = inputTokens.total ?? 0
  const output = outputTokens.total ?? 0
  const input = inputTokens.noCache ?? Math.max(0, total - cacheRead - cacheWrite)
  return { usage: { input, output, cacheRead, cacheWrite, totalTokens: total + output } }
}
