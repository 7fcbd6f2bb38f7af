/** The note a running forward leaves on this machine, one per profile: its process, its ports and how it is doing. */

import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { parseJson } from '../../shared/std/json.ts'
import { readAs } from '../../shared/std/read-as.ts'
import { createPrivate, readIfThere, writePrivate } from '../private-file.ts'
import type { AskProgram } from '../system-programs.ts'
import { processMark } from './process-mark.ts'

const trouble = z.looseObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  at: z.number(),
})

const note = z.looseObject({
  version: z.literal(1),
  profileId: z.string(),
  /** The profile's name when it was started. */
  profile: z.string(),
  pid: z.int().positive(),
  /** `processMark` of that process. */
  mark: z.string(),
  startedAt: z.number(),
  startedBy: z.enum(['terminal', 'background', 'service']),
  forwards: z.array(z.looseObject({ port: z.int(), addresses: z.array(z.string()), to: z.string() })),
  phase: z.enum(['opening', 'up', 'waiting']),
  /** When that phase began. */
  since: z.number(),
  route: z.string().optional(),
  /** Connections of local programs, now and ever. */
  open: z.int(),
  total: z.int(),
  lastError: trouble.optional(),
})
export type ForwardNote = z.infer<typeof note>

export type NotePlace = { readonly stateDir: string }

function notePath({ stateDir }: NotePlace, profileId: string): string {
  return join(stateDir, 'tunnels', `${profileId}.json`)
}

/** The private log of a forward in the background. */
export function forwardLog({ stateDir }: NotePlace, profileId: string): string {
  return join(stateDir, 'logs', `tunnel-${profileId}.log`)
}

/** Takes the profile's place: false when another process wrote its note first. */
export async function placeNote(place: NotePlace, first: ForwardNote): Promise<boolean> {
  return await createPrivate(notePath(place, first.profileId), textOf(first))
}

export async function renewNote(place: NotePlace, now: ForwardNote): Promise<void> {
  await writePrivate(notePath(place, now.profileId), textOf(now))
}

export async function removeNote(place: NotePlace, profileId: string): Promise<void> {
  await rm(notePath(place, profileId), { force: true })
}

/** The note of a forward that runs. One whose process is gone, or is another one by now, is cleared away. */
export async function runningForward(
  place: NotePlace,
  profileId: string,
  ask: AskProgram,
): Promise<ForwardNote | undefined> {
  const text = await readIfThere(notePath(place, profileId))
  if (text === undefined) return undefined
  const parsed = parseJson(text)
  const found = parsed.ok ? readAs(note, parsed.value) : undefined
  if (found?.success && (await processMark(found.data.pid, ask)) === found.data.mark) return found.data
  await removeNote(place, profileId)
  return undefined
}

/** All that run, by the profile's name. */
export async function runningForwards(place: NotePlace, ask: AskProgram): Promise<ForwardNote[]> {
  const names = await readdir(join(place.stateDir, 'tunnels')).catch(() => [])
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))
  const notes = await Promise.all(ids.map((id) => runningForward(place, id, ask)))
  return notes.filter((one) => one !== undefined).sort((a, b) => a.profile.localeCompare(b.profile))
}

function textOf(value: ForwardNote): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
