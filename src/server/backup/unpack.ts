/**
 * Reads a backup of unknown origin into a private folder: only files that its own list and ours both name, with the sizes
 * and digests it promised. No name of it ever becomes a path; files lie there under numbers.
 */

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar'
import { Fault } from '../../shared/fault.ts'
import type { StatePaths } from '../storage/paths.ts'
import { ourVersions } from './make.ts'
import { damaged, type Manifest, manifestName, type PartEntry, readManifest } from './manifest.ts'
import { type Place, placeOf } from './parts.ts'

export type Unpacked = {
  readonly manifest: Manifest
  readonly files: readonly (Place & { readonly name: string; readonly unpacked: string })[]
}

/** Bytes; ten thousand files have less. */
const manifestLimit = 4_000_000

/** Throws `backup.invalid`, or `storage.full` when there is no room for it. */
export async function unpack(file: string, folder: string, paths: StatePaths): Promise<Unpacked> {
  const decoder = createTarDecoder({ strict: true })
  const feeding = pipeline(createReadStream(file), createGunzip(), Writable.fromWeb(decoder.writable as never))
  feeding.catch(() => {}) // told below, where the entries end
  try {
    const reader = new Reading(folder, paths)
    for await (const entry of decoder.readable as unknown as AsyncIterable<ParsedTarEntry>) await reader.take(entry)
    await feeding
    return reader.whole()
  } catch (error) {
    if (error instanceof Fault) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') throw unreadable(file, error)
    throw damaged('it is cut off or not an archive of this kind')
  }
}

class Reading {
  readonly #folder: string
  readonly #paths: StatePaths
  #manifest: Manifest | undefined
  readonly #files = new Map<string, Unpacked['files'][number]>()

  constructor(folder: string, paths: StatePaths) {
    this.#folder = folder
    this.#paths = paths
  }

  async take({ header, body }: ParsedTarEntry): Promise<void> {
    const { name, size, type = 'file' } = header
    if (type !== 'file') throw damaged(`it holds ${JSON.stringify(name.slice(0, 100))}, which is no file but a ${type}`)
    if (!this.#manifest) {
      if (name !== manifestName || size > manifestLimit) throw damaged('it does not begin with its list of contents')
      this.#manifest = readManifest(await textOf(body), ourVersions)
      this.#checkRoom(this.#manifest)
      return
    }
    const entry = this.#manifest.parts.find((part) => part.name === name)
    const place = placeOf(name, this.#paths)
    if (!entry || !place || this.#files.has(name)) {
      throw damaged(`it holds ${JSON.stringify(name.slice(0, 100))}, which does not belong there`)
    }
    const unpacked = join(this.#folder, String(this.#files.size))
    await keep(entry, size, body, unpacked)
    this.#files.set(name, { ...place, name, unpacked })
  }

  whole(): Unpacked {
    if (!this.#manifest) throw damaged('it is empty')
    const missing = this.#manifest.parts.find(({ name }) => !this.#files.has(name))
    if (missing) throw damaged(`${missing.name} is missing`)
    return { manifest: this.#manifest, files: [...this.#files.values()] }
  }

  #checkRoom({ parts }: Manifest): void {
    const needed = parts.reduce((sum, { size }) => sum + size, 0)
    const { bavail, bsize } = statfsSync(this.#folder)
    if (needed <= bavail * bsize) return
    throw new Fault('storage.full', `The backup needs ${needed} bytes, and the disk has ${bavail * bsize} left`, {
      remedy: 'Free some space on that disk, then restore it again. Nothing was changed.',
    })
  }
}

async function textOf(body: ParsedTarEntry['body']): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>)
    text += decoder.decode(bytes, { stream: true })
  return text + decoder.decode()
}

/** An archive says the size twice; both must be what comes. */
async function keep(entry: PartEntry, size: number, body: ParsedTarEntry['body'], path: string): Promise<void> {
  if (size !== entry.size) throw damaged(`${entry.name} has another size than it should`)
  const hash = createHash('sha256')
  const count = new Transform({
    transform(bytes, _, done) {
      hash.update(bytes)
      done(null, bytes)
    },
  })
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
  await pipeline(source, count, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }))
  if (hash.digest('hex') !== entry.sha256) throw damaged(`${entry.name} is not what was backed up`)
}

function unreadable(file: string, cause: unknown): Fault {
  return new Fault('usage.invalid', `${file} cannot be read`, { remedy: 'Name the file of a backup.', cause })
}
