/** Cuts at chosen bytes of a stream, in one process; `cuts.long.ts` makes a thousand of them, and one at every byte. */

import { expect, test } from 'vitest'
import { streamThroughCuts } from '../support/cut-stream.ts'

test('TU12: after 15 cuts of its line a client has seen exactly what one has that never left', async () => {
  const { counts, cut, steady, cuts, attachments } = await streamThroughCuts(15, (connection, greetingBytes) => ({
    // Every fourth connection dies inside its greeting, the others among the events; a prime step varies the byte.
    cutAfterBytes:
      connection % 4 === 0 ? (connection * 211) % greetingBytes : greetingBytes + ((connection * 197) % 1_500),
  }))
  expect(cuts).toBe(15)
  expect(counts.cut).toEqual(counts.steady)
  expect(cut).toBe(steady)
  expect(new Set(attachments.slice(1).map(({ kind }) => kind))).toEqual(new Set(['resumed']))
  expect(attachments.some(({ replayed }) => replayed > 0)).toBe(true)
})
