/** The fingerprint of a certificate as people copy it. Pure. */

/** SHA-256 in hex, colons and a `sha256:` prefix allowed: 64 lowercase digits, or undefined for anything else. */
export function readFingerprint(text: string): string | undefined {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replaceAll(':', '')
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined
}

/** As it is shown wherever people compare it, from those digits. */
export function fingerprintText(digits: string): string {
  return `sha256:${digits.toUpperCase().match(/../g)?.join(':') ?? ''}`
}
