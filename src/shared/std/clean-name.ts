/** What a stranger calls itself, made safe to show to the person who decides about it (security requirement PA8). */

/** Characters that move the cursor, reorder text or cannot be seen: controls, formats (bidi among them), line breaks. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu

/** At most `limit` UTF-16 units; undefined when nothing readable is left. */
export function cleanName(text: string | undefined, limit = 64): string | undefined {
  const clean = text?.replace(unseen, '').replace(/\s+/g, ' ').trim().slice(0, limit)
  return clean === undefined || clean === '' ? undefined : clean.toWellFormed()
}
