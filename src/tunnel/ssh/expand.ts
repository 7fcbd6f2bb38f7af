/** Paths of ssh_config: `~`, `${NAME}` and the tokens `%h`, `%r` … of ssh_config(5). Pure. */

import { createHash } from 'node:crypto'

export type ExpandFacts = {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly localUser: string
  readonly localHost: string
  readonly uid: number
  readonly alias: string
  readonly hostName: string
  readonly port: number
  readonly user: string
  readonly keyAlias: string
  readonly jump: string
}

/** The path, or what is wrong with it. */
export function expandPath(text: string, facts: ExpandFacts): { path: string } | { problem: string } {
  let problem: string | undefined
  const tokens = tokenValues(facts)
  const expanded = expandTilde(text, facts).replace(
    /%([\s\S]?)|\$\{([^}]*)\}/g,
    (whole, token: string, name: string) => {
      const value = name === undefined ? tokens[token] : facts.env[name]
      if (value === undefined) problem ??= name === undefined ? `${whole} stands for nothing` : `${name} is not set`
      return value ?? ''
    },
  )
  return problem === undefined ? { path: expanded } : { problem: `in ${JSON.stringify(text)}, ${problem}` }
}

export function expandTilde(text: string, { home, localUser }: Pick<ExpandFacts, 'home' | 'localUser'>): string {
  const [, name, rest = ''] = /^~([^/]*)(\/.*)?$/.exec(text) ?? []
  if (name === undefined || (name !== '' && name !== localUser)) return text
  return `${home}${rest}`
}

function tokenValues(facts: ExpandFacts): Record<string, string> {
  const { localHost, hostName, port, user, jump } = facts
  const connection = `${localHost}${hostName}${port}${user}${jump}`
  return {
    '%': '%',
    C: createHash('sha1').update(connection).digest('hex'),
    d: facts.home,
    h: hostName,
    i: String(facts.uid),
    j: jump,
    k: facts.keyAlias,
    L: localHost.replace(/\..*$/, ''),
    l: localHost,
    n: facts.alias,
    p: String(port),
    r: user,
    u: facts.localUser,
  }
}
