#!/usr/bin/env node
/** Entry point of `clawdbot`: answers `--version` at once and loads everything else lazily. */

import { version } from '../shared/build.ts'
import { useCompileCache } from './compile-cache.ts'

useCompileCache()

const [first] = process.argv.slice(2)
if (first === '--version' || first === '-V') {
  process.stdout.write(`clawdbot CLI v${version}\n`)
}
