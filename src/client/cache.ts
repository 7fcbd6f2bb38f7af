/** The last transcripts seen, so that a screen has something to show before the network answers. Private, bounded, disposable. */

import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { parseJson } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'
import { readIfThere, writePrivate } from './private-file.ts'

/** Most sessions kept for one gateway. */
export const cachedSessions = 20
/** Most messages kept of one session, the newest. */
export const cachedMessages = 200
/** Largest file of one session, bytes. */
export const cachedBytes = 512 * 1024

const file = z.object({
  sessionKey: z.string(),
  /** Wall time it was written. */
  savedAt: z.number(),
  messages: z.array(z.looseObject({ role: z.string() })),
})
export type CachedTranscript = Pick<z.infer<typeof file>, 'messages' | 'savedAt'>

export class TranscriptCache {
  readonly #dir: string

  constructor(cacheDir: string, origin: string) {
    this.#dir = join(cacheDir, hash(origin))
  }

  /** Oldest first; undefined when nothing usable is kept. Never throws for a damaged file. */
  async read(sessionKey: string): Promise<CachedTranscript | undefined> {
    const parsed = parseJson((await readIfThere(this.#path(sessionKey))) ?? '')
    const found = parsed.ok ? readAs(file, parsed.value) : undefined
    return found?.success && found.data.sessionKey === sessionKey ? found.data : undefined
  }

  /** Keeps the newest messages of a session and forgets the session that was not written for the longest time. */
  async write(
    sessionKey: string,
    messages: readonly Readonly<Record<string, unknown>>[],
    savedAt: number,
  ): Promise<void> {
    const newest = messages.slice(-cachedMessages)
    await writePrivate(this.#path(sessionKey), shrink({ sessionKey, savedAt, messages: newest }))
    await this.#prune()
  }

  async forget(sessionKey: string): Promise<void> {
    await rm(this.#path(sessionKey), { force: true })
  }

  /** How many there were. */
  async forgetAll(): Promise<number> {
    const names = await readdir(this.#dir).catch(() => []) // no folder: nothing was kept
    await rm(this.#dir, { recursive: true, force: true })
    return names.length
  }

  async #prune(): Promise<void> {
    const names = await readdir(this.#dir)
    if (names.length <= cachedSessions) return
    const aged = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(this.#dir, name))).mtimeMs })),
    )
    const old = aged.sort((a, b) => b.at - a.at).slice(cachedSessions)
    await Promise.all(old.map(({ name }) => rm(join(this.#dir, name), { force: true })))
  }

  #path(sessionKey: string): string {
    return join(this.#dir, `${hash(sessionKey)}.json`)
  }
}

type Kept = {
  readonly sessionKey: string
  readonly savedAt: number
  readonly messages: readonly Readonly<Record<string, unknown>>[]
}

/** Drops the older half until the text fits. */
function shrink(kept: Kept): string {
  const text = JSON.stringify(kept)
  const { messages } = kept
  if (messages.length === 0 || Buffer.byteLength(text) <= cachedBytes) return text
  return shrink({ ...kept, messages: messages.slice(Math.ceil(messages.length / 2)) })
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
