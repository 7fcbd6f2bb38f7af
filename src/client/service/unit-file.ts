/** The file of a service: written when it is another, removed when it is there. */

import { rm } from 'node:fs/promises'
import { readIfThere, writePrivate } from '../private-file.ts'

/** True when it was written. */
export async function putFile(path: string, text: string): Promise<boolean> {
  if ((await readIfThere(path)) === text) return false
  await writePrivate(path, text)
  return true
}

/** True when it was there. */
export async function dropFile(path: string): Promise<boolean> {
  if ((await readIfThere(path)) === undefined) return false
  await rm(path)
  return true
}
