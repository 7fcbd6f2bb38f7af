/** What is kept of a gateway on this machine besides its secret: drafts, transcripts, messages that were never sent. */

import { createHash } from 'node:crypto'
import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../shared/std/clock.ts'
import { TranscriptCache } from './cache.ts'
import { FileOutbox } from './outbox.ts'
import type { ClientPaths } from './paths.ts'
import { localName } from './profiles.ts'

export type Keeping = { readonly paths: ClientPaths; readonly clock: Clock }

/** The file with drafts and earlier prompts. An id may be an address; the one of this machine is found again whatever its port. */
export function draftsPath({ draftsDir }: Pick<ClientPaths, 'draftsDir'>, id: string): string {
  const name = id === localName ? id : createHash('sha256').update(id).digest('hex').slice(0, 32)
  return join(draftsDir, `${name}.json`)
}

/** What was there and is gone now. */
export type Forgotten = { readonly hasDrafts: boolean; readonly transcripts: number; readonly unsent: number }

export async function forgetKept(id: string, { paths, clock }: Keeping): Promise<Forgotten> {
  const drafts = draftsPath(paths, id)
  const hasDrafts = await access(drafts).then(
    () => true,
    () => false,
  )
  await rm(drafts, { force: true })
  const transcripts = await new TranscriptCache(paths.cacheDir, id).forgetAll()
  return { hasDrafts, transcripts, unsent: await FileOutbox.forget(paths.outboxDir, id, clock) }
}
