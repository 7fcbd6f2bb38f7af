/** Reads the end of a log file, or what came after a cursor, in whole lines. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export type TailResult = {
  file: string
  /** Byte offset to pass back for what comes next. */
  cursor: number
  size: number
  lines: string[]
  /** Lines were left out to keep the answer short. */
  truncated?: true
  /** The cursor was of another file: reading began anew. */
  reset?: true
}

export type TailRange = { cursor?: number | undefined; limit?: number | undefined; maxBytes?: number | undefined }

export function tailLog(file: string, { cursor, limit = 500, maxBytes = 250_000 }: TailRange): TailResult {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    // No line has been written today.
    return { file, cursor: 0, size: 0, lines: [], ...(cursor ? { reset: true as const } : {}) }
  }
  try {
    const { size } = fstatSync(fd)
    const reset = cursor !== undefined && cursor > size
    const from = cursor === undefined || reset ? 0 : cursor
    const start = Math.max(from, size - maxBytes)
    const { lines, end } = wholeLines(read(fd, Math.max(0, start - 1), size), start)
    const isCut = (start > from && !reset && cursor !== undefined) || lines.length > limit
    return {
      file,
      cursor: end,
      size,
      lines: lines.slice(-limit),
      ...(isCut ? { truncated: true as const } : {}),
      ...(reset ? { reset: true as const } : {}),
    }
  } finally {
    closeSync(fd)
  }
}

function read(fd: number, from: number, to: number): Buffer {
  const buffer = Buffer.alloc(to - from)
  return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from))
}

/** `bytes` begins one byte before `start`, if there is one: it tells whether a line begins at `start`. */
function wholeLines(bytes: Buffer, start: number): { lines: string[]; end: number } {
  const newline = 10
  const offset = start === 0 ? 0 : start - 1
  const first = start === 0 ? 0 : bytes.indexOf(newline) + 1
  const last = bytes.lastIndexOf(newline) + 1
  if (last === 0 || (start > 0 && first === 0)) return { lines: [], end: start }
  const text = bytes.subarray(first, last).toString('utf8')
  return { lines: text.split('\n').filter((line) => line !== ''), end: offset + last }
}
