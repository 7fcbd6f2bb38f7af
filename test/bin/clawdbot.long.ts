import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { nobody, programsFor } from '../support/nobody.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { openPty } from '../support/pty.ts'
import { mountSmallDisk } from '../support/small-disk.ts'
import { noAnswer, StandInGateway } from '../support/stand-in-gateway.ts'
import { environment, run } from './program.ts'

const password = { words: ['password', 'set'], first: 'New password (not shown): ' }

test.each([
  ['the first hidden question', { ...password, typed: '', last: password.first }],
  ['the second', { ...password, typed: 'marble-otter-cello-fjord-lemon\r', last: 'The same again: ' }],
  ['a line', { words: ['profiles', 'import', 'vps'], first: 'Add them? [y/N] ', typed: '', last: 'Add them? [y/N] ' }],
])('ctrl+c at %s ends the command with 130, and nothing is said', async (_, { words, first, typed, last }) => {
  await using home = await Home.make()
  mkdirSync(join(home.dir, '.ssh'), { mode: 0o700 })
  writeFileSync(join(home.dir, '.ssh/config'), 'Host vps\n  HostName 192.0.2.1\n')
  const env = { ...compiledOnce, HOME: home.dir, CLAWDBOT_STATE_DIR: home.paths.stateDir }
  await using terminal = openPty(process.execPath, [built('clawdbot'), ...words], { env })
  await terminal.until(first.trim())
  terminal.send(typed)
  await terminal.until(last.trim())
  terminal.send('\u0003')
  expect(await terminal.exited).toBe(130)
  await terminal.drawn()
  expect(terminal.text().trimEnd().endsWith(last.trim())).toBe(true)
})

test.each([
  ['clawdbot-server', [], 'below a file'],
  ['clawdbot', ['gateway', 'start'], 'where the kernel says that it is not there'],
  ['clawdbot', ['node', 'doctor'], 'below a file'],
  ['clawdbot', ['config', 'set', 'gateway.port', '4000'], 'where the kernel says that it is not there'],
] as const)('a state folder that cannot be is told at once, with what to do: %s %j, %s', async (name, words, where) => {
  await using home = await Home.make()
  const file = join(home.dir, 'file')
  writeFileSync(file, '')
  const stateDir = where === 'below a file' || !existsSync('/proc/self') ? join(file, 'state') : '/proc/state'
  const env = { ...compiledOnce, PATH: process.env.PATH, HOME: home.dir, CLAWDBOT_STATE_DIR: stateDir }
  // The limit is for the failure: it went on for ever, and did not hear SIGTERM.
  const limit = { timeout: 15_000, killSignal: 'SIGKILL' } as const
  const child = spawn(process.execPath, [built(name), ...words], { env, ...limit })
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringMatching(/^❌ The state folder \S+ cannot be used: .*\n {3}.*CLAWDBOT_STATE_DIR.*\n$/),
  })
  expect(err).toContain(stateDir)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends a command with %i, and stops its run on the gateway first', async (signal, code) => {
  await using home = await Home.make()
  let isAsked = () => {}
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve
  })
  const methods = {
    agent: () => {
      isAsked()
      return noAnswer
    },
    'chat.abort': () => ({ ok: true, aborted: true, runIds: [] }),
  }
  await using gateway = await StandInGateway.start({ methods })
  const words = ['agent', '--url', gateway.url, '--message', 'hi', '--json']
  const child = spawn(process.execPath, [built('clawdbot'), ...words], { env: environment(home) })
  await asked
  child.kill(signal)
  expect(await once(child, 'close')).toEqual([code, null])
  expect(gateway.received.map(({ method }) => method)).toEqual(['agent', 'chat.abort'])
})

test('a line command runs as a program, with its exit code', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 's' })
  const url = ['--url', gateway.url]
  const good = await run(home, ['health', ...url], { CLAWDBOT_GATEWAY_TOKEN: 's' })
  expect(good).toEqual({ code: 0, out: '✅ Gateway is healthy\n✅ Authenticated successfully\n', err: '' })
  expect((await run(home, ['health', ...url], { CLAWDBOT_GATEWAY_TOKEN: 'x' })).code).toBe(3)
  expect((await run(home, ['helth'])).err).toContain('Did you mean health?')
})

test('a bug is one sentence, and its stack goes to a private file', async () => {
  await using home = await Home.make()
  // A folder where the configuration file should be: nothing a person would do, so nobody wrote a sentence for it.
  const { code, out, err } = await run(home, ['health'], { CLAWDBOT_CONFIG_PATH: home.dir })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^❌ Something failed that should not: EISDIR.*\n {3}The details are in .*\n$/)
  expect(readFileSync(home.paths.crashLog, 'utf8')).toContain('at ')
})

test.each([
  ['clawdbot', 'help'],
  ['clawdbot', '--version'],
  ['clawdbot-server', '--version'],
  ['clawdbot-server', '--help'],
] as const)('a full disk behind the output is told as what it is, and is no bug of ours: %s %s', async (name, word) => {
  await using home = await Home.make()
  const full = openSync('/dev/full', 'w') // Linux: every write fails for want of space
  const child = spawn(process.execPath, [built(name), word], {
    env: environment(home),
    stdio: ['ignore', full, 'pipe'],
  })
  closeSync(full)
  expect(await text(child.stderr as Readable)).toMatch(
    /^❌ The output cannot be written: the disk it goes to is full\n {3}Free/,
  )
  expect(existsSync(home.paths.crashLog)).toBe(false)
})

test('a full disk below the state is told with what to do, by every command that writes there; nothing of it stays', async () => {
  using disk = mountSmallDisk()
  if (!disk) return expect(process.getuid?.()).not.toBe(0) // only where mounting is not allowed
  await using home = await Home.make()
  const stateDir = join(disk.folder, 'state')
  await fill(disk.folder)
  for (const words of [
    ['profiles', 'add', 'a', '--url', 'wss://a.example'],
    ['health'],
    ['agent', '--message', 'hi'],
  ]) {
    const { code, err } = await run(home, words, { CLAWDBOT_STATE_DIR: stateDir })
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^❌ The disk that holds .* is full.*\n {3}Free/),
    })
  }
  expect(readdirSync(stateDir, { recursive: true })).toEqual(['identity'])
})

async function fill(folder: string): Promise<void> {
  mkdirSync(join(folder, 'state'), { mode: 0o700 })
  for (const bytes of [2_000_000, 4096]) await appendFile(join(folder, `${bytes}`), Buffer.alloc(bytes)).catch(() => {})
}

test('a state that this account may not look at is told as that', async () => {
  await using home = await Home.make()
  const account = nobody
  if (!account) return // only root can take away
  const { node, built } = programsFor(account)
  mkdirSync(home.paths.stateDir, { mode: 0o700 })
  chmodSync(home.dir, 0o711)
  for (const words of [['health'], ['backup'], ['config', 'get']]) {
    const child = spawn(node, [built('clawdbot'), ...words], { ...account, cwd: '/', env: environment(home) })
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^❌ This account may not look for .*\n {3}It bel/),
    })
    expect(err).toContain(`in ${home.paths.stateDir}\n`)
  }
})

test('a reader that has seen enough is no failure', async () => {
  await using home = await Home.make()
  const child = spawn(process.execPath, [built('clawdbot'), 'help'], { env: environment(home) })
  child.stdout.destroy()
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const [code] = await once(child, 'close')
  expect({ code, err }).toEqual({ code: 0, err: '' })
})
