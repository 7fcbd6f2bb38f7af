import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { issueLine } from '../../../src/server/config/issues.ts'
import { loadConfig, readConfig } from '../../../src/server/config/load.ts'
import { Fault } from '../../../src/shared/fault.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'))
  path = join(folder, 'clawdbot.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

function read(text: string, env: Record<string, string> = {}) {
  writeFileSync(path, text, { mode: 0o600 })
  return readConfig({ path, env })
}

/** `line path message | remedy` of every problem. */
function problems(text: string, env: Record<string, string> = {}): string[] {
  return read(text, env).issues.map(
    ({ line, path: place, message, remedy }) => `${line ?? '-'} ${place} ${message}${remedy ? ` | ${remedy}` : ''}`,
  )
}

test('no file, an empty object and a file of comments all mean the defaults', () => {
  const missing = readConfig({ path, env: {} })
  expect(missing).toMatchObject({ exists: false, valid: true, hash: null, issues: [] })
  expect(missing.config.gateway).toMatchObject({
    port: 18789,
    bind: 'loopback',
    reload: { mode: 'hybrid', debounceMs: 300 },
  })
  expect(missing.config.tools.exec.security).toBe('ask')
  expect(read('// nothing yet\n{}').config).toEqual(missing.config)
})

test('JSON5 is read: comments, trailing commas, bare keys, single quotes', () => {
  const { config } = read("{ /* port */ gateway: { port: 1234, }, agents: { defaults: { model: 'openai/gpt' } } }")
  expect([config.gateway.port, config.agents.defaults.model]).toEqual([1234, 'openai/gpt'])
})

test('OP2: every problem is told at once, with its path, line and what to do', () => {
  expect(
    problems(`{
  gateway: {
    prot: 1,
    port: 'x',
    bind: "lann",
    auth: { token: "\${NO_SUCH_TOKEN}" },
    customBindHost: "",
  },
  port: 18789,
  plugins: {},
  logging: { level: "info", level: "warn" },
  $include: "other.json",
  agents: { list: [
    { id: "a" },
    { id: "A!" },
  ] },
}`),
  ).toEqual([
    '3 gateway.prot is not a known setting | Did you mean gateway.port?',
    '4 gateway.port must be a number',
    '5 gateway.bind must be "loopback" or "lan" or "tailnet" or "auto" or "custom"',
    `6 gateway.auth.token Missing env var "NO_SUCH_TOKEN" referenced at config path: gateway.auth.token | Set NO_SUCH_TOKEN in the environment of the gateway or under env.vars, or write $\${NO_SUCH_TOKEN} for the literal text.`,
    '7 gateway.customBindHost must not be empty',
    '9 port is not a known setting | Did you mean gateway.port?',
    '10 plugins is not a known setting | Remove it; docs/config.md lists every setting.',
    '11 logging.level is given twice | Keep one of them.',
    '12 $include is not supported | Put all settings into this one file and remove $include.',
    '15 agents.list[1].id must be lowercase letters, digits, "-" or "_"',
  ])
})

test('OP2: inside a value that may be of several kinds every problem is told too, and what is missing is called so', () => {
  const model = (value: string) => problems(`{ agents: { defaults: {\n  model: ${value} } } }`)
  expect(model('{ primry: "a/b", fallbacks: "x" }')).toEqual([
    '2 agents.defaults.model.primary is missing; it must be text',
    '2 agents.defaults.model.fallbacks must be a list',
    '2 agents.defaults.model.primry is not a known setting | Did you mean agents.defaults.model.primary?',
  ])
  expect(model('{ primary: 3, fallback: [] }')).toEqual([
    '2 agents.defaults.model.primary must be text',
    '2 agents.defaults.model.fallback is not a known setting | Did you mean agents.defaults.model.fallbacks?',
  ])
  expect(model('3')).toHaveLength(1)
})

test('OP2: in a log a problem is one line, with its place and what to do', () => {
  expect(read('{\n  gateway: { prot: 1 } }').issues.map(issueLine)).toEqual([
    'line 2: gateway.prot is not a known setting (Did you mean gateway.port?)',
  ])
})

test('a file that is not JSON5 is told with its line', () => {
  expect(problems('{\n  gateway: {\n    port: ,\n  }\n}')[0]).toMatch(/^3 {2}invalid character ',' at 3:11 \|/)
  expect(problems('[]')).toEqual(['1  must be an object | Put the settings between { and }.'])
})

test('a choice between forms is explained by the form that was meant', () => {
  expect(problems('{ agents: { defaults: { model: { primary: "a/b", fallback: [] } } } }')).toEqual([
    '1 agents.defaults.model.fallback is not a known setting | Did you mean agents.defaults.model.fallbacks?',
  ])
  expect(problems('{ agents: { defaults: { model: 3 } } }')).toEqual([
    '1 agents.defaults.model must be text, or must be an object',
  ])
})

test(`\${NAME} is filled from the environment, then from env.vars; $\${NAME} and other forms stay as they are`, () => {
  const text = `{ env: { vars: { A: "file", B: "file" } }, agents: { list: [{ id: "x", name: "\${A}-\${B}-$\${A}-\${lower}-$A" }] } }`
  expect(read(text, { A: 'shell' }).config.agents.list[0]?.name).toBe(`shell-file-\${A}-\${lower}-$A`)
})

test('a custom bind needs its address, an agent id is given once, a time zone exists', () => {
  expect(
    problems(
      '{ gateway: { bind: "custom" }, agents: { defaults: { userTimezone: "Mars" }, list: [{ id: "a" }, { id: "a" }] } }',
    ),
  ).toEqual([
    '1 gateway.customBindHost is needed when gateway.bind is "custom"',
    '1 agents.defaults.userTimezone is not a time zone, such as "Asia/Tokyo"',
    '1 agents.list[1].id "a" is given twice',
  ])
})

test('an address that is none is told with its setting', () => {
  const gateway = { trustedProxies: ['10.0.0.0/8'], controlUi: { allowedOrigins: ['gw'] } }
  expect(problems(JSON.stringify({ gateway })).toSorted()).toEqual([
    '1 gateway.controlUi.allowedOrigins[0] must be an address such as https://gw.example.com',
    '1 gateway.trustedProxies[0] must be an IPv4 address, or must be an IPv6 address',
  ])
})

test('loading an invalid file throws one fault that names the file and everything in it', () => {
  writeFileSync(path, '{ a: 1,\n b: 2 }', { mode: 0o600 })
  expect(() => loadConfig({ path, env: {} })).toThrow(Fault)
  expect(() => loadConfig({ path, env: {} })).toThrow(
    `Invalid config at ${path}.\n  line 1: a is not a known setting\n    Remove it; docs/config.md lists every setting.\n  line 2: b is`,
  )
})

test('SE2: a configuration behind a link is refused; one that others can read is told', () => {
  writeFileSync(join(folder, 'real.json'), '{}')
  symlinkSync(join(folder, 'real.json'), path)
  expect(() => readConfig({ path, env: {} })).toThrow('is a symbolic link')
  rmSync(path)
  read('{}')
  chmodSync(path, 0o644)
  expect(readConfig({ path, env: {} }).warnings).toMatchObject([{ remedy: `Run: chmod 600 ${path}` }])
})

test('a client of this machine that is sent nowhere is told of, and stops no gateway here', () => {
  const warned = (text: string) => {
    read(text)
    return readConfig({ path, env: {} })
  }
  expect(warned('{ gateway: { mode: "remote" } }')).toMatchObject({ valid: true, warnings: [{ path: 'gateway.mode' }] })
  expect(warned('{ gateway: { mode: "remote", remote: { url: "wss://g.example" } } }').warnings).toEqual([])
})

test('SE6: a workspace is under the home folder, never under the current one', () => {
  const text =
    '{ agents: { defaults: { workspace: "~/w" }, list: [{ id: "a", workspace: "b/../c" }, { id: "d", workspace: "/e" }] } }'
  const { defaults, list } = read(text, { HOME: '/home/x' }).config.agents
  expect([defaults.workspace, list[0]?.workspace, list[1]?.workspace]).toEqual(['/home/x/w', '/home/x/c', '/e'])
})

test('SE6: a .env file in the current folder changes nothing', () => {
  const before = process.cwd()
  writeFileSync(join(folder, '.env'), 'CLAWDBOT_GATEWAY_PORT=1\nSECRET_NAME=evil\n')
  process.chdir(folder)
  try {
    expect(problems(`{ gateway: { auth: { token: "\${SECRET_NAME}" } } }`)[0]).toContain(
      'Missing env var "SECRET_NAME"',
    )
  } finally {
    process.chdir(before)
  }
})
