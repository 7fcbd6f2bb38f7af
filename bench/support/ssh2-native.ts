/** Copies of ssh2 in temporary folders: as it is installed, and with its native part where that can be built. */

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const packages = ['ssh2', 'asn1', 'safer-buffer', 'bcrypt-pbkdf', 'tweetnacl', 'nan', 'buildcheck', 'cpu-features']

/** Makes `<folder>/node_modules` with ssh2 in it. */
export function copySsh2(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  for (const name of packages) {
    const from = join(root, 'node_modules', name)
    if (existsSync(from)) cpSync(from, join(folder, 'node_modules', name), { recursive: true, dereference: true })
  }
}

/** Builds the native part there, with the headers that came with this Node; what was missing when it could not. */
export function buildNative(folder: string): string | undefined {
  const gyp = nodeGyp()
  if (gyp === undefined) return 'npm has no node-gyp'
  const headers = headersOfNode()
  if (headers === undefined) return 'this Node came without its headers'
  const major = process.versions.openssl.split('.')[0]
  const args = [gyp, `--nodedir=${headers}`, `--real_openssl_major=${major}`, 'rebuild']
  const cwd = join(folder, 'node_modules/ssh2/lib/protocol/crypto')
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  return status === 0 ? undefined : stderr.trim().split('\n').at(-1)
}

/** The package that brings Node keeps them beside the binary it links from. */
function headersOfNode(): string | undefined {
  const prefix = join(process.execPath, '../..')
  const folders = [prefix, ...globSync(join(prefix, 'node_modules/node-*'))]
  return folders.find((path) => existsSync(join(path, 'include/node/node_api.h')))
}

/** npm brings one, but keeps it to itself. */
function nodeGyp(): string | undefined {
  const folders = ['/usr/lib/node_modules', '/usr/local/lib/node_modules']
  try {
    folders.unshift(execFileSync('npm', ['root', '-g'], { encoding: 'utf8' }).trim())
  } catch {} // no npm
  const paths = folders.map((folder) => join(folder, 'npm/node_modules/node-gyp/bin/node-gyp.js'))
  return paths.find((path) => existsSync(path))
}
