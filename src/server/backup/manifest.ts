/** The first file of a backup: what is in it, where and by which version it was made. Pure. */

import * as z from 'zod'
import { Fault } from '../../shared/fault.ts'
import { isRecord, parseJson } from '../../shared/std/json.ts'
import { once } from '../../shared/std/once.ts'
import { readAs } from '../../shared/std/read-as.ts'

export const manifestName = 'manifest.json'
/** Rises when an older version could not read it. */
export const manifestFormat = 1

const shape = once(() =>
  z.object({
    format: z.int(),
    /** Of Clawdbot. */
    version: z.string().max(64),
    /** Of the database. */
    schema: z.int().nonnegative(),
    createdAt: z.iso.datetime(),
    host: z.string().max(256),
    home: z.string().max(4096),
    withSecrets: z.boolean(),
    parts: z
      .array(
        z.object({
          name: z.string().max(256),
          size: z.int().nonnegative(),
          sha256: z.string().regex(/^[0-9a-f]{64}$/),
        }),
      )
      .max(10_000),
  }),
)

export type Manifest = z.infer<ReturnType<typeof shape>>
export type PartEntry = Manifest['parts'][number]

export type Versions = { readonly version: string; readonly schema: number }

/** Throws `backup.invalid` for what is none, and for one of a newer version than this. */
export function readManifest(text: string, ours: Versions): Manifest {
  const parsed = parseJson(text)
  const { format } = parsed.ok && isRecord(parsed.value) ? parsed.value : {}
  if (typeof format === 'number' && format > manifestFormat) throw newer(`format ${format}`, ours)
  const checked = readAs(shape(), parsed.ok ? parsed.value : undefined)
  if (!checked.success) throw damaged('its list of contents cannot be read')
  const manifest = checked.data
  const names = manifest.parts.map(({ name }) => name)
  if (new Set(names).size !== names.length) throw damaged('its list of contents names something twice')
  if (isNewer(manifest.version, ours.version)) throw newer(`version ${manifest.version}`, ours)
  if (manifest.schema > ours.schema) throw newer(`schema ${manifest.schema}`, ours)
  return manifest
}

function isNewer(theirs: string, ours: string): boolean {
  const numbers = (version: string) => version.split('-')[0]?.split('.').map(Number) ?? []
  const [a, b] = [numbers(theirs), numbers(ours)]
  const at = a.findIndex((number, i) => number !== (b[i] ?? 0))
  return at !== -1 && (a[at] ?? 0) > (b[at] ?? 0)
}

function newer(what: string, { version }: Versions): Fault {
  return new Fault('backup.invalid', `The backup is of a newer Clawdbot (${what}); this is ${version}`, {
    remedy: 'Install that version or a later one here, then restore it: npm install --global @clawdbot/cli',
  })
}

export function damaged(what: string): Fault {
  return new Fault('backup.invalid', `This is no whole backup: ${what}`, {
    remedy: 'Nothing was changed. Copy the file again, or use another backup.',
  })
}
