/** Keys as a person names them → the bytes that a terminal sends for them. */

/** Bytes that a person's keys send, by name; text outside `<…>` is typed as it is. */
const keyBytes: Readonly<Record<string, string>> = {
  ...{ enter: '\r', escape: '\x1b', esc: '\x1b', tab: '\t', backspace: '\x7f', delete: '\x1b[3~', space: ' ' },
  ...{ up: '\x1b[A', down: '\x1b[B', right: '\x1b[C', left: '\x1b[D', home: '\x1b[H', end: '\x1b[F' },
  ...{
    pageup: '\x1b[5~',
    pagedown: '\x1b[6~',
    'shift+enter': '\x1b[13;2u',
    'alt+enter': '\x1b\r',
    'alt+up': '\x1b[1;3A',
    'shift+tab': '\x1b[Z',
  },
}

/** `hello<enter>` → bytes. `<ctrl+k>` and `<alt+b>` work for every letter. */
export function bytesOf(keys: string): string {
  return keys.replace(/<([^<>]+)>/g, (whole, name: string) => {
    const ctrl = /^ctrl\+([a-z])$/.exec(name)?.[1]
    if (ctrl) return String.fromCharCode(ctrl.charCodeAt(0) - 96)
    const alt = /^alt\+(.)$/.exec(name)?.[1]
    return alt ? `\x1b${alt}` : (keyBytes[name] ?? whole)
  })
}

/** One string per key: `a<enter>` → `a`, `<enter>`. */
export const splitKeys = (keys: string): string[] => keys.match(/<[^<>]+>|[\s\S]/gu) ?? []

/** One string per word and per key with a name: `a b<enter>` → `a b`, `<enter>`. */
export const splitStrokes = (keys: string): string[] => keys.match(/<[^<>]+>|(?:(?!<[^<>]+>)[\s\S])+/gu) ?? []
