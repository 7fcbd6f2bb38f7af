/** OpenSSH's wildcard patterns (`PATTERNS` in ssh_config(5)): `*`, `?`, lists with commas, negation with `!`. Pure. */

/** Case matters. Takes time in proportion to text × pattern at worst, whatever the pattern. */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0
  let next = 0
  let star = -1
  let retry = 0
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++
      retry = at
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[at])) {
      next++
      at++
    } else if (star >= 0) {
      next = star + 1
      at = ++retry
    } else {
      return false
    }
  }
  while (pattern[next] === '*') next++
  return next === pattern.length
}

/** Some pattern of `a,*.b,!c` matches and none that is negated does. */
export function matchesList(text: string, list: string): boolean {
  return matchesPatterns(text, list.split(','))
}

/** Some of the patterns matches and none that is negated does. */
export function matchesPatterns(text: string, patterns: readonly string[]): boolean {
  let isMatched = false
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(text, pattern.slice(1))) return false
    } else if (matchesPattern(text, pattern)) {
      isMatched = true
    }
  }
  return isMatched
}

/** As `matchesList`, for names of hosts: upper and lower case are the same. */
export function matchesHostList(host: string, list: string): boolean {
  return matchesList(host.toLowerCase(), list.toLowerCase())
}
