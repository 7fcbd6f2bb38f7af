/** Photos and files that came with a message: photos for the model to see, files for the agent to read, and what was too large told. */

import { errorText, Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { sleep } from '../../shared/std/signal.ts'
import type { Attachment, Channel } from './channel.ts'
import type { Image } from './conversation.ts'
import { tooLargeText } from './words.ts'

/** Largest image a message may carry (section 7.5). */
const imageLimitBytes = 5 * 1024 * 1024
const tries = 4
const retryMs = 2_000

export type Taken = {
  readonly images: readonly Image[]
  /** Lines for the model: what came and where it lies. */
  readonly notes: readonly string[]
  /** Lines for the person who sent it. */
  readonly refusals: readonly string[]
}

export type MediaParts = {
  channel: Pick<Channel, 'fetch'>
  limitBytes: number
  clock: Clock
  /** Returns the path as the agent writes it. */
  keep(name: string, bytes: Uint8Array): Promise<string>
  signal: AbortSignal
}

export async function takeAttachments(parts: MediaParts, attachments: readonly Attachment[]): Promise<Taken> {
  const taken = { images: [] as Image[], notes: [] as string[], refusals: [] as string[] }
  for (const attachment of attachments) {
    const { kind, name, mimeType, sizeBytes = 0 } = attachment
    const limit = kind === 'photo' ? Math.min(parts.limitBytes, imageLimitBytes) : parts.limitBytes
    const refuse = (why: string) => {
      taken.refusals.push(why)
      taken.notes.push(`[${name}: not taken. ${why}]`)
    }
    if (sizeBytes > limit) {
      refuse(tooLargeText(name, limit))
      continue
    }
    try {
      const bytes = await fetchPatiently(parts, attachment, limit)
      if (kind === 'photo') taken.images.push({ mimeType, fileName: name, bytes })
      else taken.notes.push(`[File ${await parts.keep(safeName(name), bytes)} (${mimeType}, ${bytes.length} bytes)]`)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      refuse(`${name} could not be taken: ${errorText(error)}`)
    }
  }
  return taken
}

/** What may pass, such as a service that does not answer, is tried again. */
async function fetchPatiently(
  { channel, clock, signal }: MediaParts,
  attachment: Attachment,
  limitBytes: number,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await channel.fetch(attachment, limitBytes, signal)
    } catch (error) {
      if (!(error instanceof Fault && error.retryable) || attempt === tries) throw error
      await sleep(clock, error.retryAfterMs ?? retryMs * attempt, signal)
    }
  }
}

/** The name somebody chose, as one part of a path without surprises (EX16). */
export function safeName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._ -]/gu, '_')
    .replace(/^[. ]+/, '')
    .trim()
  const end = /\.[A-Za-z0-9]{1,10}$/.exec(plain)?.[0] ?? ''
  return `${plain.slice(0, plain.length - end.length).slice(0, 80) || 'file'}${end}`
}
