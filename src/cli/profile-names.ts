/** `clawdbot __profiles`: what a shell asks at each press of the tab key, so it loads no schema and never fails. */

import { readFile } from 'node:fs/promises'
import { parseJson } from '../shared/std/json.ts'

/** Names of profiles, one a line; what is damaged or odd is left out. */
export async function profileNames(path: string): Promise<string> {
  const parsed = parseJson(await readFile(path, 'utf8').catch(() => ''))
  const { profiles } = (parsed.ok ? parsed.value : {}) as { profiles?: unknown }
  const names = (Array.isArray(profiles) ? profiles : []).flatMap((one: { name?: unknown } | null) =>
    typeof one?.name === 'string' && !/\p{C}/u.test(one.name) ? [one.name] : [],
  )
  return [...new Set(['local', ...names])].map((name) => `${name}\n`).join('')
}
