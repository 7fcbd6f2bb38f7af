/** What kinds of keys an agent holds, those included that ssh2 passes over: certificates and security keys. */

import { connect } from 'node:net'
import { raceAbort } from '../../shared/std/signal.ts'
import { keyTypeOf } from './host-key.ts'

/** `SSH_AGENTC_REQUEST_IDENTITIES` and its answer. https://datatracker.ietf.org/doc/html/draft-miller-ssh-agent */
const request = Buffer.from([0, 0, 0, 1, 11])
const answer = 12
/** An agent that says more than this is none. */
const limitBytes = 1 << 20

/** `ssh-ed25519-cert-v01@openssh.com` …; none when nobody answers. Rejects with the signal's reason. */
export async function agentKinds(socketPath: string, signal: AbortSignal): Promise<string[]> {
  const socket = connect(socketPath)
  const said = new Promise<string[]>((resolve) => {
    let data = Buffer.alloc(0)
    socket.on('error', () => resolve([]))
    socket.on('close', () => resolve([]))
    socket.on('data', (piece: Buffer) => {
      data = Buffer.concat([data, piece])
      if (data.length > limitBytes) resolve([])
      else if (data.length >= 4 && data.length >= 4 + data.readUInt32BE(0)) resolve(kindsIn(data.subarray(4)))
    })
    socket.write(request)
  })
  return await raceAbort(said, signal).finally(() => socket.destroy())
}

/** Pairs of key and comment, each with its length in front. */
function kindsIn(message: Buffer): string[] {
  if (message[0] !== answer) return []
  const kinds: string[] = []
  for (let at = 5; at + 4 <= message.length; ) {
    const key = message.subarray(at + 4, at + 4 + message.readUInt32BE(at))
    at += 4 + key.length
    at += at + 4 <= message.length ? 4 + message.readUInt32BE(at) : message.length
    const kind = keyTypeOf(key)
    if (kind !== undefined) kinds.push(kind)
  }
  return kinds
}

/** A key that proves itself by more than a signature ssh2 can check or make. */
export function isBeyondSsh2(kind: string): boolean {
  return kind.startsWith('sk-') || /-cert-v\d+@openssh\.com$/.test(kind)
}
