/** The saved profiles on disk: read plainly, written by `conf`, never replaced when they cannot be understood. */

import { basename, dirname } from 'node:path'
import { Fault } from '../shared/fault.ts'
import { fullDisk } from '../shared/full-disk.ts'
import type { Clock } from '../shared/std/clock.ts'
import { isRecord, parseJson } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'
import { lockPrivate, readIfThere } from './private-file.ts'
import { type ProfileBook, profileBook } from './profile.ts'

const empty: ProfileBook = { version: 1, profiles: [] }

/**
 * A missing file is an empty list. Throws `state.damaged` for one that is damaged or from a newer version.
 * Every line command comes through here, so `conf` is not: loading it takes 40 ms, as long as starting Node.
 */
export async function readProfiles(path: string): Promise<ProfileBook> {
  const text = await readIfThere(path)
  if (text === undefined) return empty
  const parsed = parseJson(text)
  if (!parsed.ok) throw damaged(path, parsed.reason)
  if (isRecord(parsed.value) && typeof parsed.value.version === 'number' && parsed.value.version > 1) {
    throw new Fault('state.damaged', `${path} was written by a newer version of this program`, {
      remedy: 'Update this one. It leaves the file as it is.',
    })
  }
  const book = readAs(profileBook(), parsed.value, { jitless: true }) // read once; compiling the parser takes longer
  if (book.success) return book.data
  const [issue] = book.error.issues
  throw damaged(path, `${issue?.path.map(String).join('.') || 'the whole'}: ${issue?.message}`)
}

/**
 * Reads, lets `edit` make another list of it, and writes that, with no other program of ours in between. What `edit`
 * throws leaves the file as it was, and so does returning the list it was given. Resolves with what is saved now.
 *
 * `conf` writes beside and renames, syncs, and follows a link to the real file; it creates the folder for anybody to
 * read and validates only JSON Schema, so the folder is made private and the list checked here.
 */
export async function changeProfiles(
  path: string,
  clock: Clock,
  edit: (book: ProfileBook) => ProfileBook,
): Promise<ProfileBook> {
  await using _lock = await lockPrivate(path, clock)
  const before = await readProfiles(path)
  const after = profileBook().parse(edit(before))
  if (JSON.stringify(after) === JSON.stringify(before)) return before
  const { default: Conf } = await import('conf')
  const file = new Conf<ProfileBook>({
    cwd: dirname(path),
    configName: basename(path, '.json'),
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    serialize: (value) => `${JSON.stringify(value, null, 2)}\n`,
  })
  try {
    file.store = after
  } catch (error) {
    throw fullDisk(path, error)
  }
  return after
}

function damaged(path: string, problem: string): Fault {
  return new Fault('state.damaged', `The saved profiles in ${path} cannot be read (${problem})`, {
    remedy: `Correct the file, or move it away to begin anew: mv ${path} ${path}.damaged`,
  })
}
