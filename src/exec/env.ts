/** The environment a command gets: a short list of harmless names, and nothing of our own (requirement EX5). */

import { delimiter, isAbsolute } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Taken over from the gateway where set. */
const inherited = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_COLLATE',
  'LC_CTYPE',
  'LC_MESSAGES',
  'LC_MONETARY',
  'LC_NUMERIC',
  'LC_TIME',
  'TZ',
  'TMPDIR',
])

/** Names that make some runtime load or run something; no setting can let them through. */
const never =
  /^(NODE_|NPM_|LD_|DYLD_|PYTHON|PERL|RUBY|GEM_|BUNDLE_|GIT_|RUSTUP_|CARGO_|RUSTC|JAVA_|_JAVA|JDK_|CLASSPATH|LUA_|PHP|DENO_|BUN_|GO(?!OGLE)|BASH|ENV$|ZDOTDIR|SHELLOPTS|PS4|PROMPT_COMMAND|IFS$|CDPATH|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_|GLIBC_|EDITOR|VISUAL|PAGER|MANPAGER|LESS|BROWSER|CLAWDBOT_|MOLTBOT_|OPENCLAW_)|(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|CREDENTIALS?|PRIVATE_?KEY)/i

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The variable that marks every process of one run, so that escapees are found. */
export const runMarker = 'CLAWDBOT_RUN_ID'

/**
 * The environment for one command, from the gateway's. `allow` names further variables the owner wants passed on;
 * loaders, option variables and anything that looks like a secret stay out even then.
 */
export function childEnvironment(gateway: Environment, allow: readonly string[] = []): Record<string, string> {
  const child: Record<string, string> = { PATH: safePath(gateway.PATH), TERM: 'dumb' }
  for (const name of [...inherited, ...allow.filter((name) => !never.test(name))]) {
    const value = gateway[name]
    if (name !== 'PATH' && value !== undefined && !value.includes('\0')) child[name] = value
  }
  return child
}

/** Only absolute folders: a relative or empty part would let the current folder decide what runs. */
function safePath(path: string | undefined): string {
  const folders = (path ?? '').split(delimiter).filter(isAbsolute)
  return folders.length > 0 ? folders.join(delimiter) : defaultPath
}
