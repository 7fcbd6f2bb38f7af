/** What a configuration says about one host: keyword in lower case → values, before any of them is understood. */

export type Settings = ReadonlyMap<string, readonly string[]>

/** What the two resolvers hand over to `toSshHost`. */
export type Resolved = {
  readonly settings: Settings
  /** What decides about the configuration and was not evaluated, each with its place: `Match exec (/…/config line 12)`. */
  readonly unevaluated: readonly string[]
  /** Some values were expanded by `ssh -G` already. */
  readonly isFromSystem: boolean
}

/** Seconds of `90`, `1m30s`, `2h`; undefined for what is no time. `TIME FORMATS` in sshd_config(5). */
export function parseSeconds(text: string): number | undefined {
  if (!/^(\d+[smhdw]?)+$/i.test(text)) return undefined
  const units: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
  let seconds = 0
  for (const [, amount, unit = ''] of text.matchAll(/(\d+)([smhdw]?)/gi)) {
    seconds += Number(amount) * (units[unit.toLowerCase()] ?? 1)
  }
  return seconds <= 0x7fff_ffff ? seconds : undefined
}

export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}
