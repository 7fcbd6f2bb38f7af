/** One short question to a service, by HTTP, for trying a key: bounded in time and size, no redirect, no secret in what comes of it. */

import { parseJson } from '../../shared/std/json.ts'
import { deadline, isTimeout } from '../../shared/std/signal.ts'

const answerWithinMs = 10_000
const limitBytes = 4_000_000

export type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown; readonly atMs: number | undefined }
  /** `reason`: in words, such as `does not answer`. */
  | { readonly kind: 'none'; readonly reason: string }

/** Rejects with the signal's reason only. */
export async function askService(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    const limit = deadline(answerWithinMs, signal)
    // A redirect would carry the key elsewhere (AU18).
    const response = await fetch(url, { headers, signal: limit, redirect: 'error' })
    const parsed = parseJson(await limitedText(response))
    const at = Date.parse(response.headers.get('date') ?? '')
    const atMs = Number.isNaN(at) ? undefined : at
    return { kind: 'answer', status: response.status, body: parsed.ok ? parsed.value : undefined, atMs }
  } catch (error) {
    signal.throwIfAborted()
    return { kind: 'none', reason: isTimeout(error) ? 'did not answer in time' : reasonOf(error) }
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'was not found by its name',
  EAI_AGAIN: 'was not found by its name: is this machine online?',
  ECONNREFUSED: 'does not listen there',
  ECONNRESET: 'broke off',
  ENETUNREACH: 'cannot be reached: is this machine online?',
  EHOSTUNREACH: 'cannot be reached: is this machine online?',
}

function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } }
  return reasons[cause?.code ?? ''] ?? `cannot be reached (${cause?.code ?? 'no answer'})`
}

async function limitedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > limitBytes) throw new Error('too long')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
