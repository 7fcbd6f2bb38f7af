/** Compares what package-lock.json promises with what node_modules holds. Pure. */

/**
 * @typedef {{ version?: string, os?: string[], cpu?: string[], libc?: string[], optional?: boolean, devOptional?: boolean,
 *   peer?: boolean, link?: boolean, dependencies?: Record<string, string>, devDependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string> }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 * @typedef {{ os: string, cpu: string, libc: string }} Machine libc is `glibc`, `musl` or empty.
 */

/**
 * Paths of the packages that should be there on this machine and are not, or not in that version. Optional packages
 * meant for this machine count: the native parts of the test runner and the builder are optional to npm, not to us.
 * @param {Lock} lock @param {Lock} installed @param {Machine} machine
 */
export function missingPackages(lock, installed, machine) {
  return Object.entries(lock.packages)
    .filter(
      ([path, entry]) => path !== '' && isWanted(entry, machine) && installed.packages[path]?.version !== entry.version,
    )
    .map(([path]) => path)
}

/**
 * Whether an entry must be there: all required ones, and optional ones that name this machine outright. An optional
 * package for every machine (a compiled speed-up) may fail to install and is not missed.
 * @param {LockEntry} entry @param {Machine} machine
 */
function isWanted(entry, machine) {
  if (!entry.optional && !entry.devOptional) return true
  if (!entry.os || !entry.cpu) return false
  return includes(entry.os, machine.os) && includes(entry.cpu, machine.cpu) && includes(entry.libc, machine.libc)
}

/** @param {string[] | undefined} list @param {string} value */
function includes(list, value) {
  return list === undefined || list.includes(value)
}

/**
 * Whether the lock was made from this package.json. If not, `npm ci` refuses to work.
 * @param {LockEntry} manifest @param {Lock} lock
 */
export function agree(manifest, lock) {
  const root = lock.packages[''] ?? {}
  return (
    same(manifest.dependencies, root.dependencies) &&
    same(manifest.devDependencies, root.devDependencies) &&
    same(manifest.optionalDependencies, root.optionalDependencies)
  )
}

/** @param {Record<string, string> | undefined} left @param {Record<string, string> | undefined} right */
function same(left = {}, right = {}) {
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
}
