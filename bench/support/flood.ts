/** An attacker in a process of its own: opens connections to a gateway at a steady rate, says no more than told, and holds on. */

import { connect, type Socket } from 'node:net'

/** `tcp` says nothing, `half` never ends its headers, `upgrade` opens a WebSocket and never logs in. */
export type FloodKind = 'tcp' | 'half' | 'upgrade' | 'wrong'
export type FloodPlan = { kind: FloodKind; port: number; perSecond: number; seconds: number; sources: number }
export type FloodResult = { opened: number; upgraded: number; refused: number; seconds: number }

/** Sockets held open at most; then the oldest is let go, as ports and descriptors of the attacker are finite too. */
const maxHeld = 12_000
const tickMs = 5

process.once('message', (plan: FloodPlan) => {
  void flood(plan).then((result) => {
    process.send?.(result)
    process.disconnect()
  })
})
process.send?.('ready')

function opening(kind: FloodKind, port: number): string {
  const host = `Host: 127.0.0.1:${port}\r\n`
  if (kind === 'tcp') return ''
  if (kind === 'half') return `GET / HTTP/1.1\r\n${host}X-Slow: `
  if (kind === 'wrong') return `GET /v1/chat/completions HTTP/1.1\r\n${host}Authorization: Bearer guess\r\n\r\n`
  const key = 'dGhlIHNhbXBsZSBub25jZQ=='
  return `GET / HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
}

async function flood({ kind, port, perSecond, seconds, sources }: FloodPlan): Promise<FloodResult> {
  const text = opening(kind, port)
  const result = { opened: 0, upgraded: 0, refused: 0, seconds: 0 }
  const held: Socket[] = []
  let next = 0
  const open = () => {
    const i = next++
    const from = i % sources
    // Told to bind, the system looks for a free port at each address: slow when there is one address.
    const localAddress = `127.1.${from >> 7}.${1 + (from & 127)}`
    const socket = connect({ port, host: '127.0.0.1', ...(sources > 1 && { localAddress }) })
    socket.on('error', () => result.refused++)
    socket.on('connect', () => {
      result.opened++
      if (text !== '') socket.write(text)
    })
    socket.once('data', (data) => {
      if (data.toString('latin1', 0, 12) === 'HTTP/1.1 101') result.upgraded++
    })
    held.push(socket)
    if (held.length > maxHeld) held.shift()?.resetAndDestroy()
  }
  const from = performance.now()
  while (performance.now() - from < seconds * 1000) {
    const due = ((performance.now() - from) / 1000) * perSecond
    while (next < due) open()
    await new Promise((resolve) => setTimeout(resolve, tickMs))
  }
  result.seconds = (performance.now() - from) / 1000
  for (const socket of held) socket.resetAndDestroy()
  return result
}
