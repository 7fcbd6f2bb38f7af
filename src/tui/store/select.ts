/** What several parts of the screen ask of the state. Pure. */

import type { OverlayKind } from './action.ts'
import type { Item } from './item.ts'
import { currentRow } from './sessions.ts'
import type { State } from './state.ts'

/** `provider/model` of the open session: its own, else the gateway's default. */
export function currentModel(state: Pick<State, 'sessions'>): string | undefined {
  const row = currentRow(state.sessions)
  if (row?.model === undefined) return state.sessions.defaults.model
  return row.modelProvider === undefined ? row.model : `${row.modelProvider}/${row.model}`
}

/** `1.2k of 200k tokens (1 %)`; undefined before anything was said. */
export function contextUse(state: Pick<State, 'sessions'>): string | undefined {
  const row = currentRow(state.sessions)
  const used = row?.totalTokens
  if (used === undefined || used === 0) return undefined
  const limit = row?.contextTokens ?? state.sessions.defaults.contextTokens
  if (!limit) return `${shortCount(used)} tokens`
  return `${shortCount(used)} of ${shortCount(limit)} tokens (${Math.max(1, Math.round((used / limit) * 100))}%)`
}

/** `950`, `1.2k`, `200k`, `1.5M`. */
function shortCount(count: number): string {
  if (count < 1000) return String(count)
  const [scaled, unit] = count < 999_500 ? [count / 1000, 'k'] : [count / 1_000_000, 'M']
  return `${scaled < 10 ? scaled.toFixed(1).replace(/\.0$/, '') : Math.round(scaled)}${unit}`
}

/**
 * `gateway vps-1`, as its tools name their machine: what the gateway says of itself, else what a card tells. Only a
 * gateway that never says it goes by the name it has here.
 */
export function gatewayPlace({ connection }: Pick<State, 'connection'>, items: readonly Item[]): string {
  const { hello, name } = connection
  const self = hello?.snapshot?.presence?.find(({ mode, reason }) => mode === 'gateway' && reason === 'self')
  const host = hello?.server.host ?? self?.host
  if (typeof host === 'string') return `gateway ${host}`
  const told = items.findLast((item) => item.kind === 'tool' && item.where?.startsWith('gateway '))
  if (told?.kind === 'tool' && told.where !== undefined) return told.where
  return hello ? `gateway ${name}` : 'gateway'
}

const overAll: ReadonlySet<OverlayKind> = new Set<OverlayKind>(['gateways', 'profiles', 'connection'])

/** One can always go to another gateway, whatever is asked here; how this one is reached makes room for what it asks. */
export function isOverAll({ overlay, asked }: State): boolean {
  return overlay !== undefined && overAll.has(overlay.kind) && !(overlay.kind === 'connection' && asked)
}
