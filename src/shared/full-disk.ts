/** A disk that is full, told as that: what a failed write says itself names no file. Pure. */

import { Fault } from './fault.ts'
import { isFullDisk } from './std/folder-trouble.ts'

/** Of an error while writing the file whole, beside and renamed. Every other one stays as it is. */
export function fullDisk(path: string, error: unknown): unknown {
  if (!isFullDisk(error)) return error
  return new Fault('storage.full', `The disk that holds ${path} is full; the file was not changed`, {
    remedy: 'Free some space on that disk, then try again.',
    retryable: true,
    cause: error,
  })
}
