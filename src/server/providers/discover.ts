/** Asks OpenAI-compatible servers which models they serve (`GET <baseUrl>/models`): on demand, briefly, and remembered. */

import * as z from 'zod'
import type { ModelRow } from '../../shared/protocol/agents.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { parseJson } from '../../shared/std/json.ts'
import { readAs } from '../../shared/std/read-as.ts'
import type { Secret } from '../../shared/std/secret.ts'
import { deadline } from '../../shared/std/signal.ts'

/** On loopback a server that is there answers within milliseconds; one across a network gets longer. */
const answerWithinMs = { local: 400, remote: 3000 } as const
const rememberMs = 30_000
const limitBytes = 1_000_000

type ModelServer = {
  id: string
  baseUrl: string
  key?: Secret
  headers?: Readonly<Record<string, string>>
  /** On this machine: whoever is not there is no failure, and not worth waiting for. */
  isLocal: boolean
}

/** Never throws; no server, a slow one and a foreign one are all an empty list. */
export type Discover = (server: ModelServer, signal: AbortSignal) => Promise<ModelRow[]>

const listing = z.looseObject({ data: z.array(z.looseObject({ id: z.string().min(1).max(256) })).max(1000) })

/** Remembers answers, empty ones too, for half a minute. */
export function createDiscover(clock: Clock): Discover {
  const known = new Map<string, { rows: ModelRow[]; until: number }>()
  return async (server, signal) => {
    const kept = known.get(server.baseUrl)
    if (kept && kept.until > clock.monotonic()) return kept.rows
    const rows = await listModels(server, signal)
    if (!signal.aborted) known.set(server.baseUrl, { rows, until: clock.monotonic() + rememberMs })
    return rows
  }
}

async function listModels(
  { id, baseUrl, key, headers, isLocal }: ModelServer,
  signal: AbortSignal,
): Promise<ModelRow[]> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headers: { ...(key && { authorization: `Bearer ${key.reveal()}` }), ...headers },
      signal: deadline(isLocal ? answerWithinMs.local : answerWithinMs.remote, signal),
      redirect: 'error', // a redirect would carry the key elsewhere
    })
    if (!response.ok) {
      await response.body?.cancel()
      return []
    }
    const parsed = parseJson(await limitedText(response))
    const rows = readAs(listing, parsed.ok ? parsed.value : undefined)
    return rows.success ? rows.data.data.map((row) => ({ id: row.id, name: row.id, provider: id, ...sizes(row) })) : []
  } catch {
    return [] // nothing listens there, or not in time: there is nothing to list
  }
}

/** llama.cpp and vLLM tell the context they were started with, each in its own place. */
function sizes(row: Record<string, unknown>): { contextWindow?: number } {
  const meta = typeof row.meta === 'object' && row.meta !== null ? (row.meta as Record<string, unknown>) : {}
  const size = row.max_model_len ?? meta.n_ctx
  return typeof size === 'number' && size > 0 ? { contextWindow: size } : {}
}

/** A stranger on a well-known port may send anything, and for ever. */
async function limitedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > limitBytes) throw new Error('the list of models is too long')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
