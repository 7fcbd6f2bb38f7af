#!/usr/bin/env node
/** Entry point of `clawdbot`: answers `--version` at once and loads everything else lazily. */

import { version } from '../shared/build.ts'
import { useCompileCache } from './compile-cache.ts'

const argv = process.argv.slice(2)
if (argv[0] === '--version' || argv[0] === '-V') process.stdout.write(`clawdbot CLI v${version}\n`)
else {
  useCompileCache()
  const { main } = await import('./main.ts')
  await main(argv, import.meta.url)
}
