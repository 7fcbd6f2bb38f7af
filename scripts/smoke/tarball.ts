/** The package as a stranger gets it: packed, installed without scripts into an empty folder, and weighed. */
import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

/** Builds anew and packs; returns the tarball's path. */
export async function pack(folder: string): Promise<string> {
  const { stdout } = await exec('npm', ['pack', '--loglevel=error', '--json', '--pack-destination', folder], {
    cwd: root,
  })
  const [name] = (await readdir(folder)).filter((entry) => entry.endsWith('.tgz'))
  if (name === undefined) throw new Error(`npm pack left no tarball:\n${stdout}`)
  return join(folder, name)
}

export async function install(tarball: string, prefix: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  await exec('npm', ['install', ...quietly, '--prefix', prefix, tarball], { env, cwd: prefix })
}

/** How many packages an installation holds, ours included, and their files together in MB of 10^6 bytes. */
export async function footprint(prefix: string): Promise<{ packages: number; megabytes: number }> {
  const modules = join(prefix, 'node_modules')
  const { packages } = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8'))
  return { packages: Object.keys(packages).length, megabytes: (await bytesIn(modules)) / 1e6 }
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
