#!/usr/bin/env node
/** Entry point of `clawdbot`: answers `--version` at once and loads everything else lazily. */

import { version } from '../shared/build.ts'
import { useAccountHome } from './account-home.ts'
import { useCompileCache } from './compile-cache.ts'
import { nodeProblem } from './node-version.ts'
import { watchOutput } from './output.ts'

watchOutput()
const argv = process.argv.slice(2)
const problem = nodeProblem(process.versions.node) ?? useAccountHome(process.env)
if (argv[0] === '--version' || argv[0] === '-V') process.stdout.write(`clawdbot CLI v${version}\n`)
else if (problem !== undefined) {
  process.stderr.write(`❌ ${problem}\n`)
  process.exitCode = 1
} else {
  useCompileCache()
  const { main } = await import('./main.ts')
  await main(argv, import.meta.url)
}
