/**
 * Resolves a host as OpenSSH would: with `ssh -G` where the system has ssh, else with our own reading of the files.
 *
 * `ssh` takes the home folder from the account's entry, whatever `HOME` says. Where the two differ, our own resolver
 * answers, for files below the given home; the two agree (TU6).
 */

import { hostname, userInfo } from 'node:os'
import { errorText } from '../../shared/fault.ts'
import type { TunnelContext } from '../tunnel.ts'
import type { SshWay } from '../way.ts'
import { evaluateConfig, hostNamesIn } from './config.ts'
import { configFault } from './config-fault.ts'
import { readConfigFiles } from './config-file.ts'
import { checkHop, destination, isSafeHost, type SshHost } from './host.ts'
import type { Resolved } from './settings.ts'
import { findSsh, runSsh, type SshRun } from './system.ts'
import { lacksConfigOption, parseSystemConfig, systemConfigFault } from './system-config.ts'
import { type LocalFacts, toSshHost } from './to-ssh-host.ts'

export type HostWay = Pick<SshWay, 'host' | 'user' | 'port' | 'identity' | 'jump'>
export type ResolveContext = Pick<TunnelContext, 'env' | 'home' | 'signal'>

/** What the way says wins over the configuration. Throws `ssh.config` or `usage.invalid`. */
export async function resolveHost(way: HostWay, context: ResolveContext): Promise<SshHost> {
  checkHop(way)
  const { local, accountHome } = localFacts(context)
  const ssh = accountHome === context.home ? await findSsh(context.env) : undefined
  const resolved = ssh === undefined ? undefined : await askSystem(ssh, way, context)
  return toSshHost(way, resolved ?? (await readOurselves(way, context, local)), local)
}

/** Hosts of the person's own configuration, for `profiles import`: names only, in their order, without patterns. */
export async function listHosts({ home, env }: Pick<TunnelContext, 'env' | 'home'>): Promise<string[]> {
  const files = await readConfigFiles({ home, env })
  return hostNamesIn(files.filter(({ isUsers }) => isUsers)).filter(isSafeHost)
}

/** Our own reading alone, whatever the system has. */
export async function resolveOurselves(
  way: HostWay,
  context: ResolveContext & { systemFile?: string },
): Promise<SshHost> {
  checkHop(way)
  const { local } = localFacts(context)
  return toSshHost(way, await readOurselves(way, context, local), local)
}

async function readOurselves(
  way: HostWay,
  context: ResolveContext & { systemFile?: string },
  { localUser }: LocalFacts,
): Promise<Resolved> {
  const files = await readConfigFiles(context)
  return evaluateConfig(files, { host: way.host, user: way.user, port: way.port, localUser })
}

/** Undefined where this ssh is too old to be asked. */
async function askSystem(ssh: string, way: HostWay, context: ResolveContext): Promise<Resolved | undefined> {
  const ask = (args: readonly string[]) => run(ssh, ['-G', '-T', ...args], context)
  const [answer, baseline] = await Promise.all([ask(destination(way)), ask(['-F', 'none', '--', way.host])])
  if (answer.code !== 0) {
    if (lacksConfigOption(answer)) return undefined
    throw systemConfigFault(answer)
  }
  return { settings: parseSystemConfig(answer.stdout, baseline.stdout), unevaluated: [], isFromSystem: true }
}

/** `Match exec` and names that are canonicalized may take their time. */
const timeoutMs = 10_000
const limitBytes = 1 << 20

async function run(ssh: string, args: readonly string[], { env, signal }: ResolveContext): Promise<SshRun> {
  try {
    return await runSsh(ssh, args, { env, signal, timeoutMs, limitBytes })
  } catch (error) {
    if (signal.aborted) throw error
    throw configFault('~/.ssh/config', undefined, `${ssh} -G does not answer (${errorText(error)})`, error)
  }
}

function localFacts({ env, home }: ResolveContext): { local: LocalFacts; accountHome: string | undefined } {
  const account = accountOf()
  const localUser = account?.username ?? env.USER ?? env.LOGNAME ?? env.USERNAME ?? 'nobody'
  return {
    local: { home, env, localUser, localHost: hostname(), uid: account?.uid ?? -1 },
    accountHome: account?.homedir,
  }
}

/** An account id without an entry has no name and no home, and `ssh` refuses to run for it. */
function accountOf() {
  try {
    return userInfo()
  } catch {
    return undefined
  }
}
