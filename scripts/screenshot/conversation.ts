/** A conversation on the gateway of this machine: a finished command, and one that waits for approval. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port.ts'
import type { Pty } from '../../test/support/pty.ts'
import { inHome, openTerminal, save } from './stage.ts'

async function play(screen: Pty): Promise<void> {
  await screen.until('ready', 30_000)
  screen.type('hello<enter>')
  await screen.until('say configure')
  for (const command of ['uptime', 'df -h /']) {
    screen.type(`run ${command}<enter>`)
    await screen.until('May this command run?')
    if (command !== 'uptime') break
    // A question takes no key that was meant for the composer.
    await new Promise((resolve) => setTimeout(resolve, 1200))
    screen.type('o')
    await screen.until(/finished on gateway/)
  }
  await screen.until((text) => !text.includes('Starting a gateway'), 20_000)
  await screen.drawn()
}

export async function conversation(): Promise<void> {
  const port = await freePort()
  await inHome(async (home) => {
    {
      await using screen = openTerminal(home, { CLAWDBOT_GATEWAY_PORT: String(port) })
      await play(screen)
      save(
        'terminal',
        screen,
        'The Clawdbot terminal: a conversation, a finished command, and one that waits for approval',
      )
    }
    const note = JSON.parse(readFileSync(join(home, '.clawdbot/gateway.json'), 'utf8')) as { pid: number }
    process.kill(note.pid, 'SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 1500))
  })
}
