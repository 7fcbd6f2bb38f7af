/**
 * Pairing codes as people read and type them: 40 random bits in eight signs of Crockford's base 32, which has no signs
 * that look alike. Our extension; it travels as `auth.bootstrapToken`. Pure.
 */

export const pairCodeAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** How long a code counts, milliseconds (PA7). */
export const pairCodeLifetimeMs = 10 * 60_000

/** What was typed as eight signs, whatever its case and dashes; undefined when it cannot be a code. */
export function readPairCode(text: string): string | undefined {
  const signs = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return signs.length === 8 && [...signs].every((sign) => pairCodeAlphabet.includes(sign)) ? signs : undefined
}

/** `K7QF-3M9X`. */
export function spellPairCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}
