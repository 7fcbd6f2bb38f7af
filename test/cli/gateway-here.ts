/** A whole gateway beside the line commands that are about it. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, vi } from 'vitest'
import type { Env } from '../../src/client/paths.ts'
import { runGateway, type ServerOptions } from '../../src/server/run-gateway.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { clawdbot } from './world.ts'

const token = 'kettle orbit mango thimble quartz'

export type Settings = { readonly gateway?: object; readonly flags?: ServerOptions['flags']; readonly env?: Env }

/** A gateway of this process in a home of its own, and the line commands there. */
export async function gatewayHere({ gateway = {}, flags = {}, env: more = {} }: Settings) {
  const home = await Home.make()
  const { stateDir, configPath } = home.paths
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const port = await freePort()
  writeFileSync(configPath, JSON.stringify({ gateway: { port, auth: { token }, ...gateway } }), { mode: 0o600 })
  const env = { HOME: home.dir, CLAWDBOT_STATE_DIR: stateDir, ...more }
  const stop = new AbortController()
  const printed: string[] = []
  const print = (line: string) => void printed.push(line)
  const ended = runGateway({ flags, env, home: home.dir, print, signal: stop.signal })
  await vi.waitFor(() => expect(printed.join('\n')).toContain('Auth mode'), { timeout: 5_000 })
  return {
    home,
    port,
    printed,
    env,
    run: (line: string) => clawdbot(home, line.split(' '), { env }),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
      await home[Symbol.asyncDispose]()
    },
  }
}
