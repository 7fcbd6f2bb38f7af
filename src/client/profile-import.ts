/** Gateways found elsewhere, and which of them would become profiles. Nothing here connects to any (AU16). Pure. */

import * as z from 'zod'
import { Fault } from '../shared/fault.ts'
import { parseJson } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'
import { foldName, type Profile, type ProfileBook, profile } from './profile.ts'
import { addProfile, allProfiles, localName, type NewProfile, placeOf } from './profiles.ts'

export type Found = NewProfile & {
  /** For people: `~/.ssh/config`, `the tailnet`. */
  readonly from: string
}

export type ImportPlan = {
  readonly add: readonly Found[]
  /** Led to by a profile already. */
  readonly known: readonly { readonly found: Found; readonly as: string }[]
  readonly refused: readonly { readonly found: Found; readonly reason: string }[]
}

/** Each found gateway is new, known or unfit. Names that are taken get a number. */
export function planImport(book: ProfileBook, found: readonly Found[]): ImportPlan {
  const plan = {
    add: [] as Found[],
    known: [] as ImportPlan['known'][number][],
    refused: [] as ImportPlan['refused'][number][],
  }
  let trial = book
  for (const one of found) {
    try {
      const as = leadingTo(trial, one)
      if (as !== undefined) plan.known.push({ found: one, as })
      else {
        const added = { ...one, name: freeName(trial, one.name) }
        const { from: _, ...bare } = added
        trial = addProfile(trial, bare, `import-${plan.add.length}`, 0)
        plan.add.push(added)
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      plan.refused.push({ found: one, reason: error.message })
    }
  }
  return plan
}

function leadingTo(book: ProfileBook, { ways }: Found): string | undefined {
  const places = new Set(ways.map(placeOf))
  return allProfiles(book).find((one) => one.ways.some((way) => places.has(placeOf(way))))?.name
}

function freeName(book: ProfileBook, wanted: string): string {
  const name = fitName(wanted)
  const taken = new Set([localName, ...book.profiles.map((one) => foldName(one.name))])
  if (!taken.has(foldName(name))) return name
  for (let i = 2; ; i++) if (!taken.has(foldName(`${name}-${i}`))) return `${name}-${i}`
}

/** A host's name as the name of a profile. */
function fitName(text: string): string {
  const plain = text.replaceAll(/[^\p{L}\p{N}._@+-]+/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '')
  return plain.slice(0, 36) || 'gateway'
}

const exportFile = () =>
  z.strictObject({
    version: z.literal(1),
    profiles: z.array(profile().pick({ name: true, ways: true, warm: true, secret: true })).max(500),
  })
type ExportFile = z.infer<ReturnType<typeof exportFile>>

/** What can be carried to another machine: no secret, no id, nothing that is only true here. */
export function exportProfiles(profiles: readonly Profile[]): ExportFile {
  return {
    version: 1,
    profiles: profiles.map(({ name, ways, warm, secret }) => ({
      ...{ name, ways },
      ...(warm ? { warm } : {}),
      ...(secret ? { secret } : {}),
    })),
  }
}

/**
 * Somebody else may have written the file. So it cannot name a variable whose value its gateway would be told, nor may
 * it say that plain text is fine: both take a person who types it (AU16, TR4). Throws `usage.invalid`.
 */
export function readExport(text: string, from: string): Found[] {
  const parsed = parseJson(text)
  const file = parsed.ok ? readAs(exportFile(), parsed.value) : undefined
  if (!file?.success) {
    const [issue] = file?.error.issues ?? []
    const problem = parsed.ok ? `${issue?.path.map(String).join('.')}: ${issue?.message}` : parsed.reason
    throw new Fault('usage.invalid', `${from} is no list of profiles (${problem})`, {
      remedy: 'It takes what clawdbot profiles export prints.',
    })
  }
  return file.data.profiles.map(({ secret, ways, ...one }) => ({
    ...one,
    ways: elsewhere(ways),
    ...(secret?.source === 'prompt' ? { secret } : {}),
    from,
  }))
}

/** What is local to the machine it was written on is another gateway than the one of this machine. */
function elsewhere(ways: Profile['ways']): Profile['ways'] {
  const [first, ...rest] = ways.filter(({ kind }) => kind !== 'local')
  return first ? [careful(first), ...rest.map(careful)] : ways
}

function careful(way: Profile['ways'][0]): Profile['ways'][0] {
  if (way.kind !== 'direct') return way
  const { insecure: _, ...rest } = way
  return rest
}
