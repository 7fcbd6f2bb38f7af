/** A gateway reduced to its spawner, for tests that kill it or measure its memory: `node spawner-program.ts <folder> <command>`. */

import { realpath } from 'node:fs/promises'
import { prepareCommand } from '../../src/exec/command.ts'
import { childEnvironment } from '../../src/exec/env.ts'
import { Ledger } from '../../src/exec/ledger.ts'
import { Spawner } from '../../src/exec/spawn.ts'
import { systemClock } from '../../src/shared/std/clock.ts'

const [folder = '', text = '', timeoutMs = '60000'] = process.argv.slice(2)
const spawner = new Spawner({ ledger: new Ledger(folder), clock: systemClock })
const context = { workspace: await realpath('/tmp'), sessionKey: 's', env: childEnvironment(process.env) }

async function run(command: string, limitMs: number) {
  const prepared = await prepareCommand({ command }, context)
  if (prepared.kind === 'impossible') throw new Error(prepared.reason)
  const signal = new AbortController().signal
  return await spawner.run({
    command: prepared.command,
    timeoutMs: limitMs,
    keepBytes: 1024 * 1024,
    signal,
    onOutput() {},
  })
}

await run('true', 5000) // what is loaded once is not growth
const before = process.memoryUsage.rss()
let peak = before
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 10)
const result = await run(text, Number(timeoutMs))
clearInterval(watch)
console.log(JSON.stringify({ ...result, text: result.text.length, grownBytes: peak - before }))
