/** Bytes to the gateway's port, as a hostile peer or a proxy that counts otherwise may send them. */

import { connect } from 'node:net'
import { closing } from '../support/closing.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { type Fuzzing, failure, inputs } from './corpus.ts'

/** Every status the gateway and the HTTP parser below it ever give; anything else is a surprise. */
const statuses = new Set([200, 101, 400, 401, 403, 404, 405, 408, 413, 415, 417, 421, 429, 431, 503])
const together = 16
/** In which the gateway must have answered and let go; it waits ten seconds for headers, but not after their end. */
const patienceMs = 15_000

export async function fuzzHttp(fuzzing: Fuzzing): Promise<void> {
  let asked = 0
  const ask = async () => {
    asked++
    return { text: 'asked' }
  }
  await using gateway = await startTestGateway({ ask })
  const { port } = gateway.server
  const placed = [...inputs('http', fuzzing)].map((kept) =>
    Buffer.from(kept.toString('latin1').replaceAll('PORT', String(port)), 'latin1'),
  )
  const { owners = [], strangers = [] } = Object.groupBy(placed, (input) =>
    input.includes(testToken) ? 'owners' : 'strangers',
  )
  await exchangeAll(port, strangers)
  if (asked > 0) throw new Error('the model was asked by a stranger')
  await exchangeAll(port, owners)
  if (asked === 0) throw new Error('the model was not asked by its owner')
  const health = await fetch(`http://127.0.0.1:${port}/health`)
  if (!health.ok) throw new Error('the gateway is not well any more')
  const bugs = gateway.logged.filter((line) => line.startsWith('error'))
  if (bugs.length > 0) throw new Error(bugs.join('\n'))
}

async function exchangeAll(port: number, inputs: readonly Buffer[]): Promise<void> {
  const left = inputs.values()
  const work = async () => {
    for (const input of left) check(input, await exchange(port, input))
  }
  await Promise.all(Array.from({ length: together }, work))
}

/** Sends all of it, says that this was all, and gives what came back until the gateway let go. */
async function exchange(port: number, input: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const pieces: Buffer[] = []
  socket.on('data', (piece) => pieces.push(piece))
  const timer = setTimeout(() => {
    pieces.push(Buffer.from('\0no end'))
    socket.destroy()
  }, patienceMs)
  socket.end(input)
  await closing(socket) // a reset is an answer too
  clearTimeout(timer)
  return Buffer.concat(pieces).toString('latin1')
}

function check(input: Buffer, answer: string): void {
  if (answer.endsWith('\0no end')) throw failure('http', input, 'neither answered nor closed')
  for (const [whole, status] of answer.matchAll(/HTTP\/1\.1 (\d{3}) [^\n]*\r\n(?:[^\r\n]+\r\n)*/g)) {
    if (status === '100') continue
    if (!statuses.has(Number(status))) throw failure('http', input, `answered with ${status}`)
    if (!/^content-security-policy: /im.test(whole))
      throw failure('http', input, `${status} without the strict headers`)
    if (/^(set-cookie|access-control-[\w-]+|server|x-powered-by):/im.test(whole)) throw failure('http', input, whole)
  }
}
