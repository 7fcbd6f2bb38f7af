/** Asks the Tailscale daemon of this machine whose an address of the tailnet is (TS5). Fails closed. */

import * as z from 'zod'
import { parseJson } from '../../shared/std/json.ts'
import { readAs } from '../../shared/std/read-as.ts'
import { deadline } from '../../shared/std/signal.ts'
import type { TailscaleCommand } from './cli.ts'

export type TailnetUser = {
  /** Lower case, such as `ada@example.com`. */
  readonly login: string
  /** A tagged machine belongs to nobody, whoever set it up. */
  readonly isTagged: boolean
}

/** Undefined when nobody is known there, or the daemon does not say so in time. */
export type Whois = (address: string) => Promise<TailnetUser | undefined>

const limitMs = 3000
const maxAnswerBytes = 1024 * 1024
/** Everybody may read from it; on macOS and Windows there is none, and the command asks. */
const daemonSocket = '/var/run/tailscale/tailscaled.sock'

const answer = z.looseObject({
  Node: z.looseObject({ Tags: z.array(z.string()).nullish() }),
  UserProfile: z.looseObject({ LoginName: z.string().min(1) }),
})

export function createWhois(command: TailscaleCommand, socketPath: string = daemonSocket): Whois {
  return async (address) => {
    const limit = deadline(limitMs)
    const said = await askDaemon(socketPath, address, limit).catch(() => undefined)
    const text = said ?? (await askCommand(command, address, limit).catch(() => undefined))
    const parsed = parseJson(text ?? '')
    const read = parsed.ok ? readAs(answer, parsed.value) : undefined
    if (!read?.success) return undefined
    const { Node, UserProfile } = read.data
    return { login: UserProfile.LoginName.toLowerCase(), isTagged: (Node.Tags ?? []).length > 0 }
  }
}

/** An empty text when the daemon knows nobody; rejects when it cannot be asked. */
function askDaemon(socketPath: string, address: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = `/localapi/v0/whois?addr=${encodeURIComponent(address)}`
    const { request } = process.getBuiltinModule('node:http')
    const asked = request({ socketPath, path, headers: { host: 'local-tailscaled.sock' }, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
        if (text.length > maxAnswerBytes) response.destroy(new Error('an answer without end'))
      })
      response.on('error', reject)
      response.on('end', () => resolve(response.statusCode === 200 ? text : ''))
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function askCommand(command: TailscaleCommand, address: string, signal: AbortSignal): Promise<string> {
  const result = await command(['whois', '--json', address], { signal, timeoutMs: limitMs })
  return result.kind === 'exited' && result.code === 0 ? result.stdout : ''
}
