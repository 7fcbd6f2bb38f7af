/** Commands a person allowed for good. Kept in one private file, which nothing but this writes. */

import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { Fault } from '../shared/fault.ts'

const allowedCommand = z.object({
  /** `lastingDigest` of the command. */
  digest: z.string(),
  /** For people who read the list. */
  command: z.string(),
  program: z.string(),
  cwd: z.string(),
  allowedBy: z.string().nullable(),
  allowedAtMs: z.number(),
})
type AllowedCommand = z.infer<typeof allowedCommand>

const fileFormat = z.object({ version: z.literal(1), commands: z.array(allowedCommand) })

/** The oldest entry leaves when there are more. */
const maxAllowedCommands = 1000

/** Where lasting approvals are kept. `remember` rejects when it could not be stored. */
export type ApprovalStore = {
  has(digest: string): boolean
  list(): readonly AllowedCommand[]
  remember(entry: AllowedCommand): Promise<void>
}

/** Reads the file once; a missing one is an empty list, a damaged one a `state.damaged` fault. */
export async function openAllowedCommands(path: string): Promise<ApprovalStore> {
  let commands = await load(path)
  let writing: Promise<unknown> = Promise.resolve()
  return {
    has: (digest) => commands.some((command) => command.digest === digest),
    list: () => commands,
    remember(entry) {
      const others = commands.filter(({ digest }) => digest !== entry.digest)
      commands = [...others, entry].slice(-maxAllowedCommands)
      const written = writing.then(() => save(path, commands))
      writing = written.catch(() => {}) // told to whoever asked for it; the next write tries again
      return written
    },
  }
}

async function load(path: string): Promise<AllowedCommand[]> {
  try {
    return fileFormat.parse(JSON.parse(await readFile(path, 'utf8'))).commands
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw new Fault('state.damaged', `The list of allowed commands in ${path} cannot be read.`, {
      cause,
      remedy: 'Move the file away; commands are then asked about again.',
    })
  }
}

/** Whole or not at all: a new file beside it, synced, then renamed over it. */
async function save(path: string, commands: readonly AllowedCommand[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomUUID()}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify({ version: 1, commands }, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, path)
}
