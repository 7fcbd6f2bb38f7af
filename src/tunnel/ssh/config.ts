/**
 * Decides what configuration files say about one host, as OpenSSH's `readconf.c` does: first value wins. Pure.
 *
 * Not the package `ssh-config`: it knows no `Include`, evaluates no `Match final`, and runs `Match exec`.
 */

import { configFault } from './config-fault.ts'
import type { ConfigFile } from './config-file.ts'
import { type Criteria, evaluateMatch } from './config-match.ts'
import type { ConfigLine } from './config-syntax.ts'
import { addValues } from './config-values.ts'
import { matchesPatterns } from './patterns.ts'
import type { Resolved } from './settings.ts'

export type HostQuery = {
  readonly host: string
  readonly user?: string | undefined
  readonly port?: number | undefined
  readonly localUser: string
}

/** Throws `ssh.config` for a line that OpenSSH would not take. `Match exec` and its like are named, never evaluated. */
export function evaluateConfig(files: readonly ConfigFile[], query: HostQuery): Resolved {
  const pass = newPass(query)
  for (const file of files) walk(file, true, false, pass)
  const hostName = hostNameOf(pass)
  if (pass.wantsFinal) {
    pass.settings.set('hostname', [hostName])
    Object.assign(pass, { host: hostName, isFinal: true })
    for (const file of files) walk(file, true, false, pass)
  }
  pass.settings.set('hostname', [hostName])
  return { settings: pass.settings, unevaluated: [...pass.unevaluated], isFromSystem: false }
}

type Pass = {
  readonly query: HostQuery
  readonly settings: Map<string, string[]>
  readonly unevaluated: Set<string>
  /** What `Host` looks at: what was asked for, and in the final pass what came of it. */
  host: string
  isFinal: boolean
  wantsFinal: boolean
}

function newPass(query: HostQuery): Pass {
  const settings = new Map<string, string[]>()
  if (query.user !== undefined) settings.set('user', [query.user])
  if (query.port !== undefined) settings.set('port', [String(query.port)])
  return { query, settings, unevaluated: new Set(), host: query.host, isFinal: false, wantsFinal: false }
}

/** `isActive` holds at the beginning of the file; `isNever`: it is included where nothing applies, so nothing in it can. */
function walk(file: ConfigFile, isActive: boolean, isNever: boolean, pass: Pass): void {
  let applies = isActive
  for (const line of file.lines) {
    if (line.keyword === 'host') {
      applies = !isNever && matchesPatterns(pass.host, line.words)
    } else if (line.keyword === 'match') {
      applies = matches(file, line, isNever, pass) && !isNever
    } else if (line.included) {
      for (const inner of line.included) walk(inner, applies, isNever || !applies, pass)
    } else {
      const problem = addValues(pass.settings, line, applies)
      if (problem !== undefined) throw configFault(file.path, line.number, problem)
    }
  }
}

function matches(file: ConfigFile, line: ConfigLine, isNever: boolean, pass: Pass): boolean {
  const result = evaluateMatch(line.rest, criteriaOf(pass))
  if (typeof result === 'string') throw configFault(file.path, line.number, result)
  pass.wantsFinal ||= result.asksForFinal
  if (result.matches && !isNever && result.unevaluated !== undefined) {
    pass.unevaluated.add(`Match ${result.unevaluated} (${file.path} line ${line.number})`)
    return false
  }
  return result.matches
}

function criteriaOf({ query, settings, isFinal, host }: Pass): Criteria {
  const name = settings.get('hostname')?.[0]
  return {
    host: name === undefined || isFinal ? host : expandHostName(name, host),
    originalHost: query.host,
    user: settings.get('user')?.[0] ?? query.localUser,
    localUser: query.localUser,
    isFinal,
  }
}

function hostNameOf({ settings, query }: Pass): string {
  return expandHostName(settings.get('hostname')?.[0] ?? '%h', query.host).toLowerCase()
}

function expandHostName(name: string, host: string): string {
  return name.replace(/%([h%])/g, (_, token: string) => (token === 'h' ? host : '%'))
}

/** Hosts that files name one by one: patterns and what is negated are left out (`profiles import`). */
export function hostNamesIn(files: readonly ConfigFile[]): string[] {
  const names = files.flatMap(({ lines }) =>
    lines.flatMap((line) => {
      if (line.included) return hostNamesIn(line.included)
      return line.keyword === 'host' ? line.words.filter((word) => !/[*?!,]/.test(word)) : []
    }),
  )
  return [...new Set(names)]
}
