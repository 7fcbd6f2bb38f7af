/** Packs the package and uses it as a stranger would: installed into an empty folder, without scripts, on each Node. */
import { execFile } from 'node:child_process'
import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { conversation } from './smoke/conversation.ts'
import { footprint, install, pack } from './smoke/tarball.ts'

const exec = promisify(execFile)
const root = join(import.meta.dirname, '..')
const nodes = [22, 24, 26]
const limits = { megabytes: 60, packages: 90 }

/** A place where the package is installed, and the environment in which its Node is the first on PATH. */
type Installed = { folder: string; env: NodeJS.ProcessEnv }

async function main(): Promise<void> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-smoke-'))
  const tarball = await pack(folder.path)
  let failed = 0
  for (const major of nodes) {
    await smoke(major, tarball).then(
      (facts) => process.stdout.write(`✓ Node ${major}: ${facts}\n`),
      (error: unknown) => {
        failed += 1
        process.stdout.write(`✗ Node ${major}: ${error instanceof Error ? error.message : String(error)}\n`)
      },
    )
  }
  process.stdout.write(`\n${nodes.length - failed} passed, ${failed} failed\n`)
  process.exitCode = failed > 0 ? 1 : 0
}

async function smoke(major: number, tarball: string): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), `clawdbot-node${major}-`))
  const installed = { folder: folder.path, env: await environment(major) }
  await install(tarball, folder.path, installed.env)
  const talk = await conversation(join(folder.path, 'node_modules', '.bin'), installed.env)
  return [await version(installed), await weight(installed), talk].join(', ')
}

/** Like ours, but with that Node first on PATH and none of this project's own tools. */
async function environment(major: number): Promise<NodeJS.ProcessEnv> {
  const own = join(root, 'node_modules', '.bin')
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== own)
  const { stdout } = await exec('npx', ['-y', `node@${major}`, '-p', 'process.execPath'], { cwd: tmpdir() })
  return { ...process.env, PATH: [dirname(stdout.trim()), ...path].join(delimiter) }
}

async function version({ folder, env }: Installed): Promise<string> {
  const { version: expected } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  for (const name of ['clawdbot', 'clawdbot-server']) {
    const { stdout } = await exec(join(folder, 'node_modules', '.bin', name), ['--version'], { env })
    if (stdout !== `clawdbot CLI v${expected}\n`) throw new Error(`${name} --version printed ${JSON.stringify(stdout)}`)
  }
  return `version ${expected}`
}

async function weight({ folder }: Installed): Promise<string> {
  const { packages, megabytes } = await footprint(folder)
  const facts = `${packages} packages (limit ${limits.packages}), ${megabytes.toFixed(1)} MB (limit ${limits.megabytes} MB)`
  if (packages > limits.packages || megabytes > limits.megabytes) throw new Error(`too much is installed: ${facts}`)
  return facts
}

await main()
