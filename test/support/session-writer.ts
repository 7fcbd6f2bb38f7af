/** A process that talks to the session store as a gateway under load does, until it is killed. Says what was acknowledged. */

import { writeSync } from 'node:fs'
import { openSessions } from '../../src/server/sessions/sessions.ts'
import { openDatabase } from '../../src/server/storage/database.ts'
import { systemClock } from '../../src/shared/std/clock.ts'

const [path = '', generation = ''] = process.argv.slice(2)
const db = openDatabase({ path })
const sessions = openSessions({ db, clock: systemClock, defaultAgentId: 'main' })
sessions.recover()
const say = (line: string) => writeSync(1, `${line}\n`)

for (let i = 0; ; i++) {
  const runId = `${generation}-${i}`
  const key = `agent:main:s${i % 3}`
  const timestamp = Date.now()
  sessions.beginRun({
    runId,
    key,
    echoKey: key,
    agentId: 'main',
    source: 'test',
    message: { role: 'user', content: `message ${runId}`, timestamp },
  })
  say(`begun ${runId}`)
  for (let piece = 0; piece < 4; piece++) {
    sessions.checkpoint(runId, piece * 2, `p${piece}`, 'text')
    say(`streamed ${runId} ${piece}`)
  }
  sessions.append({
    runId,
    message: {
      role: 'assistant',
      content: [
        { type: 'text', text: 'p0p1p2p3' },
        { type: 'toolCall', id: `call-${runId}`, name: 'exec', arguments: {} },
      ],
      timestamp,
    },
  })
  sessions.append({
    runId,
    message: {
      role: 'toolResult',
      toolCallId: `call-${runId}`,
      toolName: 'exec',
      content: [{ type: 'text', text: 'done' }],
      isError: false,
      timestamp,
    },
  })
  sessions.checkpoint(runId, 8, 'bye', 'text')
  sessions.endRun(runId, {
    status: 'ok',
    message: { role: 'assistant', content: [{ type: 'text', text: 'bye' }], timestamp, stopReason: 'stop' },
  })
  say(`ended ${runId}`)
}
