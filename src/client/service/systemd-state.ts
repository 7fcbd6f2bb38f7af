/** What `systemctl show` says of a service, in our words. Pure. */

import type { ServiceState } from './service-manager.ts'

const phases: Readonly<Record<string, ServiceState['phase']>> = {
  active: 'running',
  reloading: 'running',
  activating: 'starting',
  deactivating: 'running',
  inactive: 'stopped',
  failed: 'failed',
}

export const stateProperties = 'ActiveState,SubState,UnitFileState,MainPID,Result,NRestarts'

/** `text` has a `Name=value` line for each property that was asked for. */
export function systemdState(text: string): Omit<ServiceState, 'journal'> {
  const lines = text
    .split('\n')
    .map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)] as const)
  const told = new Map(lines)
  const active = told.get('ActiveState') ?? ''
  const result = told.get('Result') ?? 'success'
  const details = [told.get('SubState'), active === 'active' || result === 'success' ? '' : result].filter(Boolean)
  const pid = Number(told.get('MainPID'))
  return {
    phase: phases[active] ?? 'unknown',
    words: active && `${active} (${details.join(', ')})`,
    isEnabled: told.get('UnitFileState')?.startsWith('enabled'),
    pid: pid > 0 ? pid : undefined,
    restarts: Number(told.get('NRestarts') ?? 0),
  }
}
