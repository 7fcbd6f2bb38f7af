/** Several gateways: one of this machine, one behind a real sshd, one on a tailnet; their profiles, and the way to one layer by layer. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port.ts'
import type { Pty } from '../../test/support/pty.ts'
import { makeHome, startSshd } from '../../test/support/sshd.ts'
import { inHome, openTerminal, program, save } from './stage.ts'

const token = 'picture-token-0123456789abcdef0123456789'
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A gateway as it would run on a machine; ended by the result. */
function serve(home: string, port: number): () => Promise<void> {
  mkdirSync(home, { mode: 0o700 })
  const env = { PATH: process.env.PATH ?? '', HOME: home, CLAWDBOT_GATEWAY_TOKEN: token }
  const child = spawn(process.execPath, [program('clawdbot-server'), '--port', String(port)], { env, stdio: 'ignore' })
  return async () => {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
}

function saveProfiles(home: string, here: number, there: number): void {
  const secret = { source: 'env', secret: 'token', variable: 'GATEWAY_TOKEN' }
  const profiles = [
    { id: 'laptop', name: 'laptop', createdAt: 1, ways: [{ kind: 'direct', url: `ws://127.0.0.1:${here}` }], secret },
    {
      ...{ id: 'vps', name: 'vps', createdAt: 2, warm: true, secret },
      ways: [{ kind: 'ssh', host: 'vps', gatewayPort: there }],
    },
    {
      ...{ id: 'desktop', name: 'desktop', createdAt: 3, warm: true, secret },
      ways: [{ kind: 'tailscale', peer: 'desktop' }],
    },
  ]
  mkdirSync(join(home, '.clawdbot'), { mode: 0o700 })
  const book = { version: 1, current: 'laptop', profiles }
  writeFileSync(join(home, '.clawdbot/profiles.json'), JSON.stringify(book), { mode: 0o600 })
}

async function play(screen: Pty): Promise<void> {
  await screen.until('● vps', 30_000)
  await screen.until('✗ desktop', 30_000)
  // A few round trips for the bars.
  await pause(45_000)
  screen.type('<ctrl+x>g')
  await screen.until('── Profiles ─')
  screen.type('jj')
  await screen.until(/reached by ssh vps/)
  await pause(500)
  save('profiles', screen, 'The profiles of three gateways: how each stands, and all that is known of the chosen one')
  screen.type('<enter>')
  await screen.until(/^vps · connected/)
  screen.type('<ctrl+x>n')
  await screen.until('round trip')
  await pause(500)
  save('connection', screen, 'The connection to a gateway behind SSH, layer by layer, each with its milliseconds')
}

export async function gateways(): Promise<void> {
  await inHome(async (home) => {
    makeHome(home)
    const [here, there] = [await freePort(), await freePort()]
    await using sshd = await startSshd({ home })
    sshd.configure(`Host vps\n  HostName ${sshd.address}\n  Port ${sshd.port}\n`)
    saveProfiles(home, here, there)
    const ends = [serve(join(home, 'laptop'), here), serve(join(home, 'vps'), there)]
    try {
      await using screen = openTerminal(home, { GATEWAY_TOKEN: token }, 19)
      await play(screen)
    } finally {
      for (const end of ends) await end()
    }
  })
}
