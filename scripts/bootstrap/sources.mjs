/** Tells whether `dist` was built from the sources as they are now, by names, sizes and times: no file is read. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const inputs = ['src', 'scripts/build', 'scripts/build.ts', 'package.json', 'package-lock.json']
const programs = ['dist/clawdbot.js', 'dist/clawdbot-server.js']

/** Where the build leaves the fingerprint of what it was made from. */
export const buildStamp = 'dist/.stamp'

/** @param {string} root */
export function isBuilt(root) {
  const stamp = join(root, buildStamp)
  if (!existsSync(stamp) || !programs.every((path) => existsSync(join(root, path)))) return false
  return readFileSync(stamp, 'utf8') === fingerprint(root)
}

/** Changes when any input of the build does. @param {string} root */
export function fingerprint(root) {
  const hash = createHash('sha256')
  for (const path of inputs.flatMap((input) => files(root, input))) {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** @param {string} root @param {string} path @returns {string[]} */
function files(root, path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (!found) return []
  if (!found.isDirectory()) return [path]
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => files(root, `${path}/${name}`))
}
