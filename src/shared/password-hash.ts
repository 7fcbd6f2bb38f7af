/** A password as it is kept: its scrypt hash in one line of text, as `$scrypt$ln=15,r=8,p=3$<salt>$<digest>`. Pure. */

/** Costs beyond these are no hash of ours: nobody's setting makes the gateway run out of memory. */
const most = { ln: 20, r: 16, p: 16 } as const

export type PasswordHash = {
  readonly ln: number
  readonly r: number
  readonly p: number
  /** The password has as many characters as is needed where others can knock. */
  readonly isForOthers: boolean
  /** Base64 without padding. */
  readonly salt: string
  readonly digest: string
}

const form =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})(,others=1)?\$([A-Za-z0-9+/]{16,86})\$([A-Za-z0-9+/]{22,86})$/

/** Undefined for any other text, which is then a password as its owner wrote it. */
export function readPasswordHash(text: string): PasswordHash | undefined {
  const match = form.exec(text.trim())
  if (!match) return undefined
  const [ln = 0, r = 0, p = 0] = match.slice(1, 4).map(Number)
  if (ln < 10 || ln > most.ln || r < 1 || r > most.r || p < 1 || p > most.p) return undefined
  const [others, salt = '', digest = ''] = match.slice(4)
  return { ln, r, p, isForOthers: others !== undefined, salt, digest }
}

export function passwordHashText({ ln, r, p, isForOthers, salt, digest }: PasswordHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}${isForOthers ? ',others=1' : ''}$${salt}$${digest}`
}
