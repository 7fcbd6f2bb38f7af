/** The log on disk: one private file a day, of limited size, old ones removed. */

import { closeSync, fstatSync, lstatSync, readdirSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../shared/std/clock.ts'
import { ensurePrivateFolder, openForAppend } from '../storage/private-files.ts'
import { logLine } from './line.ts'
import type { LogSink } from './logger.ts'

export type LogFile = Disposable & { sink: LogSink; path(): string }

export type LogFileOptions = {
  folder: string
  clock: Clock
  /** A file that would grow beyond this is set aside and a new one begun. */
  maxBytes?: number
  /** Files kept, the present one included; the oldest leave. */
  maxFiles?: number
}

/** How often it is looked whether the file is still where it was opened: somebody may move or delete it. */
const lookEveryMs = 1_000
const fileName = /^clawdbot-\d{4}-\d{2}-\d{2}(\.\d+)?\.log$/

type OpenFile = { fd: number; day: string; size: number; dev: number; ino: number; lookedAt: number }

export function openLogFile({ folder, clock, maxBytes = 20_000_000, maxFiles = 8 }: LogFileOptions): LogFile {
  ensurePrivateFolder(folder)
  let open: OpenFile | undefined

  const pathOf = (day: string) => join(folder, `clawdbot-${day}.log`)

  const close = () => {
    if (open) closeSync(open.fd)
    open = undefined
  }

  const isDue = (file: OpenFile) => {
    const now = clock.monotonic()
    if (now - file.lookedAt < lookEveryMs) return false
    file.lookedAt = now
    return true
  }

  const fileFor = (day: string, bytes: number): OpenFile => {
    if (open?.day === day) {
      const isFull = open.size + bytes > maxBytes
      const isThere = !(isFull || isDue(open)) || isAt(pathOf(day), open)
      if (isFull || !isThere) close()
      if (isFull && isThere) setAside(folder, day)
    }
    if (open?.day !== day) {
      close()
      ensurePrivateFolder(folder)
      removeOldest(folder, maxFiles - 1)
      const fd = openForAppend(pathOf(day))
      const { size, dev, ino } = fstatSync(fd)
      open = { fd, day, size, dev, ino, lookedAt: clock.monotonic() }
    }
    return open as OpenFile
  }

  return {
    path: () => pathOf(dayOf(clock.now())),
    sink(record) {
      try {
        const line = `${logLine(record)}\n`
        const bytes = Buffer.byteLength(line)
        const file = fileFor(dayOf(record.timeMs), bytes)
        writeSync(file.fd, line)
        file.size += bytes
      } catch {
        // A full disk or a missing folder must not stop the gateway; there is nowhere left to report it.
        close()
      }
    },
    [Symbol.dispose]: close,
  }
}

/** The local date, as people look for it. */
export function dayOf(timeMs: number): string {
  const date = new Date(timeMs)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function isAt(path: string, { dev, ino }: OpenFile): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false })
  return there?.dev === dev && there.ino === ino
}

function setAside(folder: string, day: string): void {
  const taken = readdirSync(folder).flatMap(
    (name) => new RegExp(`^clawdbot-${day}\\.(\\d+)\\.log$`).exec(name)?.[1] ?? [],
  )
  const next = Math.max(0, ...taken.map(Number)) + 1
  renameSync(join(folder, `clawdbot-${day}.log`), join(folder, `clawdbot-${day}.${next}.log`))
}

/** Oldest first by day, then by number; a day's unnumbered file is its newest. */
function removeOldest(folder: string, keep: number): void {
  const age = (name: string): string => {
    const [, day = '', n] = /^clawdbot-([\d-]{10})(?:\.(\d+))?\.log$/.exec(name) ?? []
    return `${day}.${(n ?? '9999999').padStart(7, '0')}`
  }
  const files = readdirSync(folder)
    .filter((name) => fileName.test(name))
    .toSorted((a, b) => age(a).localeCompare(age(b)))
  for (const name of files.slice(0, Math.max(0, files.length - keep))) unlinkSync(join(folder, name))
}
