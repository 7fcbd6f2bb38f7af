/** One node of this account for each gateway: two would take commands, and each other's processes, from one another. */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { processMark } from '../client/forward/process-mark.ts'
import { createPrivate, readIfThere } from '../client/private-file.ts'
import type { AskProgram } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import { isRecord, parseJson } from '../shared/std/json.ts'

/** Held until disposed. Rejects with `usage.invalid` while another process holds it. */
export async function takePlace(folder: string, gateway: string, ask: AskProgram): Promise<AsyncDisposable> {
  const path = join(folder, 'host.json')
  const note = JSON.stringify({ pid: process.pid, mark: (await processMark(process.pid, ask)) ?? '' })
  // A second attempt after a stale note was cleared away; who loses then meets a living one.
  for (let tries = 0; tries < 2; tries++) {
    if (await createPrivate(path, note)) return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
    const pid = await living(path, ask)
    if (pid !== undefined) throw taken(gateway, pid)
    await rm(path, { force: true })
  }
  throw taken(gateway, undefined)
}

async function living(path: string, ask: AskProgram): Promise<number | undefined> {
  const json = parseJson((await readIfThere(path)) ?? '')
  if (!json.ok || !isRecord(json.value)) return undefined
  const { pid, mark } = json.value
  return typeof pid === 'number' && (await processMark(pid, ask)) === mark ? pid : undefined
}

function taken(gateway: string, pid: number | undefined): Fault {
  const which = pid === undefined ? '' : ` (process ${pid})`
  return new Fault('usage.invalid', `A node for ${gateway} runs on this machine already${which}`, {
    remedy: 'End that one first; one that is a service ends with: clawdbot node uninstall',
  })
}
