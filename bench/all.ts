/** Runs every benchmark, one after the other, each in a process of its own. `--strict` fails when one is over budget. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'

const benchmarks = [
  'start',
  'turn',
  'stream',
  'clients',
  'node',
  'terminal',
  'switch',
  'tui-engine',
  'ssh',
  'reconnect',
  'security',
  'telegram',
  'package',
]

console.log(
  `Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), ${process.platform}`,
)
for (const name of benchmarks) {
  const args = [join(import.meta.dirname, `${name}.ts`), ...process.argv.slice(2)]
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')
  if (code !== 0) process.exitCode = 1
}
