/** Reads a request's body up to a limit, and not a byte beyond it. */

import type { IncomingMessage } from 'node:http'

export type Body = { kind: 'read'; bytes: Buffer } | { kind: 'too-large' } | { kind: 'cut' }

export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return { kind: 'too-large' }
  const chunks: Buffer[] = []
  let size = 0
  try {
    // Leaving early must not destroy the request: the refusal still has to reach the caller.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limitBytes) return { kind: 'too-large' }
      chunks.push(chunk)
    }
  } catch {
    return { kind: 'cut' } // the caller went away; there is nobody to tell
  }
  return { kind: 'read', bytes: Buffer.concat(chunks) }
}
