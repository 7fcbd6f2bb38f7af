/** What is kept of a command's output: its beginning and its end, never more than a fixed number of bytes (EX12). */

/** Most that is ever kept of one run. */
export const maxKeptBytes = 1024 * 1024

/** Keeps the first and last halves of `limitBytes`; the middle is counted and dropped. */
export class OutputKeeper {
  readonly #headLimit: number
  readonly #tailLimit: number
  #head: Buffer = Buffer.alloc(0)
  #headLength = 0
  #tail: Buffer | undefined
  /** Bytes ever written to the tail, which is a ring. */
  #tailWritten = 0

  constructor(limitBytes: number) {
    const limit = Math.min(limitBytes, maxKeptBytes)
    this.#headLimit = Math.ceil(limit / 2)
    this.#tailLimit = Math.max(1, limit - this.#headLimit)
  }

  get totalBytes(): number {
    return this.#headLength + this.#tailWritten
  }

  get omittedBytes(): number {
    return Math.max(0, this.#tailWritten - this.#tailLimit)
  }

  append(bytes: Uint8Array): void {
    const room = this.#headLimit - this.#headLength
    if (room > 0) this.#appendHead(bytes.subarray(0, room))
    if (bytes.length > room) this.#appendTail(bytes.subarray(room))
  }

  /** The text kept so far, with a line that tells of what is missing in the middle. */
  text(): string {
    const head = this.#head.subarray(0, this.#headLength)
    const tail = this.#tailBytes()
    if (this.omittedBytes === 0) return Buffer.concat([head, tail]).toString('utf8')
    const note = `\n[… ${this.omittedBytes} bytes of output left out here …]\n`
    return `${decode(head)}${note}${decode(tail)}`
  }

  /** At most the last `limitBytes`, for a screen that follows along. */
  lastText(limitBytes: number): string {
    const tail = this.#tailBytes()
    const head = this.#head.subarray(0, this.#headLength)
    const bytes = this.omittedBytes > 0 ? tail : Buffer.concat([head, tail])
    return decode(bytes.subarray(Math.max(0, bytes.length - limitBytes)))
  }

  #appendHead(bytes: Uint8Array): void {
    const needed = this.#headLength + bytes.length
    if (needed > this.#head.length) {
      const grown = Buffer.alloc(Math.min(this.#headLimit, Math.max(needed, this.#head.length * 2, 4096)))
      this.#head.copy(grown, 0, 0, this.#headLength)
      this.#head = grown
    }
    this.#head.set(bytes, this.#headLength)
    this.#headLength = needed
  }

  #appendTail(bytes: Uint8Array): void {
    this.#tail ??= Buffer.alloc(this.#tailLimit)
    const skipped = Math.max(0, bytes.length - this.#tailLimit)
    this.#tailWritten += skipped
    let rest = bytes.subarray(skipped)
    while (rest.length > 0) {
      const at = this.#tailWritten % this.#tailLimit
      const piece = rest.subarray(0, this.#tailLimit - at)
      this.#tail.set(piece, at)
      this.#tailWritten += piece.length
      rest = rest.subarray(piece.length)
    }
  }

  #tailBytes(): Buffer {
    if (!this.#tail) return Buffer.alloc(0)
    if (this.#tailWritten <= this.#tailLimit) return this.#tail.subarray(0, this.#tailWritten)
    const at = this.#tailWritten % this.#tailLimit
    return Buffer.concat([this.#tail.subarray(at), this.#tail.subarray(0, at)])
  }
}

/** Text of bytes that were cut anywhere: the torn characters at both ends are dropped. */
function decode(bytes: Buffer): string {
  let start = 0
  while (start < Math.min(3, bytes.length) && isContinuation(bytes[start])) start++
  return bytes.subarray(start, bytes.length - tornBytes(bytes)).toString('utf8')
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

/** How many bytes at the end begin a character of UTF-8 that is not complete yet: 0 to 3. */
function tornBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (isContinuation(byte)) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

/** Passes on whole characters only, so that two streams can be interleaved without tearing one. */
export class WholeCharacters {
  #held: Uint8Array = new Uint8Array(0)

  push(bytes: Uint8Array): Uint8Array {
    const joined = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes
    const torn = tornBytes(joined)
    this.#held = Uint8Array.from(joined.subarray(joined.length - torn))
    return joined.subarray(0, joined.length - torn)
  }

  /** What is left when the stream has ended; a torn character is then shown as it is. */
  end(): Uint8Array {
    const rest = this.#held
    this.#held = new Uint8Array(0)
    return rest
  }
}
