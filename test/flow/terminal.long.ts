/** The built terminal in a pseudoterminal, before a built gateway with a slow model: killed and cut as a person lives it. */

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningGateway, startBuiltGateway } from '../support/built-gateway.ts'
import { freePort } from '../support/free-port.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { openPty, type Pty } from '../support/pty.ts'
import { slowModel, words } from '../support/slow-model.ts'
import { counts, story } from './story.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawdbot-terminal-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function openTerminal(url: string, token: string, size = { columns: 100, rows: 30 }): Pty {
  return openPty(process.execPath, [built('clawdbot'), '--url', url], {
    ...size,
    env: { ...compiledOnce, HOME: home, CLAWDBOT_STATE_DIR: join(home, 'client'), CLAWDBOT_GATEWAY_TOKEN: token },
  })
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
}

/** A port that leads to the gateway until the line is cut; afterwards new connections work again. */
async function cuttableLine(to: number) {
  const sockets = new Set<Socket>()
  const server: Server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {}) // cutting is what this is for
      socket.on('close', () => sockets.delete(socket))
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut(): void {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose](): Promise<void> {
      this.cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('the gateway is killed in the middle of a reply: nothing typed is lost, nothing said is doubled', async () => {
  await using model = await slowModel(({ question }) =>
    question === 'and now?' ? ['Now it is over.'] : words(story, 40),
  )
  const stateDir = mkdtempSync(join(home, 'gateway-'))
  let gateway: RunningGateway = await startBuiltGateway({ config: model.config(), stateDir })
  await using screen = openTerminal(gateway.url, gateway.token)
  await screen.until(/^ready/m)
  screen.type('tell me<enter>')
  await screen.until('word5')
  await gateway.kill9()
  await screen.until('connection lost')
  screen.type('and now?<enter>a draft')
  await screen.until('not sent yet')
  gateway = await startBuiltGateway({ config: model.config(), stateDir, port: gateway.port })
  await using _ = gateway
  await screen.until('Now it is over.', 20_000) // it comes back by itself
  await screen.until(/^ready/m)
  const text = screen.text()
  expect(text).toContain('■ Interrupted')
  expect(text.match(/› tell me/g)).toHaveLength(1)
  expect(text.match(/› and now\?/g)).toHaveLength(1)
  expect(text.indexOf('■ Interrupted')).toBeLessThan(text.indexOf('› and now?'))
  expect(Math.max(...counts(text))).toBe(1)
  expect(text).toMatch(/› a draft\s*\n─/)
  expect(model.asked.filter(({ question }) => question === 'and now?')).toHaveLength(1)
}, 60_000)

test('the line is cut again and again in the middle of a reply: every word arrives once', async () => {
  await using model = await slowModel(() => words(story, 40))
  const port = await freePort()
  await using line = await cuttableLine(port)
  const config = model.config({ gateway: { allowedHosts: [`127.0.0.1:${line.port}`] } })
  await using gateway = await startBuiltGateway({ config, port })
  await using screen = openTerminal(`ws://127.0.0.1:${line.port}`, gateway.token)
  await screen.until(/^ready/m)
  screen.type('tell me<enter>')
  for (const word of ['word5', 'word20', 'word40']) {
    await screen.until(word)
    line.cut()
  }
  await screen.until(/resumed: [\d,]+ events?, 0 lost/)
  await screen.until('word59', 20_000)
  await screen.until(/^ready/m)
  expect(counts(screen.text())).toEqual(Array(60).fill(1))
}, 60_000)

test('the terminal itself is killed with messages on their way and waiting: the next one sends each once', async () => {
  await using model = await slowModel(({ question }) => [`You said ${question}.`])
  await using gateway = await startBuiltGateway({ config: model.config() })
  const unsent = () => filesIn(join(home, 'client/outbox')).filter((name) => name.endsWith('.json'))
  {
    await using screen = openTerminal(gateway.url, gateway.token)
    await screen.until(/^ready/m)
    gateway.child.kill('SIGSTOP') // takes what it is sent, and does not read it
    screen.type('one<enter>two<enter>')
    await expect.poll(unsent).toEqual([expect.stringMatching(/\.json$/), expect.stringMatching(/\.json$/)])
    await expect.poll(() => unsent().filter((name) => name.endsWith('.sent.json'))).toHaveLength(1)
    screen.kill('SIGKILL')
    await screen.exited
    gateway.child.kill('SIGCONT')
  }
  await using again = openTerminal(gateway.url, gateway.token)
  await again.until('You said two.')
  await again.until(/^ready/m)
  expect(model.asked.map(({ question }) => question)).toEqual(['one', 'two'])
  expect(again.text().match(/› (one|two)/g)).toEqual(['› one', '› two'])
  await expect.poll(unsent).toEqual([])
}, 60_000)
