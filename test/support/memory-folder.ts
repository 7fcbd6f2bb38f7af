/**
 * Puts what the tests write into memory, where that is possible: to wait for the disk and to have its file system kept
 * in order takes an eighth of the processor's time of the whole suite. What they leave there is taken away in the end.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const memory = '/dev/shm'
/** A run was seen to need 13 MB. Containers often give 64 for all. */
const neededBytes = 256 * 1024 * 1024

/** The workers, which are started later, find the folder as their TMPDIR. */
export function setup(): (() => void) | undefined {
  if (!isRoomy()) return undefined
  const folder = mkdtempSync(join(memory, 'cb-')) // short, for the paths of sockets
  const remove = () => rmSync(folder, { recursive: true, force: true })
  if (!runsPrograms(folder)) {
    remove()
    return undefined
  }
  chmodSync(folder, 0o711) // other accounts may walk through, not look
  process.env.TMPDIR = folder
  return remove
}

function isRoomy(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > neededBytes
  } catch {
    return false // there is none
  }
}

/** A container may forbid it there. */
function runsPrograms(folder: string): boolean {
  const program = join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 })
  return spawnSync(program).status === 0
}
