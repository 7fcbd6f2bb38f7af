/** Which algorithms to offer: what is configured, of what can be done here. Pure. */

import type { Algorithms } from './host.ts'
import { matchesPattern } from './patterns.ts'

/**
 * `defaults` are offered when nothing is configured, `supported` are all that may be asked for. Empty: what is configured
 * cannot be done.
 */
export function chooseAlgorithms(
  configured: Algorithms | undefined,
  defaults: readonly string[],
  supported: readonly string[] = defaults,
): string[] {
  if (!configured) return [...defaults]
  const { mode, names } = configured
  const possible = names.filter((name) => supported.includes(name))
  switch (mode) {
    case 'only':
      return possible
    case 'append':
      return [...new Set([...defaults, ...possible])]
    case 'prepend':
      return [...new Set([...possible, ...defaults])]
    case 'remove':
      return defaults.filter((name) => !names.some((pattern) => matchesPattern(name, pattern)))
  }
}
