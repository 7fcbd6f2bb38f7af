import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))

function environment(home: Home, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...compiledOnce, PATH: process.env.PATH, HOME: home.dir, CLAWDBOT_STATE_DIR: home.paths.stateDir, ...more }
}

/** Runs a built program to its end. */
async function run(home: Home, words: string[], more: Record<string, string> = {}, input = '') {
  const child = spawn(process.execPath, [built('clawdbot'), ...words], { env: environment(home, more) })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  child.stdin.on('error', () => {}).end(input)
  const [code] = await once(child, 'close')
  return { code, out, err }
}

test('both programs say their version', () => {
  for (const name of ['clawdbot', 'clawdbot-server'] as const) {
    const { stdout, status } = spawnSync(process.execPath, [built(name), '--version'], { encoding: 'utf8' })
    expect({ stdout, status }).toEqual({ stdout: `clawdbot CLI v${version}\n`, status: 0 })
  }
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

test('without a terminal and without input: how things stand, exit code 0', async () => {
  await using home = await Home.make()
  const { code, out } = await run(home, [], { CLAWDBOT_GATEWAY_PORT: '1' })
  expect(code).toBe(0)
  expect(out).toContain('To open the screen')
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

test('a full disk behind the output is told as what it is, and is no bug of ours', async () => {
  await using home = await Home.make()
  const full = openSync('/dev/full', 'w') // Linux: every write fails for want of space
  const child = spawn(process.execPath, [built('clawdbot'), 'help'], {
    env: environment(home),
    stdio: ['ignore', full, 'pipe'],
  })
  closeSync(full)
  expect(await text(child.stderr as Readable)).toMatch(
    /^❌ The output cannot be written: the disk it goes to is full\n {3}Free/,
  )
  expect(existsSync(home.paths.crashLog)).toBe(false)
})

test('a bug is one sentence, and its stack goes to a private file', async () => {
  await using home = await Home.make()
  // A folder where the configuration file should be: nothing a person would do, so nobody wrote a sentence for it.
  const { code, out, err } = await run(home, ['health'], { CLAWDBOT_CONFIG_PATH: home.dir })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^❌ Something failed that should not: EISDIR.*\n {3}The details are in .*\n$/)
  expect(readFileSync(home.paths.crashLog, 'utf8')).toContain('at ')
})
