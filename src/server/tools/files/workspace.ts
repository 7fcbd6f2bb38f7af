/** The agent's workspace: opens files and folders inside it and nothing else, whatever the path looks like (EX16, EX8). */

import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { isInside, isProtected } from '../../../exec/protected.ts'
import { Fault } from '../../../shared/fault.ts'

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants

/** A path is at most this long, in UTF-16 units. */
const maxPathLength = 4096

export class Workspace {
  readonly #root: string
  readonly #protected: readonly string[]

  /** `root` has no links. `protectedPaths` are the gateway's own folders and files, by every path they have. */
  private constructor(root: string, protectedPaths: readonly string[]) {
    this.#root = root
    this.#protected = protectedPaths
  }

  /** Makes the folder, private to the owner, when it is not there yet. */
  static async open(folder: string, protectedPaths: readonly string[]): Promise<Workspace> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return new Workspace(await realpath(folder), protectedPaths)
  }

  /** Where the file is as the model knows it: relative to the workspace. */
  nameOf(real: string): string {
    return relative(this.#root, real) || '.'
  }

  /** Opens an existing regular file for reading. Faults: `path.outside`, `tool.failed`. */
  async openFile(path: string): Promise<{ handle: FileHandle; real: string; size: number }> {
    const real = await this.#existing(path)
    const { handle } = await this.#openHeld(real, O_RDONLY | O_NONBLOCK, path)
    const facts = await handle.stat()
    if (facts.isFile()) return { handle, real, size: facts.size }
    await handle.close()
    throw new Fault('tool.failed', `${path} is ${facts.isDirectory() ? 'a folder' : 'not a regular file'}.`)
  }

  /** Opens an existing folder; `real` is a path through which its entries are reached safely. */
  async openFolder(path: string): Promise<Folder> {
    return await this.#folderAt(await this.#existing(path), path)
  }

  /** Puts `content` at `path`, whole or not at all; missing folders are made. Returns whether the file is new. */
  async writeFile(path: string, content: string | Uint8Array): Promise<{ real: string; isNew: boolean }> {
    const lexical = this.#lexical(path)
    const existing = await realpath(lexical).catch(() => undefined)
    const target = existing ?? lexical
    await using folder = await this.#makeFolder(dirname(target), path)
    const name = basename(target)
    const facts = await stat(folder.at(name)).catch(() => undefined)
    if (facts && !facts.isFile()) throw new Fault('tool.failed', `${path} is there already and is not a file.`)
    this.#demandInside(join(folder.real, name), path)
    await replaceFile(folder, name, content, facts ? facts.mode & 0o777 : 0o600)
    return { real: join(folder.real, name), isNew: facts === undefined }
  }

  #lexical(path: string): string {
    if (path === '' || path.includes('\0') || path.length > maxPathLength) {
      throw new Fault('path.outside', 'A path must be 1 to 4096 characters long and hold no NUL.')
    }
    const full = resolve(this.#root, path)
    this.#demandInside(full, path)
    return full
  }

  async #existing(path: string): Promise<string> {
    const lexical = this.#lexical(path)
    const real = await realpath(lexical).catch((cause: unknown) => {
      throw new Fault('tool.failed', `There is no ${path} in the workspace.`, { cause })
    })
    this.#demandInside(real, path)
    return real
  }

  #demandInside(full: string, path: string): void {
    if (!isInside(this.#root, full)) {
      throw new Fault('path.outside', `${path} is outside the workspace.`, {
        remedy: `File tools reach only ${this.#root}.`,
      })
    }
    if (isProtected(full, this.#protected, this.#root)) {
      throw new Fault('path.outside', `${path} belongs to the gateway itself, which no tool may touch.`)
    }
  }

  /** Opens by a path that has no links any more, then asks the system where that handle really is. */
  async #openHeld(real: string, flags: number, path: string): Promise<{ handle: FileHandle }> {
    const handle = await open(real, flags | O_NOFOLLOW).catch((cause: unknown) => {
      throw new Fault('tool.failed', `${path} cannot be opened.`, { cause })
    })
    try {
      this.#demandInside(await placeOf(handle, real), path)
    } catch (error) {
      await handle.close()
      throw error
    }
    return { handle }
  }

  async #folderAt(real: string, path: string): Promise<Folder> {
    const { handle } = await this.#openHeld(real, O_RDONLY | O_DIRECTORY, path)
    return new Folder(handle, real)
  }

  /** Opens a folder, making what is missing step by step, each step from the handle of the one before. */
  async #makeFolder(full: string, path: string): Promise<Folder> {
    this.#demandInside(full, path)
    let folder = await this.#folderAt(this.#root, path)
    for (const part of relative(this.#root, full).split(sep).filter(Boolean)) {
      await using above = folder
      await mkdir(above.at(part), { mode: 0o700 }).catch(() => {}) // there already; opening it tells the rest
      const real = await realpath(above.at(part)).catch((cause: unknown) => {
        throw new Fault('tool.failed', `${path} cannot be made.`, { cause })
      })
      this.#demandInside(real, path)
      folder = await this.#folderAt(real, path)
    }
    return folder
  }
}

/** A folder held open: what is reached through `at` is in this very folder, even if its path is exchanged meanwhile. */
export class Folder implements AsyncDisposable {
  readonly #handle: FileHandle
  readonly real: string

  constructor(handle: FileHandle, real: string) {
    this.#handle = handle
    this.real = real
  }

  /** Linux reaches entries through the handle, as openat(2) does; elsewhere the path must do. */
  at(name: string): string {
    return join(process.platform === 'linux' ? `/proc/self/fd/${this.#handle.fd}` : this.real, name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }
}

async function replaceFile(folder: Folder, name: string, content: string | Uint8Array, mode: number): Promise<void> {
  const draft = folder.at(`.${randomUUID()}.tmp`)
  const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
  try {
    await handle.writeFile(content)
    await rename(draft, folder.at(name))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

async function placeOf(handle: FileHandle, real: string): Promise<string> {
  if (process.platform === 'linux') return await readlink(`/proc/self/fd/${handle.fd}`)
  const [held, named] = await Promise.all([handle.stat(), stat(await realpath(real))])
  return held.ino === named.ino && held.dev === named.dev ? await realpath(real) : '/'
}
