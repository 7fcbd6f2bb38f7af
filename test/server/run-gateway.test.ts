import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openJournal } from '../../src/server/journal/journal.ts'
import { dayOf } from '../../src/server/log/file.ts'
import { runGateway } from '../../src/server/run-gateway.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { openTunnel } from '../../src/tunnel/open.ts'
import type { DirectWay } from '../../src/tunnel/way.ts'
import { type Introduction, makeDevice } from '../support/device.ts'
import { RawClient } from '../support/raw-client.ts'
import { standInTailscale } from '../support/tailscale/stand-in.ts'
import { tunnelContext } from '../support/tunnel-context.ts'

const strong = 'a token nobody has ever guessed'

function homeFolder(): string {
  const home = mkdtempSync(join(tmpdir(), 'run-gateway-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

/** Counts every attempt to listen in this process. */
function countListening(): () => number {
  let count = 0
  const note = () => {
    count++
  }
  const channel = 'tracing:net.server.listen:asyncStart'
  subscribe(channel, note)
  onTestFinished(() => void unsubscribe(channel, note))
  return () => count
}

const lan = (auth: object) => JSON.stringify({ gateway: { bind: 'lan', auth } })

test.each([
  ['no configuration and no secret', undefined, {}],
  ['an empty token', lan({ token: '' }), {}],
  ['a blank token', lan({ token: '   ' }), {}],
  ['the token undefined', lan({ token: 'undefined' }), {}],
  ['the password null', lan({ mode: 'password', password: 'null' }), {}],
  ['a placeholder of the documentation', lan({ token: 'your-token-here' }), {}],
  ['a variable that is not set', lan({ token: ['$', '{NOT_SET_ANYWHERE}'].join('') }), {}],
  ['a blank variable', lan({}), { CLAWDBOT_GATEWAY_TOKEN: ' ' }],
  ['the mode password with a token only', lan({ mode: 'password' }), { CLAWDBOT_GATEWAY_TOKEN: strong }],
  ['a short token', lan({ token: 'twenty-three-characters' }), {}],
  ['a file cut off in the middle', lan({ token: strong }).slice(0, -2), {}],
  ['an unknown key beside the token', lan({ token: strong, tokens: strong }), {}],
  ['a file that is no object', '[]', {}],
] as const)('TR2: bound wider with %s, it ends before it listens', async (_, text, env) => {
  const home = homeFolder()
  const path = join(home, 'clawdbot.json')
  if (text !== undefined) writeFileSync(path, text, { mode: 0o600 })
  const listening = countListening()
  const printed: string[] = []
  const start = runGateway({
    flags: { port: 0, bind: 'lan' },
    env: { HOME: home, CLAWDBOT_CONFIG_PATH: path, ...env },
    home,
    print: (line) => printed.push(line),
    signal: AbortSignal.timeout(5_000),
  })
  await expect(start).rejects.toMatchObject({
    code: expect.stringMatching(/^(gateway\.bind-refused|config\.invalid)$/),
  })
  expect([listening(), printed]).toEqual([0, []])
})

test('AU14: where a password is wanted and none is set, it ends before it listens and makes no token instead', async () => {
  const home = homeFolder()
  const listening = countListening()
  const signal = AbortSignal.timeout(5_000)
  const start = runGateway({ flags: { auth: 'password' }, env: { HOME: home }, home, print: () => {}, signal })
  await expect(start).rejects.toMatchObject({ code: 'config.invalid' })
  expect([listening(), existsSync(join(home, '.clawdbot', 'gateway-token'))]).toEqual([0, false])
})

test('TR2, SE2: a configuration behind a link is not read, and it ends before it listens', async () => {
  const home = homeFolder()
  writeFileSync(join(home, 'real.json'), lan({ token: strong }), { mode: 0o600 })
  symlinkSync(join(home, 'real.json'), join(home, 'link.json'))
  const listening = countListening()
  const env = { HOME: home, CLAWDBOT_CONFIG_PATH: join(home, 'link.json') }
  const start = runGateway({ flags: {}, env, home, print: () => {}, signal: AbortSignal.timeout(5_000) })
  await expect(start).rejects.toMatchObject({ code: 'path.outside' })
  expect(listening()).toBe(0)
})

test('a changed secret counts at once and is masked in the log; a file that turns into a link changes nothing', async () => {
  const home = homeFolder()
  const path = join(home, 'clawdbot.json')
  const write = (token: string) =>
    writeFileSync(path, JSON.stringify({ gateway: { auth: { token }, reload: { debounceMs: 5 } } }), { mode: 0o600 })
  write('first-token-of-this-test')
  const stop = new AbortController()
  const listening = countListening()
  const printed: string[] = []
  const ended = runGateway({
    flags: { port: 0 },
    env: { HOME: home, CLAWDBOT_CONFIG_PATH: path },
    home,
    print: (line) => printed.push(line),
    signal: stop.signal,
  })
  const logText = () => readFileSync(join(home, '.clawdbot', 'logs', `clawdbot-${dayOf(Date.now())}.log`), 'utf8')
  await vi.waitFor(() => expect(printed.join('\n')).toContain('Auth mode: token'), { timeout: 5_000 })
  expect(listening()).toBeGreaterThan(0)
  const url = /ws:\/\/127\.0\.0\.1:\d+$/m.exec(printed.join('\n'))?.[0] ?? ''
  expect(printed).toEqual(['🚀 Gateway starting...', `📡 WebSocket: ${url}`, '🔒 Auth mode: token'])
  const knock = async (token: string) => {
    using client = new RawClient(url)
    const answer = await client.connect({ auth: { token }, client: { displayName: `token is ${token}` } })
    return answer.ok
  }
  expect(await knock('first-token-of-this-test')).toBe(true)

  write('second-token-of-this-test')
  await vi.waitFor(() => expect(logText()).toContain('the configuration changed'), { timeout: 5_000 })
  expect([await knock('second-token-of-this-test'), await knock('first-token-of-this-test')]).toEqual([true, false])

  unlinkSync(path)
  writeFileSync(join(home, 'planted.json'), '{ gateway: { auth: { token: "planted" } } }')
  chmodSync(join(home, 'planted.json'), 0o600)
  symlinkSync(join(home, 'planted.json'), path)
  await vi.waitFor(() => expect(logText()).toContain('is refused'), { timeout: 5_000 })
  expect([await knock('second-token-of-this-test'), await knock('planted')]).toEqual([true, false])

  stop.abort()
  expect(await ended).toBe('stopped')
  expect(logText()).not.toMatch(/first-token|second-token/)
})

/** A gateway with these settings in a home of its own; `text` makes the file from a token. */
async function running(text: ((token: string) => string) | undefined, token: string) {
  const home = homeFolder()
  const path = join(home, 'clawdbot.json')
  const state = join(home, '.clawdbot')
  const write = (next: string) =>
    text === undefined
      ? writeFileSync(join(state, 'gateway-token'), `${next}\n`, { mode: 0o600 })
      : writeFileSync(path, text(next), { mode: 0o600 })
  mkdirSync(state, { mode: 0o700 })
  write(token)
  const stop = new AbortController()
  const printed: string[] = []
  const env = { HOME: home, CLAWDBOT_CONFIG_PATH: path }
  const print = (line: string) => void printed.push(line)
  const ended = runGateway({ flags: { port: 0 }, env, home, print, signal: stop.signal })
  await vi.waitFor(() => expect(printed.join('\n')).toContain('Auth mode: token'), { timeout: 5_000 })
  const journal = () => {
    using open = openJournal({ path: join(state, 'audit.db'), clock: systemClock })
    return open.read({ limit: 5, what: 'auth.secret-changed' }).map(({ facts }) => facts)
  }
  return {
    url: /ws:\S+/.exec(printed.join('\n'))?.[0] ?? '',
    write,
    journal,
    plantLink() {
      writeFileSync(join(home, 'planted'), 'planted\n', { mode: 0o600 })
      unlinkSync(join(state, 'gateway-token'))
      symlinkSync(join(home, 'planted'), join(state, 'gateway-token'))
    },
    logText: () => readFileSync(join(state, 'logs', `clawdbot-${dayOf(Date.now())}.log`), 'utf8'),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}

const inConfig = (token: string, more = {}) => JSON.stringify({ gateway: { auth: { token }, ...more } })

test.each([
  ['in the settings', (token: string) => inConfig(token, { reload: { debounceMs: 50 } })],
  ['in its own file', undefined],
])(
  'AU12: another secret %s closes 50 connections of the old one within a second, and spares who has its own',
  async (_, text) => {
    const [old, next] = ['first-token-of-this-test', 'second-token-of-this-test']
    await using gateway = await running(text, old)
    const knock = async (intro: Introduction) => {
      const client = new RawClient(gateway.url)
      onTestFinished(() => client.socket.terminate())
      return { client, answer: await client.connect(intro) }
    }
    const device = makeDevice()
    const scopes = ['operator.read']
    const first = await knock({ device, scopes, auth: { token: old } })
    const { deviceToken } = (first.answer.payload as { auth: { deviceToken: string } }).auth
    first.client.socket.terminate()
    const own = await knock({ device, scopes, auth: { token: deviceToken } })
    const clients = await Promise.all(Array.from({ length: 50 }, () => knock({ auth: { token: old } })))
    expect(clients.every(({ answer }) => answer.ok)).toBe(true)

    gateway.write(next)
    const from = systemClock.monotonic()
    const ends = await Promise.all(clients.map(({ client }) => client.closed))
    expect(systemClock.monotonic() - from).toBeLessThan(1_000)
    expect(new Set(ends.map(({ code, reason }) => `${code} ${reason}`))).toEqual(new Set(['4001 credentials changed']))
    expect((await knock({ auth: { token: old } })).answer.ok).toBe(false)
    expect((await knock({ auth: { token: next } })).answer.ok).toBe(true)
    expect(await own.client.request('health')).toMatchObject({ ok: true })
    expect(gateway.journal()).toEqual([{ mode: 'token', closed: 50 }])
  },
)

test('SE2: a token file that turns into a link, or is emptied, changes nothing', async () => {
  await using gateway = await running(undefined, 'first-token-of-this-test')
  const knock = async (token: string) => {
    using client = new RawClient(gateway.url)
    return (await client.connect({ auth: { token } })).ok
  }
  gateway.write('')
  gateway.plantLink()
  await vi.waitFor(() => expect(gateway.logText()).toContain('the token file is refused'), { timeout: 5_000 })
  expect([await knock('first-token-of-this-test'), await knock('planted')]).toEqual([true, false])
})

test.each([
  ['203.0.113.7', 'This machine has none of the addresses to listen on (203.0.113.7)'],
  ['no such name', 'no such name is no address, and no name that this machine can look up'],
])('the address %s, which cannot be bound, is an error, never a wider one', async (customBindHost, message) => {
  const home = homeFolder()
  const gateway = { bind: 'custom', customBindHost, auth: { token: strong } }
  writeFileSync(join(home, 'clawdbot.json'), JSON.stringify({ gateway }), { mode: 0o600 })
  const env = { HOME: home, CLAWDBOT_CONFIG_PATH: join(home, 'clawdbot.json') }
  const start = runGateway({ flags: { port: 0 }, env, home, print: () => {}, signal: AbortSignal.timeout(5_000) })
  await expect(start).rejects.toMatchObject({
    code: 'gateway.bind-refused',
    message,
  })
})

test('with the socket alone there is no port, and the banner and the note say where it is', async () => {
  const home = homeFolder()
  const gateway = { socket: { enabled: true, only: true } }
  writeFileSync(join(home, 'clawdbot.json'), JSON.stringify({ gateway }), { mode: 0o600 })
  const env = { HOME: home, CLAWDBOT_CONFIG_PATH: join(home, 'clawdbot.json') }
  const stop = new AbortController()
  const printed: string[] = []
  const ended = runGateway({ flags: {}, env, home, print: (line) => printed.push(line), signal: stop.signal })
  const path = join(home, '.clawdbot', 'gateway.sock')
  await vi.waitFor(() => expect(printed.join('\n')).toContain('Auth mode'), { timeout: 5_000 })
  expect(printed.join('\n')).toContain(`🔌 Socket: ${path}`)
  expect(printed.join('\n')).not.toContain('ws://')
  expect(JSON.parse(readFileSync(join(home, '.clawdbot', 'gateway.json'), 'utf8'))).toMatchObject({ socket: path })
  using client = new RawClient(`ws+unix:${path}:/`)
  const token = readFileSync(join(home, '.clawdbot', 'gateway-token'), 'utf8').trim()
  expect((await client.connect({ auth: { token } })).ok).toBe(true)
  stop.abort()
  expect(await ended).toBe('stopped')
})

test('TS9: Funnel with a token refuses before it listens, in a sentence that names the setting', async () => {
  const home = homeFolder()
  const gateway = { auth: { token: strong }, tailscale: { mode: 'funnel' } }
  writeFileSync(join(home, 'clawdbot.json'), JSON.stringify({ gateway }), { mode: 0o600 })
  const env = { HOME: home, CLAWDBOT_CONFIG_PATH: join(home, 'clawdbot.json') }
  const listening = countListening()
  using tailscale = standInTailscale()
  const ports = { tailscale: tailscale.command, print: () => {} }
  const start = runGateway({ flags: { port: 0 }, env, home, ...ports, signal: AbortSignal.timeout(5_000) })
  await expect(start).rejects.toMatchObject({
    code: 'gateway.bind-refused',
    message: expect.stringContaining('needs a password, but gateway.auth.mode is "token"'),
  })
  expect([listening(), tailscale.wasCalled()]).toEqual([0, false])
})

test('with --tailscale serve the address of the tailnet is printed, and stays after the end', async () => {
  const home = homeFolder()
  using tailscale = standInTailscale()
  const stop = new AbortController()
  const printed: string[] = []
  const ended = runGateway({
    flags: { port: 0, tailscale: 'serve' },
    env: { HOME: home },
    home,
    tailscale: tailscale.command,
    print: (line) => printed.push(line),
    signal: stop.signal,
  })
  const address = '🌐 Tailscale Serve: https://laptop.tail1234.ts.net/'
  await vi.waitFor(() => expect(printed).toContain(address), { timeout: 8_000 })
  stop.abort()
  expect(await ended).toBe('stopped')
  expect(tailscale.served().Web).toHaveProperty(['laptop.tail1234.ts.net:443'])
})

test('with TLS the banner shows the fingerprint to pin, the port speaks nothing else, and this machine uses the socket', async () => {
  const home = homeFolder()
  const gateway = { auth: { token: strong }, tls: { enabled: true } }
  writeFileSync(join(home, 'clawdbot.json'), JSON.stringify({ gateway }), { mode: 0o600 })
  const env = { HOME: home, CLAWDBOT_CONFIG_PATH: join(home, 'clawdbot.json') }
  const stop = new AbortController()
  const printed: string[] = []
  const flags = { port: 0 }
  const ended = runGateway({ flags, env, home, print: (line) => printed.push(line), signal: stop.signal })
  await vi.waitFor(() => expect(printed.join('\n')).toContain('Auth mode'), { timeout: 5_000 })
  const [, url = '', pin = ''] = /(wss:\S+)[\s\S]*sha256:(\S+)/.exec(printed.join('\n')) ?? []
  const tlsFingerprint = pin.replaceAll(':', '').toLowerCase()
  const dial = async (way: DirectWay) => {
    await using tunnel = await openTunnel(way, tunnelContext())
    const stream = await tunnel.dial(AbortSignal.timeout(5_000))
    stream.destroy()
    return 'in'
  }
  expect(await dial({ kind: 'direct', url, tlsFingerprint })).toBe('in')
  await expect(dial({ kind: 'direct', url })).rejects.toMatchObject({ code: 'client.untrusted' })
  await expect(dial({ kind: 'direct', url, tlsFingerprint: '0'.repeat(64) })).rejects.toMatchObject({
    code: 'client.untrusted',
  })
  using client = new RawClient(url, { rejectUnauthorized: false })
  expect((await client.connect({ auth: { token: strong } })).ok).toBe(true)
  const { host } = new URL(url)
  const status = (origin: string) => RawClient.status(url, { rejectUnauthorized: false, headers: { origin } })
  expect([await status(`https://${host}`), await status(`http://${host}`)]).toEqual([101, 403])
  expect(await RawClient.status(url.replace('wss', 'ws'))).toBe(0)
  const note = JSON.parse(readFileSync(join(home, '.clawdbot', 'gateway.json'), 'utf8'))
  expect(note.socket).toBe(join(home, '.clawdbot', 'gateway.sock'))
  expect(await RawClient.status(`ws+unix:${note.socket}:/`)).toBe(101)
  stop.abort()
  expect(await ended).toBe('stopped')
})
