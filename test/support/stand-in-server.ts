/** A stand-in for `clawdbot-server` as a process of its own, FAKE like the gateway inside: for starting and stopping one. */

import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../src/shared/fault.ts'
import { StandInGateway } from './stand-in-gateway.ts'

const stateDir = process.env.CLAWDBOT_STATE_DIR ?? '.'
const settings = await readFile(join(stateDir, 'clawdbot.json'), 'utf8').catch(() => '')
const typed = process.argv.includes('--port') ? process.argv[process.argv.indexOf('--port') + 1] : undefined
const port = Number(typed ?? process.env.CLAWDBOT_GATEWAY_PORT ?? /port: (\d+)/.exec(settings)?.[1])
if (process.env.STAND_IN_FAILS) {
  process.stderr.write('config.invalid: gateway.prot is no key; did you mean gateway.port?\n')
  process.exit(2)
}
if (process.env.STAND_IN_GIVES_WAY) {
  process.stderr.write('Another gateway is using the state folder\n')
  process.exit(new Fault('state.locked', '').exitCode)
}
await appendFile(join(stateDir, 'started'), `${process.pid}\n`)
const gateway = await StandInGateway.start({ port, token: process.env.STAND_IN_TOKEN ?? '' })
const note = { pid: process.pid, port, startedAt: Date.now(), startedBy: process.env.CLAWDBOT_GATEWAY_STARTED_BY }
// Whole or not at all, as a real one writes it.
await writeFile(join(stateDir, `note.${process.pid}`), JSON.stringify(note))
await rename(join(stateDir, `note.${process.pid}`), join(stateDir, 'gateway.json'))
process.on('SIGTERM', async () => {
  await gateway[Symbol.asyncDispose]()
  process.exit(0)
})
