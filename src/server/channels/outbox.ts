/** What has to go out, on disk until the service has it (DU6). */

import type { Clock } from '../../shared/std/clock.ts'
import type { Database, Row } from '../storage/database.ts'
import type { Address, OutgoingFile } from './channel.ts'

export type Letter = {
  /** One letter per key, however often it is put. */
  readonly key: string
  readonly address: Address
  /** Markdown; of a file its caption. */
  readonly text: string
  readonly replyTo?: string
  /** Messages that hold the beginning already: they are written anew. */
  readonly shown?: readonly string[]
  readonly file?: Omit<OutgoingFile, 'caption'>
}

export type WaitingLetter = Letter & {
  readonly id: number
  readonly delivered: number
  readonly createdAt: number
}

export type LetterState = {
  readonly state: 'waiting' | 'sent' | 'failed'
  readonly messageId?: string
  readonly error?: string
}

/** Letters kept after they went out, so that their key is known. */
const remembered = 5_000

export type Outbox = ReturnType<typeof openOutbox>

export function openOutbox({ db, clock, channel }: { db: Database; clock: Clock; channel: string }) {
  const settle = (id: number, state: 'sent' | 'failed', error: string | null) =>
    db.write(() =>
      db.run(
        "UPDATE channel_outbox SET state = ?, error = ?, settled_at = ?, body = '', file = NULL WHERE id = ?",
        state,
        error,
        clock.now(),
        id,
      ),
    )
  return {
    /** Survives the death of the process when it returns, and of the machine once `db.synced` resolves. */
    put({ key, file, ...letter }: Letter): void {
      const { bytes, ...about } = file ?? { bytes: null }
      const body = JSON.stringify({ ...letter, ...(file && { file: about }) })
      db.write(() =>
        db.run(
          `INSERT OR IGNORE INTO channel_outbox (channel, message_key, chat, body, file, created_at)
           VALUES (?, ?, ?, ?, ?, ?)`,
          ...[channel, key, letter.address.chat, body, bytes, clock.now()],
        ),
      )
    },

    /** Chats for which something waits. */
    chats(): string[] {
      db.run(
        "DELETE FROM channel_outbox WHERE channel = ? AND state <> 'waiting' AND id <= (SELECT max(id) FROM channel_outbox) - ?",
        channel,
        remembered,
      )
      return db
        .all("SELECT DISTINCT chat FROM channel_outbox WHERE channel = ? AND state = 'waiting'", channel)
        .map(({ chat }) => String(chat))
    },

    /** The oldest that waits for a chat. */
    next(chat: string): WaitingLetter | undefined {
      const row = db.get(
        "SELECT * FROM channel_outbox WHERE channel = ? AND state = 'waiting' AND chat = ? ORDER BY id LIMIT 1",
        channel,
        chat,
      )
      return row && letterOf(row)
    },

    /** So many pieces have arrived; `messageId` is that of the first. */
    noteDelivered(id: number, delivered: number, messageId: string): void {
      db.light.run(
        'UPDATE channel_outbox SET delivered = ?, message_id = coalesce(message_id, ?) WHERE id = ?',
        delivered,
        messageId,
        id,
      )
    },

    sent: (id: number) => settle(id, 'sent', null),
    failed: (id: number, error: string) => settle(id, 'failed', error),

    find(key: string): LetterState | undefined {
      const row = db.get('SELECT state, message_id, error FROM channel_outbox WHERE message_key = ?', key)
      if (!row) return undefined
      return {
        state: String(row.state) as LetterState['state'],
        ...(row.message_id !== null && { messageId: String(row.message_id) }),
        ...(row.error !== null && { error: String(row.error) }),
      }
    },

    /** How many wait. */
    size: (): number =>
      Number(db.get("SELECT count(*) AS n FROM channel_outbox WHERE channel = ? AND state = 'waiting'", channel)?.n),
  }
}

function letterOf(row: Row): WaitingLetter {
  const { file, ...letter } = JSON.parse(String(row.body)) as Omit<Letter, 'key'>
  return {
    ...letter,
    id: Number(row.id),
    key: String(row.message_key),
    delivered: Number(row.delivered),
    createdAt: Number(row.created_at),
    ...(file && row.file instanceof Uint8Array && { file: { ...file, bytes: row.file } }),
  }
}
