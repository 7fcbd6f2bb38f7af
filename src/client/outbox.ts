/**
 * Messages typed but not yet acknowledged by the gateway, one private file each, so that neither a break nor a crash
 * loses one. Only messages: an approval is never stored nor sent again.
 */

import { createHash } from 'node:crypto'
import { readdir, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../shared/fault.ts'
import type { Call } from '../shared/rpc/call.ts'
import type { Clock } from '../shared/std/clock.ts'
import { parseJson } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'
import { sleep } from '../shared/std/signal.ts'
import { makePrivateFolder, readIfThere, writePrivate } from './private-file.ts'

/** Most messages waiting for one gateway. */
export const outboxLimit = 50
/** A message that waited longer is not sent by itself any more: 48 h in milliseconds. */
export const outboxExpiryMs = 48 * 3_600_000
/** Pause before a message is sent again on a connection that is up, milliseconds. */
const resendMs = 1_000

const stored = z.strictObject({
  idempotencyKey: z.string().min(1),
  sessionKey: z.string().min(1),
  message: z.string(),
  thinking: z.string().optional(),
  createdAt: z.number(),
  /** Where it stands among the others, as if created then; of a message that was taken back, changed and sent again. */
  place: z.number().optional(),
})

/** One message waiting for its acknowledgement. The idempotency key is its run's id, so sending twice is one run. */
export type OutboxEntry = Readonly<z.infer<typeof stored>>

/** What became of an entry. */
export type Delivery =
  | { readonly kind: 'accepted'; readonly entry: OutboxEntry; readonly status: string }
  | { readonly kind: 'refused'; readonly entry: OutboxEntry; readonly fault: Fault }
  | { readonly kind: 'expired'; readonly entry: OutboxEntry }
  /** Another program of ours took it back, or sent it. */
  | { readonly kind: 'gone'; readonly entry: OutboxEntry }

export type Outbox = {
  /** In the order they are sent in. */
  readonly entries: readonly OutboxEntry[]
  /** Stores the message, then sends it when live. Rejects with a `Fault` when it cannot be stored or the box is full. */
  add(entry: Omit<OutboxEntry, 'createdAt'>): Promise<void>
  /** Changes the text of a message; false when it is on its way, or may have reached the gateway before a break. */
  edit(idempotencyKey: string, message: string): Promise<boolean>
  /** Takes a message back; false when it is on its way. */
  remove(idempotencyKey: string): Promise<boolean>
  deliveries(listener: (delivery: Delivery) => void): () => void
}

/** The outbox of one gateway. Several programs may share it: the same key sent by both is still one run. */
export class FileOutbox implements Outbox {
  readonly #dir: string
  readonly #clock: Clock
  readonly #listeners = new Set<(delivery: Delivery) => void>()
  #entries: readonly OutboxEntry[] = []
  #sending: string | undefined
  /** Settles with the last change by the person; nothing is sent before. */
  #lastChange: Promise<unknown> = Promise.resolve()
  /** Keys that were sent at least once: their text must stay, since the gateway may know them. */
  readonly #tried = new Set<string>()
  #wake = () => {}

  private constructor(dir: string, clock: Clock) {
    this.#dir = dir
    this.#clock = clock
  }

  /**
   * Reads what an earlier run left behind, also under a name the same gateway had before. Files that are not ours to
   * understand are left alone.
   */
  static async open(outboxDir: string, id: string, clock: Clock, formerId?: string): Promise<FileOutbox> {
    const box = new FileOutbox(join(outboxDir, hash(id)), clock)
    if (formerId !== undefined && formerId !== id) await box.#inherit(join(outboxDir, hash(formerId)))
    const names = await readdir(box.#dir).catch(() => []) // no folder yet: nothing waits
    const found = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => box.#read(name)))
    box.#entries = inOrder(found.filter((entry) => entry !== undefined))
    return box
  }

  /** Deletes what waits for a gateway that is forgotten; how many messages that were. */
  static async forget(outboxDir: string, id: string, clock: Clock): Promise<number> {
    const { entries } = await FileOutbox.open(outboxDir, id, clock)
    await rm(join(outboxDir, hash(id)), { recursive: true, force: true })
    return entries.length
  }

  get entries(): readonly OutboxEntry[] {
    return this.#entries
  }

  add(entry: Omit<OutboxEntry, 'createdAt'>): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#entries.length >= outboxLimit) {
        throw new Fault('client.closed', `${outboxLimit} messages already wait for this gateway`, {
          remedy: 'Wait until the connection is back, then send it again.',
        })
      }
      const last = this.#entries.at(-1)
      // After the one before it, whatever the clock says: a later run reads the order from this.
      const createdAt = Math.max(this.#clock.now(), (last === undefined ? 0 : standing(last)) + 1)
      const whole = stored.parse({ ...entry, createdAt })
      await this.#write(whole)
      this.#entries = inOrder([...this.#entries, whole])
      this.#wake()
    })
  }

  edit(idempotencyKey: string, message: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const entry = this.#waiting(idempotencyKey)
      if (!entry || this.#tried.has(idempotencyKey)) return false
      const changed = stored.parse({ ...entry, message })
      await this.#write(changed)
      this.#entries = this.#entries.map((other) => (other === entry ? changed : other))
      return true
    })
  }

  remove(idempotencyKey: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const entry = this.#waiting(idempotencyKey)
      if (entry) await this.#forget(entry)
      return entry !== undefined
    })
  }

  deliveries(listener: (delivery: Delivery) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Sends in order while a connection is live; returns when `signal` ends or the socket is lost. One at a time. */
  async deliver(call: Call, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#changed()
      const [first] = this.#entries
      const entry = first && (await this.#asStored(first))
      if (!first) await this.#news(signal)
      else if (!entry) await this.#settle({ kind: 'gone', entry: first })
      else if (entry.createdAt + outboxExpiryMs <= this.#clock.now()) await this.#settle({ kind: 'expired', entry })
      else if (!(await this.#send(entry, call, signal))) return
    }
  }

  /** False when the connection is gone and the entry has to wait for the next one. */
  async #send(entry: OutboxEntry, call: Call, signal: AbortSignal): Promise<boolean> {
    const { sessionKey, message, thinking, idempotencyKey } = entry
    this.#sending = idempotencyKey
    await this.#markTried(entry)
    try {
      const params = { sessionKey, message, deliver: false, idempotencyKey }
      const answer = await call('chat.send', thinking === undefined ? params : { ...params, thinking }, { signal })
      await this.#settle({ kind: 'accepted', entry, status: answer.status ?? 'ok' })
      return true
    } catch (error) {
      if (signal.aborted) return false
      if (!(error instanceof Fault)) throw error
      if (error.code === 'client.closed') return false
      if (!error.retryable) await this.#settle({ kind: 'refused', entry, fault: error })
      else await sleep(this.#clock, error.retryAfterMs ?? resendMs, signal).catch(() => {}) // ended: the loop sees it
      return true
    } finally {
      this.#sending = undefined
    }
  }

  async #settle(delivery: Delivery): Promise<void> {
    await this.#forget(delivery.entry)
    for (const listener of [...this.#listeners]) listener(delivery)
  }

  async #forget(entry: OutboxEntry): Promise<void> {
    this.#entries = this.#entries.filter((other) => other !== entry)
    await rm(this.#path(entry), { force: true })
    this.#tried.delete(entry.idempotencyKey)
  }

  /** Unless it is on its way. */
  #waiting(idempotencyKey: string): OutboxEntry | undefined {
    if (this.#sending === idempotencyKey) return undefined
    return this.#entries.find((other) => other.idempotencyKey === idempotencyKey)
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(change)
    this.#lastChange = done.catch(() => {}) // the one who wanted it hears of the failure
    return done
  }

  async #changed(): Promise<void> {
    for (let last: unknown; last !== this.#lastChange; ) {
      last = this.#lastChange
      await last
    }
  }

  /** As it is on disk now, where another program of ours may have edited it, or taken it back. */
  async #asStored(entry: OutboxEntry): Promise<OutboxEntry | undefined> {
    const name = hash(entry.idempotencyKey)
    const found = (await this.#read(`${name}.json`)) ?? (await this.#read(`${name}.sent.json`))
    if (!found || found.message === entry.message) return found && entry
    this.#entries = this.#entries.map((other) => (other === entry ? found : other))
    return found
  }

  /** The file's name tells it to a later run of this program, also after a kill in the middle of sending. */
  async #markTried(entry: OutboxEntry): Promise<void> {
    if (this.#tried.has(entry.idempotencyKey)) return
    const before = this.#path(entry)
    this.#tried.add(entry.idempotencyKey)
    await rename(before, this.#path(entry)).catch(() => {}) // another program of ours did it, or sent it already
  }

  /** Moves what waited under a former name into this box. */
  async #inherit(formerDir: string): Promise<void> {
    const names = await readdir(formerDir).catch(() => [])
    if (names.length === 0) return
    makePrivateFolder(this.#dir)
    for (const name of names) await rename(join(formerDir, name), join(this.#dir, name))
    await rmdir(formerDir)
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        signal.removeEventListener('abort', this.#wake)
        resolve()
      }
      signal.addEventListener('abort', this.#wake, { once: true })
    })
  }

  #path(entry: OutboxEntry): string {
    const mark = this.#tried.has(entry.idempotencyKey) ? '.sent' : ''
    return join(this.#dir, `${hash(entry.idempotencyKey)}${mark}.json`)
  }

  async #write(entry: OutboxEntry): Promise<void> {
    try {
      await writePrivate(this.#path(entry), JSON.stringify(entry))
    } catch (cause) {
      throw new Fault('storage.full', `The message could not be stored in ${this.#dir}`, {
        remedy: 'Make room on the disk, or check who owns that folder; your text stays in the composer.',
        cause,
      })
    }
  }

  async #read(name: string): Promise<OutboxEntry | undefined> {
    const parsed = parseJson((await readIfThere(join(this.#dir, name))) ?? '')
    const entry = parsed.ok ? readAs(stored, parsed.value).data : undefined
    if (entry && name.endsWith('.sent.json')) this.#tried.add(entry.idempotencyKey)
    return entry
  }
}

/** Where an entry stands among those that wait. */
export const standing = ({ place, createdAt }: OutboxEntry): number => place ?? createdAt

const inOrder = (entries: readonly OutboxEntry[]): OutboxEntry[] =>
  entries.toSorted((a, b) => standing(a) - standing(b))

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
