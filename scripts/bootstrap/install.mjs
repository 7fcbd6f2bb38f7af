/** Makes node_modules match package-lock.json; does nothing, quickly, when it already does. */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BootstrapFailure, LockMismatch } from './failure.mjs'
import { agree, missingPackages } from './lockfile.mjs'
import { ensureNode, pinnedNode } from './node.mjs'
import { npm } from './npm.mjs'
import { say } from './say.mjs'

const stampName = 'node_modules/.clawdbot-stamp'

/**
 * Returns the Node to run everything with.
 * @param {string} root @returns {Promise<string>}
 */
export async function ensureInstalled(root) {
  if (isLink(join(root, 'node_modules'))) return pinnedNode(root) // another checkout's, and its business
  const known = readStamp(root)
  if (known) return known
  const manifest = readJson(join(root, 'package.json'))
  const isCurrent = isComplete(root) && agree(manifest, readLock(root))
  const node = isCurrent ? ensureNode(root, pinnedVersion(root)) : await install(root)
  writeFileSync(join(root, stampName), JSON.stringify({ inputs: inputs(root), node }))
  return node
}

/** @param {string} root @returns {Promise<string>} */
async function install(root) {
  const total = expected(root)
  say(`Fetching ${total || 'the'} packages (only when they change)`)
  try {
    await npm(root, ['ci'], { total })
  } catch (error) {
    if (!(error instanceof LockMismatch)) throw error
    say('package-lock.json does not fit package.json: npm install makes it anew (please commit it)')
    await npm(root, ['install'], { total })
  }
  const node = ensureNode(root, pinnedVersion(root))
  // npm leaves out optional packages that do not suit the Node it runs on; the pinned Node gets those that suit it.
  if (!isComplete(root)) await npm(root, ['install', '--no-save'], { node, total })
  if (isComplete(root)) return node
  throw new BootstrapFailure(
    'npm finished, but packages that package-lock.json names are missing.',
    'Remove the folder node_modules and run the same command again.',
  )
}

/** Whether everything the lock names for this machine is there. @param {string} root */
function isComplete(root) {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  return missingPackages(readLock(root), readJson(installed), machine()).length === 0
}

/** How many packages a complete install has here; 0 when there is no lock to tell. @param {string} root */
function expected(root) {
  return missingPackages(readLock(root), { packages: {} }, machine()).length
}

function machine() {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport())
  const libc = process.platform !== 'linux' ? '' : header.glibcVersionRuntime ? 'glibc' : 'musl'
  return { os: process.platform, cpu: process.arch, libc }
}

/** @param {string} root @returns {string} */
function pinnedVersion(root) {
  return readLock(root).packages['node_modules/node']?.version ?? ''
}

/** The Node of the last complete install, if nothing changed since. @param {string} root @returns {string | undefined} */
function readStamp(root) {
  const path = join(root, stampName)
  if (!existsSync(path)) return undefined
  const stamp = readJson(path)
  return stamp.inputs === inputs(root) && existsSync(stamp.node) ? stamp.node : undefined
}

/** @param {string} root */
function inputs(root) {
  const hash = createHash('sha256')
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    const path = join(root, name)
    hash.update(existsSync(path) ? readFileSync(path) : '').update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} path */
function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

/** An absent lock promises nothing, and never agrees with package.json. @param {string} root @returns {import('./lockfile.mjs').Lock} */
function readLock(root) {
  const path = join(root, 'package-lock.json')
  return existsSync(path) ? readJson(path) : { packages: {} }
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
