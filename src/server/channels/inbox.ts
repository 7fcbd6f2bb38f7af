/** What came in, on disk before the service is told that it was taken, and once however often it is told (DU6). */

import type { Clock } from '../../shared/std/clock.ts'
import type { Database } from '../storage/database.ts'
import type { ChannelEvent } from './channel.ts'

/** Something that has not been dealt with. */
export type OpenEvent = {
  readonly id: number
  readonly event: ChannelEvent
  /** Messages that show the beginning of its answer already. */
  readonly shown: readonly string[]
}

/** Ids remembered after they were dealt with, per service. Telegram repeats what is at most a day old. */
const remembered = 20_000

export type Inbox = ReturnType<typeof openInbox>

export function openInbox({ db, clock, channel }: { db: Database; clock: Clock; channel: string }) {
  const table = 'channel_inbox'
  return {
    /** Keeps what is new and returns it; what is known already changes nothing. On disk once `db.synced` resolves. */
    take: (events: readonly ChannelEvent[]): OpenEvent[] =>
      db.write(() =>
        events.flatMap((event) => {
          const { changes, lastId } = db.run(
            `INSERT OR IGNORE INTO ${table} (channel, event_id, received_at, body) VALUES (?, ?, ?, ?)`,
            channel,
            event.eventId,
            clock.now(),
            JSON.stringify(event),
          )
          return changes === 0 ? [] : [{ id: lastId, event, shown: [] }]
        }),
      ),

    /** What an earlier gateway left, oldest first. */
    open(): OpenEvent[] {
      db.run(
        `DELETE FROM ${table} WHERE channel = ? AND body IS NULL AND id <= (SELECT max(id) FROM ${table}) - ?`,
        channel,
        remembered,
      )
      return db
        .all(`SELECT id, body, shown FROM ${table} WHERE channel = ? AND body IS NOT NULL ORDER BY id`, channel)
        .map((row) => ({
          id: Number(row.id),
          event: JSON.parse(String(row.body)) as ChannelEvent,
          shown: row.shown === null ? [] : (JSON.parse(String(row.shown)) as string[]),
        }))
    },

    /** The answer is being shown in these messages: a later gateway writes on in them. */
    noteShown(id: number, messageIds: readonly string[]): void {
      db.light.run(`UPDATE ${table} SET shown = ? WHERE id = ?`, JSON.stringify(messageIds), id)
    },

    /** Dealt with; inside the transaction that stores what came of it. */
    done(id: number): void {
      db.run(`UPDATE ${table} SET body = NULL, shown = NULL WHERE id = ?`, id)
    },
  }
}
