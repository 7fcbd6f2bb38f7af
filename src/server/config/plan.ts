/** What a changed configuration asks of a running gateway. Pure. */

import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../shared/std/json.ts'
import type { ConfigSnapshot } from './load.ts'
import type { Config } from './schema.ts'

export type ReloadPlan = {
  /** Dotted paths whose values differ. */
  changed: string[]
  /** Those of them that only a restart brings into effect. */
  needRestart: string[]
  action: 'none' | 'hot' | 'restart'
}

/** What is fixed once the gateway listens: settings, each with all below it. */
export const fixedSettings: readonly string[] = [
  'gateway.port',
  'gateway.bind',
  'gateway.customBindHost',
  'gateway.socket',
  'gateway.tailscale',
  'gateway.tls',
  'gateway.http',
  'gateway.controlUi',
  'gateway.allowedHosts',
  'gateway.trustedProxies',
  'gateway.mode',
  'channels.telegram.webhookUrl',
  'agents.list',
]

/** `hot` mode never restarts: it applies what it can, and `needRestart` says what waits. */
export function planReload(
  { config: before, env: envBefore }: Pick<ConfigSnapshot, 'config' | 'env'>,
  { config: after, env }: Pick<ConfigSnapshot, 'config' | 'env'>,
): ReloadPlan {
  // A variable counts without being named: as the gateway's secret, or as the key of a model service.
  const changed = [...differences(before, after), ...(isDeepStrictEqual(envBefore, env) ? [] : ['gateway.env'])]
  const needRestart = changed.filter((path) =>
    fixedSettings.some((prefix) => path === prefix || path.startsWith(`${prefix}.`)),
  )
  return { changed, needRestart, action: actionFor(after.gateway.reload.mode, changed.length, needRestart.length) }
}

function actionFor(
  mode: Config['gateway']['reload']['mode'],
  changed: number,
  needRestart: number,
): ReloadPlan['action'] {
  if (changed === 0 || mode === 'off') return 'none'
  if (mode === 'restart') return 'restart'
  if (mode === 'hybrid' && needRestart > 0) return 'restart'
  return changed > needRestart ? 'hot' : 'none'
}

/** Paths of the smallest values that differ; lists count as one value. */
function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isRecord(before) || !isRecord(after)) return [path]
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`))
}
