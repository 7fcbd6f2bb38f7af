/** The index of words follows the log: what was stored is indexed a little later, so that no answer waits for it. */

import { type Message, messageText } from '../../shared/model/message.ts'
import type { Database } from '../storage/database.ts'
import { indexWords } from './search-text.ts'

/** Messages indexed in one transaction: some milliseconds. */
const batch = 100

export type WordIndex = {
  /** Indexes what was stored since the last call. Throws a `Fault` when the disk is full; the next call goes on from there. */
  catchUp(): void
}

export function openWordIndex(db: Database): WordIndex {
  /** Every entry up to this one is indexed or holds no words; unknown until the first call. */
  let upTo: number | undefined
  const next = (after: number): number | undefined => {
    const rows = db.all('SELECT seq, message FROM entries WHERE seq > ? ORDER BY seq LIMIT ?', after, batch)
    if (rows.length === 0) return undefined
    db.write(() => {
      for (const { seq, message } of rows) {
        const text = messageText((JSON.parse(String(message)) as Message).content)
        if (text !== '') db.run('INSERT INTO entry_words (rowid, words) VALUES (?, ?)', Number(seq), indexWords(text))
      }
    })
    return Number(rows.at(-1)?.seq)
  }
  return {
    catchUp() {
      upTo ??= Number(db.get('SELECT coalesce(max(id), 0) AS id FROM entry_words_docsize')?.id)
      for (let last: number | undefined = upTo; last !== undefined; last = next(last)) upTo = last
    },
  }
}
