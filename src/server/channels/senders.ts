/** The people a person let in, and those who ask to be: by number, with a short code that whoever decides can compare. */

import { randomInt } from 'node:crypto'
import type { Clock } from '../../shared/std/clock.ts'
import type { Database, Row } from '../storage/database.ts'
import type { Person } from './channel.ts'

/** A code is good for this long; then a further message makes another. */
const codeMs = 3_600_000
/** Who was rejected is not heard again before. */
const rejectedMs = 24 * 3_600_000
/** Strangers that may wait at a time: they are written to disk, and somebody has to read them. */
const maxWaiting = 10
/** No 0 and O, no 1 and I: codes are read aloud. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export type Sender = Person & { readonly chat: string }

export type WaitingSender = Sender & { readonly code: string; readonly askedAt: number }

export type ApprovedSender = Sender & { readonly approvedAt: number }

export type Senders = ReturnType<typeof openSenders>

export function openSenders({ db, clock, channel }: { db: Database; clock: Clock; channel: string }) {
  const all = (state: string) =>
    db.all('SELECT * FROM channel_senders WHERE channel = ? AND state = ? ORDER BY asked_at', channel, state)
  const find = (id: string) => db.get('SELECT * FROM channel_senders WHERE channel = ? AND sender_id = ?', channel, id)
  const isFresh = ({ state, asked_at, decided_at }: Row) =>
    state === 'rejected' ? Number(decided_at) > clock.now() - rejectedMs : Number(asked_at) > clock.now() - codeMs
  const waiting = (): WaitingSender[] => all('waiting').filter(isFresh).map(waitingOf)
  const forget = (id: string) =>
    db.run('DELETE FROM channel_senders WHERE channel = ? AND sender_id = ?', channel, id).changes > 0

  const decide = (who: string, state: 'approved' | 'rejected'): WaitingSender | undefined => {
    const word = who.trim()
    const asking = waiting().find(({ code, id }) => code === word.toUpperCase() || id === word)
    if (!asking) return undefined
    db.transaction(() =>
      db.run(
        'UPDATE channel_senders SET state = ?, code = NULL, decided_at = ? WHERE channel = ? AND sender_id = ?',
        ...[state, clock.now(), channel, asking.id],
      ),
    )
    return asking
  }

  return {
    isApproved: (id: string): boolean => find(id)?.state === 'approved',

    /** Oldest first, without those whose code has run out. */
    waiting,

    approved: (): ApprovedSender[] =>
      all('approved').map((row) => ({ ...senderOf(row), approvedAt: Number(row.decided_at) })),

    /** A stranger wrote: the code to tell them, once; undefined when they were told, were rejected, or too many wait. */
    ask({ id, name, username, chat }: Sender): WaitingSender | undefined {
      const known = find(id)
      if (known && (known.state === 'approved' || isFresh(known))) return undefined
      if (waiting().length >= maxWaiting) return undefined
      const code = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
      db.transaction(() => {
        db.run(
          "DELETE FROM channel_senders WHERE channel = ? AND state = 'waiting' AND asked_at <= ?",
          channel,
          clock.now() - codeMs,
        )
        db.run(
          `INSERT OR REPLACE INTO channel_senders (channel, sender_id, state, code, name, username, chat, asked_at)
           VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?)`,
          ...[channel, id, code, name, username ?? null, chat, clock.now()],
        )
      })
      return { id, name, ...(username !== undefined && { username }), chat, code, askedAt: clock.now() }
    },

    /** By code or number; undefined when nobody such waits. */
    approve: (who: string) => decide(who, 'approved'),
    reject: (who: string) => decide(who, 'rejected'),

    /** Somebody who was approved is a stranger again. */
    revoke(id: string): boolean {
      return find(id)?.state === 'approved' && forget(id)
    },
  }
}

function senderOf(row: Row): Sender {
  return {
    id: String(row.sender_id),
    name: String(row.name),
    ...(row.username !== null && { username: String(row.username) }),
    chat: String(row.chat),
  }
}

function waitingOf(row: Row): WaitingSender {
  return { ...senderOf(row), code: String(row.code), askedAt: Number(row.asked_at) }
}
