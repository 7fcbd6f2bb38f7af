/** Adds a `Host` block to an ssh_config text, where it counts and everything else keeps its meaning. Pure. */

import { parseConfigLines } from './config-syntax.ts'

export type HostBlock = {
  readonly alias: string
  readonly hostName: string
  readonly user: string
  readonly port: number
  /** `~/.ssh/id_ed25519` or an absolute path. */
  readonly identityFile: string
  /** As `ProxyJump` takes it. */
  readonly proxyJump: string | undefined
}

/** True when a `Host` line names exactly this alias. */
export function hasHost(text: string, alias: string): boolean {
  return parseConfigLines(text).lines.some(({ keyword, words }) => keyword === 'host' && words.includes(alias))
}

/**
 * The first value of a setting wins, so the block comes before everything else. What stood before the first `Host` or
 * `Match` was for every host, and would become part of the block: it is put under a `Host *`, which means the same.
 */
export function addHostBlock(text: string, block: HostBlock): string {
  const [first] = parseConfigLines(text).lines
  const isGlobal = first !== undefined && first.keyword !== 'host' && first.keyword !== 'match'
  const rest = isGlobal ? `Host *\n${text}` : text
  return rest === '' ? blockText(block) : `${blockText(block)}\n${rest}`
}

function blockText({ alias, hostName, user, port, identityFile, proxyJump }: HostBlock): string {
  const lines = [
    `Host ${alias}`,
    `  HostName ${hostName.replaceAll('%', '%%')}`,
    `  User ${value(user)}`,
    ...(port === 22 ? [] : [`  Port ${port}`]),
    ...(proxyJump === undefined ? [] : [`  ProxyJump ${proxyJump}`]),
    `  IdentityFile ${value(identityFile.replaceAll('%', '%%'))}`,
  ]
  return `${lines.join('\n')}\n`
}

/** One word of ssh_config. */
function value(text: string): string {
  return /^[A-Za-z0-9_/.:@~%+,-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
