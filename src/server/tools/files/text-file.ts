/** Telling text from other bytes. */

/** True for bytes that are not text in UTF-8: a NUL near the beginning, or a sequence that is none. */
export function isBinary(bytes: Uint8Array): boolean {
  if (bytes.subarray(0, 8192).includes(0)) return true
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return false
  } catch {
    return true
  }
}
