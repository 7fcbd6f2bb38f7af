/** The `Match` lines of ssh_config. Commands in them are never run here. Pure. */

import { splitCriteria } from './config-syntax.ts'
import { matchesHostList, matchesList } from './patterns.ts'

/** What a `Match` line can ask about. */
export type Criteria = {
  readonly host: string
  readonly originalHost: string
  readonly user: string
  readonly localUser: string
  readonly isFinal: boolean
}

export type MatchResult = {
  readonly matches: boolean
  /** `Match final` wants the configuration to be read once more, with the name that came of it. */
  readonly asksForFinal: boolean
  /** What this line asks and only OpenSSH can answer. `matches` is then what all else comes to. */
  readonly unevaluated: string | undefined
}

/** Commands, addresses of this machine, and what newer versions of OpenSSH added. */
const systems = new Set(['exec', 'localnetwork', 'tagged', 'command', 'version', 'sessiontype'])

const tests: Readonly<Record<string, (criteria: Criteria, list: string) => boolean>> = {
  host: ({ host }, list) => matchesHostList(host, list),
  originalhost: ({ originalHost }, list) => matchesHostList(originalHost, list),
  user: ({ user }, list) => matchesList(user, list),
  localuser: ({ localUser }, list) => matchesList(localUser, list),
}

/** The result, or what is wrong with the line. */
export function evaluateMatch(rest: string, criteria: Criteria): MatchResult | string {
  const words = splitCriteria(rest)
  if (!words) return 'a quote is not closed'
  if (words.length === 0) return 'Match needs a criterion'
  let result: MatchResult = { matches: true, asksForFinal: false, unevaluated: undefined }
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] as string).toLowerCase()
    const isNegated = word.startsWith('!')
    const name = isNegated ? word.slice(1) : word
    if (name === 'all') {
      if (at > 1 || at + 1 < words.length) return 'Match all stands alone, or after canonical or final'
      return { ...result, matches: result.matches && !isNegated }
    }
    if (name === 'canonical' || name === 'final') {
      const matches = result.matches && criteria.isFinal !== isNegated
      result = { ...result, matches, asksForFinal: result.asksForFinal || name === 'final' }
      continue
    }
    const argument = words[++at]
    if (argument === undefined || argument === '') return `Match ${name} needs a pattern`
    const test = tests[name]
    if (test) result = { ...result, matches: result.matches && test(criteria, argument) !== isNegated }
    else if (systems.has(name)) result = { ...result, unevaluated: result.unevaluated ?? name }
    else return `Match ${name} is not known`
  }
  return result
}
