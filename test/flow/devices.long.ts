/** Devices as people live them: built terminals and commands before a built gateway, one of them on another machine's terms. */

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { freePort } from '../support/free-port.ts'
import { built } from '../support/programs.ts'
import { openPty } from '../support/pty.ts'

const run = promisify(execFile)

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawdbot-devices-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** A question that has just come hears nothing yet: who was typing goes on typing. So long a person takes to see it. */
const attention = () => new Promise((resolve) => setTimeout(resolve, 800))

/**
 * A gateway that listens beside loopback, on an address that is none of this machine's names: whoever comes by it is
 * somebody from elsewhere. Its owner comes by the socket file.
 */
async function gatewayWithNeighbours() {
  const port = await freePort()
  const gateway = await startBuiltGateway({
    port,
    config: {
      gateway: {
        ...{ bind: 'custom', customBindHost: '127.0.0.2', allowedHosts: [`127.0.0.2:${port}`] },
        socket: { enabled: true },
      },
    },
    host: '127.0.0.2',
  })
  const envOf = (who: string, token?: string) => ({
    HOME: join(home, who),
    CLAWDBOT_STATE_DIR: join(home, who, 'state'),
    ...(token === undefined ? {} : { CLAWDBOT_GATEWAY_TOKEN: token }),
  })
  const near = `unix:${join(gateway.stateDir, 'gateway.sock')}`
  return {
    gateway,
    owner: async (...words: string[]) =>
      (
        await run(process.execPath, [built('clawdbot'), ...words, '--url', near], {
          env: envOf('owner', gateway.token),
        })
      ).stdout,
    terminal: (who: 'owner' | 'laptop') =>
      openPty(process.execPath, [built('clawdbot'), '--url', who === 'owner' ? near : gateway.url], {
        ...{ columns: 100, rows: 30, env: envOf(who, gateway.token) },
      }),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
    },
  }
}

test('PA8, AU10: asked in the owner’s terminal and let in for reading, a device sees everything and touches nothing', async () => {
  await using place = await gatewayWithNeighbours()
  await using owner = place.terminal('owner')
  await owner.until(/^ready/m)
  await using laptop = place.terminal('laptop')
  await laptop.until('This device waits for approval')
  await owner.until('May this device come in?')
  const fingerprint = /\b(?:[0-9a-f]{4}-){3}[0-9a-f]{4}\b/
  expect(fingerprint.exec(owner.text())?.[0]).toBe(fingerprint.exec(laptop.text())?.[0])
  await owner.until('asks for admin')
  await attention()
  owner.type('o')
  // It is looked at again by itself, and no key was pressed there.
  await laptop.until('read only', 20_000)
  await laptop.until('This device may only read here')

  owner.type('<ctrl+u>hello from the owner<enter>')
  await owner.until(/^ready/m)
  await laptop.until('hello from the owner')
  laptop.type('me too<enter>')
  await laptop.until('This device may only read here.')
  laptop.type('<ctrl+u>/model builtin/guide<enter>')
  await laptop.until('missing scope: operator.write')
  expect(owner.text()).not.toContain('me too')
  expect(await place.owner('devices', 'list')).toMatch(/operator +read +operator /)
}, 60_000)

test('PA7: a code of the owner typed in the waiting terminal lets it in; revoked, it is out at once', async () => {
  await using place = await gatewayWithNeighbours()
  const { code } = JSON.parse(await place.owner('devices', 'pair', '--json', '--scopes', 'read,write')) as {
    code: string
  }
  await using laptop = place.terminal('laptop')
  await laptop.until('Pairing code:')
  await attention()
  laptop.type(`${code.toLowerCase()}<enter>`)
  await laptop.until(/^ready/m)
  const { paired } = JSON.parse(await place.owner('devices', 'list', '--json')) as {
    paired: { fingerprint: string; scopes: string[] }[]
  }
  const own = paired.find(({ scopes }) => scopes.join() === 'operator.read,operator.write')
  await place.owner('devices', 'revoke', own?.fingerprint ?? '')
  await laptop.until(/waits for (approval|your answer)/)
  const log = await run(process.execPath, [built('clawdbot'), 'audit', 'log', '--json'], {
    env: { HOME: place.gateway.stateDir, CLAWDBOT_STATE_DIR: place.gateway.stateDir },
  })
  for (const what of ['pairing.code-issued', 'pairing.code-used', 'pairing.approved', 'pairing.revoked']) {
    expect(log.stdout).toContain(what)
  }
  expect(log.stdout).not.toContain(code)
}, 60_000)
