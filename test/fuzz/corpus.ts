/**
 * Inputs that are kept, and what chance makes of them. Every input that ever found a fault stays in `test/fixtures/corpus`,
 * one file each; the others there are starting points.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Dice } from '../support/dice.ts'

export type Fuzzing = { seed: number; count: number }

const folder = join(import.meta.dirname, '../fixtures/corpus')

function corpus(kind: 'frames' | 'http' | 'config'): Buffer[] {
  const names = readdirSync(join(folder, kind)).toSorted()
  return names.map((name) => readFileSync(join(folder, kind, name)))
}

/** The corpus as it is, then changed copies of it, `count` in all but never less than the corpus. */
export function* inputs(kind: 'frames' | 'http' | 'config', { seed, count }: Fuzzing): Generator<Buffer> {
  const kept = corpus(kind)
  const dice = new Dice(seed)
  yield* kept
  for (let i = kept.length; i < count; i++) yield changed(dice.pick(kept), kept, dice)
}

/** Numbers of bytes at which programs count wrongly, and bytes that mean something to some parser. */
const edges = [0x00, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x27, 0x2f, 0x5c, 0x5b, 0x7b, 0x7d, 0x7f, 0x80, 0xc3, 0xed, 0xff]

function changed(start: Buffer, kept: readonly Buffer[], dice: Dice): Buffer {
  let bytes = start
  for (let times = 1 + dice.upTo(4); times > 0; times--) bytes = change(bytes, kept, dice)
  return bytes.subarray(0, 1024 * 1024)
}

function change(bytes: Buffer, kept: readonly Buffer[], dice: Dice): Buffer {
  const at = dice.upTo(bytes.length + 1)
  const end = Math.min(bytes.length, at + 1 + dice.upTo(16))
  const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]
  const byte = Buffer.of(dice.chance(0.5) ? dice.pick(edges) : dice.upTo(256))
  switch (dice.upTo(7)) {
    case 0:
      return Buffer.concat([head, byte, bytes.subarray(at + 1)])
    case 1:
      return Buffer.concat([head, byte, bytes.subarray(at)])
    case 2:
      return Buffer.concat([head, tail])
    case 3:
      return Buffer.concat([head, ...Array(1 + dice.upTo(dice.chance(0.02) ? 4_000 : 8)).fill(middle), tail])
    case 4:
      return head
    case 5: {
      const other = dice.pick(kept)
      return Buffer.concat([head, other.subarray(dice.upTo(other.length + 1))])
    }
    default: {
      const other = dice.pick(kept)
      const from = dice.upTo(other.length + 1)
      return Buffer.concat([head, other.subarray(from, from + dice.upTo(64)), bytes.subarray(at)])
    }
  }
}

/** How a failure is told, so that it can be kept. */
export function failure(kind: string, input: Buffer | string, what: unknown): Error {
  const bytes = Buffer.from(input)
  const start = bytes.subarray(0, 4_000).toString('base64')
  const told = what instanceof Error ? (what.stack ?? what.message) : String(what)
  return new Error(
    `${told}\nThe input (${bytes.length} bytes; keep it in test/fixtures/corpus/${kind}), base64:\n${start}`,
  )
}

/** Longest that any one input may take, of the processor: a machine that stands still for a while is no fault of a parser. */
const slowMs = 2_000

/** Gives one input to a parser that must neither throw nor hang. */
export function withoutThrowing<T>(kind: string, input: Buffer, parse: (text: string) => T): T {
  const before = process.cpuUsage()
  const result = attempt(kind, input, parse)
  const { user, system } = process.cpuUsage(before)
  if ((user + system) / 1_000 > slowMs) throw failure(kind, input, 'took too long')
  return result
}

function attempt<T>(kind: string, input: Buffer, parse: (text: string) => T): T {
  try {
    return parse(input.toString())
  } catch (error) {
    throw failure(kind, input, error)
  }
}
