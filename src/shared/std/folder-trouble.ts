/** Why nothing can be written at a place, in words. Pure. */

const full = (place: string) => `the disk that holds ${place} is full`
const denied = (place: string) => `this account may not write to ${place}`

const reasons: Readonly<Record<string, (place: string) => string>> = {
  ENOENT: (place) => `${place} is not there and cannot be made`,
  ENOTDIR: (place) => `a part of ${place} is a file and no folder`,
  EEXIST: (place) => `${place} is a file and no folder`,
  EACCES: denied,
  EPERM: denied,
  EROFS: (place) => `${place} can only be read`,
  ENOSPC: full,
  EDQUOT: full,
}

export type FolderTrouble = { readonly why: string; readonly isFull: boolean }

/** Undefined for an error that says something else. */
export function folderTrouble(place: string, error: unknown): FolderTrouble | undefined {
  const reason = reasonOf(error)
  return reason && { why: reason(place), isFull: reason === full }
}

export const isFullDisk = (error: unknown): boolean => reasonOf(error) === full

const reasonOf = (error: unknown) => reasons[String((error as { code?: unknown } | undefined)?.code)]
