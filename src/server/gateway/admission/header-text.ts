/** Header values as Tailscale Serve writes names that are not ASCII: Q-encoded words of RFC 2047 (TS8). Pure. */

/** The text; undefined when it is not what Serve would write. An empty one is what Serve makes of invalid UTF-8. */
export function decodeHeaderText(value: string): string | undefined {
  if (!value.startsWith('=?')) return /^[\x20-\x7e]*$/.test(value) ? value : undefined
  const bytes: number[] = []
  for (const word of value.split(' ')) {
    const encoded = /^=\?utf-8\?q\?([\x21-\x3e\x40-\x7e]*)\?=$/i.exec(word)?.[1]
    if (encoded === undefined) return undefined
    for (const [part] of encoded.matchAll(/=[0-9A-F]{2}|./gi)) {
      if (part === '=') return undefined
      bytes.push(part.length === 3 ? Number.parseInt(part.slice(1), 16) : part === '_' ? 0x20 : part.charCodeAt(0))
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}
