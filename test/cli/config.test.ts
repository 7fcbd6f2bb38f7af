import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { readRuntime } from '../../src/client/runtime-file.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { gatewayHere } from './gateway-here.ts'
import { clawdbot } from './world.ts'

async function homeWith(text?: string): Promise<Home> {
  const home = await Home.make()
  if (text !== undefined) {
    await mkdir(dirname(home.paths.configPath), { recursive: true, mode: 0o700 })
    await writeFile(home.paths.configPath, text, { mode: 0o600 })
  }
  return home
}

test('set, get, unset, path and validate speak plainly', async () => {
  await using home = await homeWith()
  const path = home.paths.configPath
  const port = String(await freePort())
  expect(await clawdbot(home, ['config', 'path'])).toMatchObject({ code: 0, out: expect.stringContaining('not there') })
  const set = await clawdbot(home, ['config', 'set', 'gateway.port', port])
  expect(set).toMatchObject({ code: 0, err: '' })
  expect(set.out).toBe(
    `✅ gateway.port is changed in ${path}\n   A gateway that runs starts again by itself to take it up\n`,
  )
  expect((await clawdbot(home, ['config', 'set', 'gateway.reload.mode', 'hot'])).out).toBe(
    `✅ gateway.reload.mode is changed in ${path}; the file as it was is kept beside it as .bak\n`,
  )
  expect((await clawdbot(home, ['config', 'set', 'gateway.bind', 'auto'])).out).toContain(
    'takes up gateway.bind when it starts again: clawdbot gateway restart',
  )
  expect((await clawdbot(home, ['config', 'get', 'gateway.port'])).out).toBe(`${port}\n`)
  expect((await clawdbot(home, ['config', 'validate'])).out).toBe(`✅ ${path} is valid\n`)
  expect((await clawdbot(home, ['config', 'set', 'gateway.port', port])).out).toContain('Nothing to change')
  expect(JSON.parse((await clawdbot(home, ['config', 'unset', 'gateway.port', '--json'])).out)).toMatchObject({
    ...{ ok: true, changed: true, needRestart: ['gateway.port'] },
  })
  expect(await clawdbot(home, ['config', 'get', 'gateway.remote.url'])).toMatchObject({ code: 1 })
})

test('settings that cannot be read are told to be corrected; only what was to change them says that it did not', async () => {
  await using home = await homeWith('{ gatway: {} }')
  const read = await clawdbot(home, ['config', 'get'])
  expect(read).toMatchObject({ code: 2, err: expect.stringContaining('Correct the file: clawdbot config edit') })
  expect(read.err).not.toContain('was not changed')
  expect((await clawdbot(home, ['config', 'set', 'gateway.bind', 'lan'])).err).toContain('The file was not changed')
})

test('a gateway whose port somebody typed does not go by the settings, which is said', async () => {
  await using home = await homeWith('{}')
  const note = { pid: process.pid, port: 18_801, isPortTyped: true }
  const set = async (port: number, more: object = {}) => {
    await writeFile(home.paths.runtimeFile, JSON.stringify({ ...note, ...more }))
    return (await clawdbot(home, ['config', 'set', 'gateway.port', String(port)])).err
  }
  expect(await set(await freePort())).toBe(
    `⚠️  The gateway that runs (process ${process.pid}) was started with --port 18801, which counts before the settings\n   To have it take up the new one: end it, and start it without --port\n`,
  )
  expect(await set(await freePort(), { startedBy: 'clawdbot' })).toContain(
    'take up the new one: clawdbot gateway restart',
  )
  expect(await set(await freePort(), { isPortTyped: undefined })).toBe('')
  expect(await set(18_801)).toBe('')
})

test('a port that another program has is refused before it is written, unless the gateway listens elsewhere', async () => {
  await using home = await homeWith()
  const stranger = createServer((socket) => socket.end('no gateway\n')).listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const { port } = stranger.address() as AddressInfo
  const set = async () => await clawdbot(home, ['config', 'set', 'gateway.port', String(port)])
  try {
    const refused = await set()
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain(`Port ${port} of this machine is held by`)
    expect(refused.err).toContain(
      'Nothing was written. End that program, or take another port: clawdbot config set gateway.port',
    )
    expect((await clawdbot(home, ['config', 'path'])).out).toContain('not there')
    await clawdbot(home, ['config', 'set', 'gateway.socket', '{"enabled": true, "only": true}'])
    expect(await set()).toMatchObject({ code: 0 })
  } finally {
    stranger.close()
  }
})

test('the port of its own gateway is no taken one', async () => {
  await using gateway = await gatewayHere({ flags: { port: await freePort() } })
  const { run, home } = gateway
  const port = (await readRuntime(home.paths.runtimeFile))?.port
  expect(port).not.toBe(gateway.port)
  expect(await run(`config set gateway.port ${port}`)).toMatchObject({ code: 0, err: '' })
})

test('every problem is told with its line, and the exit code is 2', async () => {
  await using home = await homeWith('{\n  gateway: { port: "x" },\n  loging: {},\n}\n')
  const { code, err } = await clawdbot(home, ['config', 'validate'])
  expect(code).toBe(2)
  expect(err).toContain('line 2: gateway.port must be a number')
  expect(err).toContain('Did you mean logging?')
  const json = JSON.parse((await clawdbot(home, ['config', 'validate', '--json'])).out)
  expect(json).toMatchObject({ valid: false, issues: [{ line: 2 }, { line: 3 }] })
})

test('SE4: a secret is refused on the command line, taken from a pipe, and never printed', async () => {
  await using home = await homeWith()
  const canary = 'canary-0123456789-0123456789-0123456789'
  const typed = await clawdbot(home, ['config', 'set', 'gateway.auth.token', canary])
  expect(typed).toMatchObject({ code: 2, err: expect.stringContaining('--stdin') })
  const inside = await clawdbot(home, ['config', 'set', 'gateway', JSON.stringify({ auth: { token: canary } })])
  expect(inside).toMatchObject({ code: 2, err: expect.stringContaining('gateway.auth.token is a secret') })
  const piped = await clawdbot(home, ['config', 'set', 'gateway.auth.token', '--stdin'], { input: `${canary}\n` })
  expect(piped.code).toBe(0)
  expect(await readFile(home.paths.configPath, 'utf8')).toContain(canary)
  const shown = [
    typed,
    piped,
    await clawdbot(home, ['config', 'get']),
    await clawdbot(home, ['config', 'get', 'gateway.auth.token']),
    await clawdbot(home, ['config', 'validate', '--json']),
  ]
  expect(JSON.stringify(shown)).not.toContain(canary)
  const named = await clawdbot(home, ['config', 'set', 'gateway.auth.token', '${' + 'GATEWAY_TOKEN}'], {
    env: { GATEWAY_TOKEN: canary },
  })
  expect(named.code).toBe(0)
})

test('an edit that does not validate is shown its problems and may be mended; giving up changes nothing', async () => {
  await using home = await homeWith('{ gateway: { port: 18790 } }\n')
  const drafts = ['{ gateway: { port: "oops" } }\n', '{ gateway: { port: 18791 } }\n']
  const seen: string[] = []
  const edit = async (text: string) => {
    seen.push(text)
    return drafts[seen.length - 1]
  }
  const person = { ...somebody, confirm: async () => true }
  const mended = await clawdbot(home, ['config', 'edit'], { edit, person })
  expect(mended).toMatchObject({ code: 0, err: expect.stringContaining('gateway.port must be a number') })
  expect(seen[1]).toBe(drafts[0])
  expect(await readFile(home.paths.configPath, 'utf8')).toBe(drafts[1])

  const given = await clawdbot(home, ['config', 'edit'], {
    edit: async () => '{',
    person: { ...somebody, confirm: async () => false },
  })
  expect(given.code).toBe(2)
  expect(await clawdbot(home, ['config', 'edit'], { person: somebody })).toMatchObject({
    code: 2,
    err: expect.stringContaining('EDITOR'),
  })
  expect((await clawdbot(home, ['config', 'edit'], { edit: async () => '{}' })).err).toContain('There is no terminal')
  expect(await readFile(home.paths.configPath, 'utf8')).toBe(drafts[1])
})

test('DU8: an edit that cannot be put in place is kept, and where is said', async () => {
  await using home = await homeWith('{ gateway: { port: 18790 } }\n')
  const theirs = '{ gateway: { port: 18792 } }\n'
  const mine = '{ gateway: { port: 18791 } }\n'
  const kept: string[] = []
  const keepText = async (text: string) => `/tmp/kept-${kept.push(text)}`
  const meanwhile = async () => {
    await writeFile(home.paths.configPath, theirs)
    return mine
  }
  const { code, err } = await clawdbot(home, ['config', 'edit'], { edit: meanwhile, keepText, person: somebody })
  expect(code).toBe(2)
  expect(err).toContain('was changed by somebody else')
  expect(err).toContain(
    `What you edited is kept in /tmp/kept-1\n   To see what differs: diff ${home.paths.configPath} `,
  )
  expect(await readFile(home.paths.configPath, 'utf8')).toBe(theirs)

  const drafts = ['{ gateway: ', undefined]
  const edit = async () => drafts.shift()
  const person = { ...somebody, confirm: async () => true }
  const aborted = await clawdbot(home, ['config', 'edit'], { edit, person, keepText })
  expect(aborted.err).toContain('kept in /tmp/kept-2')
  expect(kept).toEqual([mine, '{ gateway: '])
  expect((await clawdbot(home, ['config', 'edit'], { keepText, person: somebody })).err).not.toContain('kept in')
})

const somebody = {
  isThere: true,
  confirm: async () => false,
  line: async () => undefined,
  hidden: async () => undefined,
  input: async () => '',
}
