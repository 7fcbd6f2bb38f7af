/** Fetches a file somebody sent to the bot: from the Bot API's own server, at a path without tricks, up to a limit. */

import { Fault } from '../../../shared/fault.ts'

/** Rejects with a `Fault` that never names the address, which holds the token. */
export async function download(
  apiRoot: string,
  token: string,
  path: string | undefined,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (path === undefined || !/^[\w-][\w./-]{0,255}$/.test(path) || path.includes('..')) {
    throw new Fault('channel.refused', 'Telegram gives the file no address this gateway can use')
  }
  const url = `${apiRoot.replace(/\/+$/, '')}/file/bot${token}/${path}`
  const response = await fetch(url, { signal, redirect: 'error' }).catch((cause: unknown) => {
    if (signal.aborted) throw signal.reason
    throw new Fault('channel.unavailable', 'The file could not be fetched from Telegram', { retryable: true, cause })
  })
  if (!response.ok || response.body === null) {
    throw new Fault('channel.refused', `Telegram does not give the file away (status ${response.status})`)
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > limitBytes) throw new Fault('channel.refused', `The file is larger than ${limitBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
