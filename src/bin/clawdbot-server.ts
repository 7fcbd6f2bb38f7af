#!/usr/bin/env node
/** Entry point of `clawdbot-server`: answers `--version` at once and loads the gateway lazily. */

import { version } from '../shared/build.ts'
import { useCompileCache } from './compile-cache.ts'

useCompileCache()

const [first] = process.argv.slice(2)
if (first === '--version' || first === '-V') {
  process.stdout.write(`clawdbot CLI v${version}\n`)
}
