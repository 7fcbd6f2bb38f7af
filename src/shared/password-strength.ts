/** How hard a password somebody chose is to guess: a careful estimate, for the person who chooses it. Pure. */

export type Strength = {
  /** Guesses it takes, as a power of two. */
  readonly bits: number
  readonly level: 'weak' | 'fair' | 'good' | 'strong'
  /** Whether it may be used where other machines can knock. */
  readonly isForOthers: boolean
  /** What would make it better; undefined for one that needs nothing. */
  readonly hint: string | undefined
}

/** Fewest characters at all, and where others can knock (AU14). */
export const shortestPassword = 12
export const shortestForOthers = 24

const fewestBits = 40

/** What a secret lacks where others can knock. */
export type Shortcoming = 'short' | 'guessable'

/** Tried first by everybody who guesses; each counts as one character. */
const common =
  /passw(or|o)r?d|passwort|qwert[yz]\w{0,4}|asdf\w{0,4}|letmein|welcome|iloveyou|admin|dragon|monkey|master|login|secret|gateway|clawdbot|changeme|(19|20)\d\d/gi

export function passwordStrength(password: string): Strength {
  const characters = [...password]
  const bits = Math.round(surprises(password.replace(common, '\u0000')) * bitsPerCharacter(password))
  const isLong = characters.length >= shortestPassword
  const level = !isLong || bits < fewestBits ? 'weak' : bits < 60 ? 'fair' : bits < 80 ? 'good' : 'strong'
  const isForOthers = level !== 'weak' && characters.length >= shortestForOthers
  return { bits, level, isForOthers, hint: hintFor({ isLong, level, isForOthers }) }
}

/** Undefined for one that is enough; of a password that is kept as a hash, the hash tells. */
export function shortcomingOf(secret: string, hash?: { readonly isForOthers: boolean }): Shortcoming | undefined {
  if (hash ? !hash.isForOthers : [...secret].length < shortestForOthers) return 'short'
  return !hash && passwordStrength(secret).level === 'weak' ? 'guessable' : undefined
}

/** What follows from the one before it, as in `aaa` and `4567`, surprises nobody. */
function surprises(text: string): number {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0)
  const steps = codes.map((code, i) => (i === 0 ? Number.NaN : code - (codes[i - 1] ?? 0)))
  const own = steps.filter((step) => !(Math.abs(step) <= 1)).length
  // One that is a short text over and over is as good as that text once.
  const period = codes.findIndex((_, i) => i > 0 && codes.every((code, at) => code === codes[at % i]))
  return period > 0 ? Math.min(own, period) : own
}

/** Words are easier to guess than their letters; a character beyond them comes from a larger choice. */
function bitsPerCharacter(password: string): number {
  if (/^[\p{L}\s-]+$/u.test(password) && !/\p{Ll}\p{Lu}/u.test(password)) return /\p{Lo}/u.test(password) ? 3 : 2.5
  const choice = [
    [/\p{Ll}/u, 26],
    [/\p{Lu}/u, 26],
    [/\p{Lo}/u, 50],
    [/\d/, 10],
    [/[^\p{L}\d]/u, 20],
  ].reduce((sum, [kind, size]) => ((kind as RegExp).test(password) ? sum + (size as number) : sum), 0)
  return Math.log2(Math.max(10, choice)) * 0.8
}

function hintFor({ isLong, level, isForOthers }: { isLong: boolean } & Pick<Strength, 'level' | 'isForOthers'>) {
  if (!isLong)
    return `Take at least ${shortestPassword} characters: five or six words that do not belong together are easy to type.`
  if (level === 'weak')
    return 'It is short, repeats itself or is tried first by everybody: take five or six words that do not belong together.'
  if (!isForOthers)
    return `Enough for this machine alone; where others can knock it needs ${shortestForOthers} characters.`
  return undefined
}
