/** The steps of the bootstrap: packages and Node, build, program. */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BootstrapFailure } from './failure.mjs'
import { ensureInstalled } from './install.mjs'
import { launch } from './launch.mjs'
import { say } from './say.mjs'
import { isBuilt } from './sources.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** What each command becomes once everything is there. */
const targets = {
  start: { script: join(root, 'dist', 'clawdbot.js'), args: [] },
  test: { script: join(root, 'node_modules', 'vitest', 'vitest.mjs'), args: ['run'] },
  check: { script: join(root, 'scripts', 'check.ts'), args: [] },
  smoke: { script: join(root, 'scripts', 'smoke.ts'), args: [] },
  bench: { script: join(root, 'bench', 'all.ts'), args: [] },
}

/** @param {string[]} argv the command, then what is passed on to the program */
export async function bootstrap([command = '', ...args]) {
  try {
    const target = targets[/** @type {keyof typeof targets} */ (command)]
    if (!target)
      throw new BootstrapFailure(
        `There is no command "${command}" here.`,
        `Use one of: ${Object.keys(targets).join(', ')}.`,
      )
    const node = await ensureInstalled(root)
    ensureBuilt(node)
    await launch(node, target.script, [...target.args, ...args])
  } catch (error) {
    if (!(error instanceof BootstrapFailure)) throw error
    process.stderr.write(`\n✖ ${error.message}\n  ${error.remedy}\n`)
    process.exitCode = 1
  }
}

/** @param {string} node */
function ensureBuilt(node) {
  if (isBuilt(root)) return
  say('Building (only when the sources change)')
  // Its stdout joins our stderr: stdout is the program's alone.
  const { status } = spawnSync(node, [join(root, 'scripts', 'build.ts')], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0)
    throw new BootstrapFailure(
      'The build failed; its reason is above.',
      'Correct the sources, then run the same command again.',
    )
}
