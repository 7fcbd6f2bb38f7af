/** How entries of the journal hang together: each carries the digest of the one before, so a change anywhere shows. Pure. */

import { createHash } from 'node:crypto'

export type JournalEntry = {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number
  /** Wall time, milliseconds. For people: the order is that of `seq`. */
  readonly at: number
  /** What happened, such as `auth.refused` or `approval.answered`. */
  readonly what: string
  readonly facts: Readonly<Record<string, unknown>>
  /** SHA-256 of this entry and the hash before it, hex. */
  readonly hash: string
}

/** The hash before the first entry. */
export const genesis = '0'.repeat(64)

/** `factsText` is the JSON as it is stored: written once, so that no later printing can change the digest. */
export function hashOf(previous: string, entry: { seq: number; at: number; what: string; factsText: string }): string {
  const line = JSON.stringify([previous, entry.seq, entry.at, entry.what, entry.factsText])
  return createHash('sha256').update(line).digest('hex')
}

export type StoredEntry = { seq: number; at: number; what: string; factsText: string; hash: string }

export type ChainCheck =
  | { readonly kind: 'whole'; readonly entries: number; readonly hash: string }
  | { readonly kind: 'broken'; readonly seq: number; readonly why: string }

/** `before`: the number and hash of the entry before the first, which is not zero once old entries were let go. */
export function checkChain(entries: Iterable<StoredEntry>, before: { seq: number; hash: string }): ChainCheck {
  let { seq, hash } = before
  for (const entry of entries) {
    if (entry.seq !== seq + 1) {
      return { kind: 'broken', seq: seq + 1, why: `entry ${seq + 1} is missing; ${entry.seq} follows ${seq}` }
    }
    if (hashOf(hash, entry) !== entry.hash) {
      return { kind: 'broken', seq: entry.seq, why: `entry ${entry.seq} or the one before it is not as it was written` }
    }
    ;({ seq, hash } = entry)
  }
  return { kind: 'whole', entries: seq - before.seq, hash }
}
