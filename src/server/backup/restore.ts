/** Puts a backup in the place of what is here, which is kept aside: all of it, or nothing. */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errorText, Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { openJournal } from '../journal/journal.ts'
import { takeLock } from '../storage/lock.ts'
import type { StatePaths } from '../storage/paths.ts'
import { ensurePrivateFolder } from '../storage/private-files.ts'
import { loadSqlite } from '../storage/sqlite.ts'
import { damaged, type Manifest } from './manifest.ts'
import { type ReturningDevice, returningDevices, revokeIn } from './revoked.ts'
import { type Unpacked, unpack } from './unpack.ts'

export type OpenBackup = Disposable & {
  readonly manifest: Manifest
  /** Since it was made, as far as it is known here; they stay so. */
  readonly revoked: readonly ReturningDevice[]
  /** Puts it in place. */
  apply(): Restored
}

export type RestoreWorld = {
  readonly paths: StatePaths
  readonly home: string
  readonly clock: Clock
  /** It is only looked at, which a gateway that runs does not hinder. */
  readonly isDryRun?: boolean
}

export type Restored = {
  /** The folder of what was there, if anything was. */
  readonly aside: string | undefined
  /** Lines of the settings that name the home folder the backup comes from, where that is another one. */
  readonly strangeLines: readonly number[]
}

/**
 * Reads, checks and holds a backup; unless for a dry run, no gateway can use the state folder until it is disposed. Throws
 * `backup.invalid`, then `state.locked` while a gateway does, and `state.damaged` for an audit log that stays and cannot
 * be read.
 */
export async function openBackup(file: string, world: RestoreWorld): Promise<OpenBackup> {
  const { paths, home, clock, isDryRun = false } = world
  ensurePrivateFolder(paths.stateDir)
  let lock = isDryRun ? undefined : lockUnlessUsed(paths.lock, clock.now())
  if (lock) removeCutOff(paths.stateDir)
  const folder = mkdtempSync(join(paths.stateDir, prefix))
  const close = () => {
    rmSync(folder, { recursive: true, force: true })
    lock?.[Symbol.dispose]()
  }
  try {
    const unpacked = await unpack(file, folder, paths)
    for (const one of unpacked.files) if (one.part.kind === 'database') checkDatabase(one.name, one.unpacked)
    // Only for a file that can be restored is it worth stopping a gateway.
    if (!isDryRun) lock ??= takeLock(paths.lock, clock.now())
    const { manifest, files } = unpacked
    // One that stays has to take the restoring down.
    if (!files.some(({ name }) => name === 'audit.db')) openJournal({ path: paths.journal, clock })[Symbol.dispose]()
    const then = files.find(({ name }) => name === 'clawdbot.db')
    const revoked = then ? returningDevices(paths.database, then.unpacked) : []
    return {
      manifest,
      revoked,
      apply: () => {
        if (!lock) throw new Error('a dry run puts nothing in place')
        if (then) revokeIn(then.unpacked, revoked)
        const aside = freeName(join(paths.stateDir, `before-restore-${stampOf(clock.now())}`))
        exchange(unpacked, aside)
        noteRestore(file, manifest, paths, clock)
        const strangeLines = manifest.home === home ? [] : linesNaming(manifest.home, paths.config)
        return { aside: existsSync(aside) ? aside : undefined, strangeLines }
      },
      [Symbol.dispose]: close,
    }
  } catch (error) {
    close()
    throw error
  }
}

const prefix = '.restore-'

/** Undefined while a gateway has it. */
function lockUnlessUsed(path: string, now: number): Disposable | undefined {
  try {
    return takeLock(path, now)
  } catch (error) {
    if (error instanceof Fault && error.code === 'state.locked') return undefined
    throw error
  }
}

/** Of restoring that was cut off; whoever has the lock knows that none is under way. */
function removeCutOff(stateDir: string): void {
  for (const name of readdirSync(stateDir).filter((one) => one.startsWith(prefix))) {
    rmSync(join(stateDir, name), { recursive: true, force: true })
  }
}

function linesNaming(home: string, path: string): number[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  return lines.flatMap((line, i) => (line.includes(home) ? [i + 1] : []))
}

function checkDatabase(name: string, path: string): void {
  const { DatabaseSync } = loadSqlite()
  try {
    using db = new DatabaseSync(path)
    const [{ quick_check: verdict } = {}] = db.prepare('PRAGMA quick_check(1)').all()
    if (verdict !== 'ok') throw new Error(String(verdict))
  } catch (error) {
    throw damaged(`SQLite cannot trust ${name} (${errorText(error)})`)
  }
}

/** `20261125-191403`, in UTC. */
function stampOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}

function freeName(path: string): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? path : `${path}-${n}`
    if (!existsSync(name)) return name
  }
}

type Step = { readonly from: string; readonly to: string }

/** Every move is undone when one fails. */
function exchange({ files }: Unpacked, aside: string): void {
  const done: Step[] = []
  const move = (step: Step) => {
    mkdirSync(dirname(step.to), { recursive: true, mode: 0o700 })
    relocate(step)
    done.push(step)
  }
  try {
    for (const { name, part, path, unpacked } of files) {
      const beside = part.kind === 'database' ? ['', '-wal', '-shm'] : ['']
      for (const end of beside) {
        if (existsSync(path + end)) move({ from: path + end, to: join(aside, name) + end })
      }
      move({ from: unpacked, to: path })
    }
  } catch (error) {
    for (const { from, to } of done.reverse()) relocate({ from: to, to: from })
    throw error
  }
}

/** The configuration may lie on another disk. */
function relocate({ from, to }: Step): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    copyFileSync(from, to)
    rmSync(from)
  }
}

/** In the log that came back, for it does not know how it did. */
function noteRestore(file: string, { createdAt, host, version }: Manifest, paths: StatePaths, clock: Clock): void {
  using journal = openJournal({ path: paths.journal, clock })
  journal.note('state.restored', { file: basename(file), createdAt, host, version })
}
