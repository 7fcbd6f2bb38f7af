/** The part of `clawdbot gateway status` about the service: how its manager sees it, and whether it is what answers. */

import { type InstalledService, installedGateway } from '../client/service/gateway-service.ts'
import { isLingering, lingerCommand } from '../client/service/lingering.ts'
import type { ServiceState } from '../client/service/service-manager.ts'
import { programsOf } from '../client/system-programs.ts'
import type { Surroundings } from './command.ts'
import { facts } from './style.ts'

export type ServiceFacts = {
  readonly json: Record<string, unknown>
  /** `answering`: the process that answers at the gateway's place, if it is known. */
  readonly lines: (answering: unknown) => string
}

/** Undefined when the gateway is no service here. */
export async function describeService({ env, paths }: Surroundings): Promise<ServiceFacts | undefined> {
  const ask = programsOf(env)
  const service = await installedGateway({ env, paths, ask })
  if (!service) return undefined
  const { scope, name, path } = service
  const state = await service.manager.state(name)
  const isForLogin = scope === 'user' && process.platform === 'linux'
  const lingers = isForLogin ? await isLingering(process.getuid?.() ?? 0, ask) : undefined
  return {
    json: { scope, name, path, ...state, lingers },
    lines: (answering) => serviceLines(service, state, lingers, answering),
  }
}

const icons: Readonly<Record<ServiceState['phase'], string>> = {
  running: '✅',
  starting: '⏳',
  stopped: '⏹',
  failed: '❌',
  unknown: '❔',
}

function serviceLines(
  { scope, path }: InstalledService,
  { phase, words, isEnabled, pid, restarts, journal }: ServiceState,
  lingers: boolean | undefined,
  answering: unknown,
): string {
  const when = scope === 'system' ? 'when the machine does' : 'at login'
  const isOther = pid !== undefined && typeof answering === 'number' && answering !== pid
  const rows = facts([
    ['Unit', path],
    ['State', words ?? 'no service manager answers'],
    ['Process', pid === undefined ? undefined : String(pid)],
    ['Starts', isEnabled === undefined ? undefined : isEnabled ? when : 'only when told to'],
    ['Lingers', lingers === undefined ? undefined : lingers ? 'yes: it runs while nobody is logged in' : notLingering],
    ['Failures', restarts ? `started again ${restarts} times` : undefined],
    ['Journal', journal],
    ['But', isOther ? `another process (${answering}) answers, not the service` : undefined],
  ])
  return `${icons[phase]} Service of ${scope === 'system' ? 'the machine' : 'this account'}\n${rows}`
}

const notLingering = `no: it ends when you log out (${lingerCommand})`
