/** Keeps secrets out of the log: those we know by value, and what looks like one. */

/** Values shorter than this are not masked by value: they would blot out ordinary words. */
const shortestSecret = 4

/** Forms in which vendors write keys, and the usual places of a token. */
const tokenLike = [
  /\b(?:sk|pk|rk|xai|gsk|hf|ghp|gho|ghs|github_pat|glpat|xox[abprs])[-_][\w-]{12,}/g,
  /\bAIza[\w-]{30,}/g,
  /\b\d{6,12}:[\w-]{30,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
]
const scheme = /\b(bearer|basic)\s+(?=\S*\d)[\w.~+/=-]{4,}/gi
const tokenPlace = /\b((?:api[-_]?key|token|password|passwd|secret)["']?\s*[=:]\s*["']?)([^\s"'&,;]{4,})/gi

const mask = '[secret]'

export type Redactor = {
  /** Replaces the secrets known by value, as after a change of the configuration. */
  know(secrets: readonly string[]): void
  redact(text: string): string
}

/** `patterns`: whether to mask what only looks like a secret, too (`logging.redactSensitive`). */
export function createRedactor({ patterns }: { patterns: () => boolean }): Redactor {
  let known: string[] = []
  return {
    know(secrets) {
      // The escaped form too: a quote in a password is written as \" in a JSON line. Longest first, so that no rest of
      // a longer secret stays.
      const forms = secrets.flatMap((secret) => [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
      ])
      known = [...new Set(forms)]
        .filter((form) => form.length >= shortestSecret)
        .toSorted((a, b) => b.length - a.length)
    },
    redact(text) {
      let clean = text
      for (const secret of known) clean = clean.replaceAll(secret, mask)
      return patterns() ? maskPatterns(clean) : clean
    },
  }
}

function maskPatterns(text: string): string {
  const masked = tokenLike.reduce((clean, pattern) => clean.replace(pattern, mask), text)
  const place = (_: string, before: string) => `${before}${mask}`
  return masked.replace(scheme, `$1 ${mask}`).replace(tokenPlace, place)
}
