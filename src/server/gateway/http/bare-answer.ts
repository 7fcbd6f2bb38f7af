/** Refusals on a stream that HTTP does not hold any more, or never understood: a number, the strict headers, and the end. */

import type { Duplex } from 'node:stream'
import { nodeHttp } from './node-http.ts'
import { securityHeaders } from './route.ts'

export function refuseBare(stream: Duplex, status: 400 | 403 | 404 | 408 | 413 | 421 | 431 | 503): void {
  const headers = { ...securityHeaders, connection: 'close', 'content-length': '0' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  stream.end(`HTTP/1.1 ${status} ${nodeHttp().STATUS_CODES[status]}\r\n${lines.join('')}\r\n`)
  stream.once('finish', () => stream.destroy())
}

/** What came is no HTTP, too much, or too slow. Node's own answer to that lacks the headers every answer has (OR6). */
export function refuseUnread(error: NodeJS.ErrnoException, stream: Duplex & { bytesWritten?: number }): void {
  // After the beginning of an answer, another one would be taken for its middle.
  if (!stream.writable || error.code === 'ECONNRESET' || stream.bytesWritten !== 0) stream.destroy()
  else refuseBare(stream, statuses[error.code ?? ''] ?? 400)
}

const statuses: Readonly<Record<string, 408 | 413 | 431>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}
