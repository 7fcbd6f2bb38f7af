import { expect, test } from 'vitest'
import { portFlag } from '../../src/cli/command.ts'
import { parseLine } from '../../src/cli/parse.ts'
import { commandTable } from '../../src/cli/table.ts'
import { Home } from '../client/support.ts'
import { clawdbot } from './world.ts'

test.each([
  ['helth', 'Did you mean health?'],
  ['gateway statsu', 'Did you mean gateway status?'],
  ['gateway', 'It can be: start, run, stop, restart, status, install, uninstall, health, probe, call.'],
  ['devices', 'It can be: list, pair, approve, reject, revoke, rotate.'],
  ['health --tokn x', 'Did you mean --token?'],
  ['sessions --limit soon', '--limit needs a whole number from 1 to 10000, not "soon"'],
  ['logs --limit 1.5', '--limit needs a whole number from 1 to 5000, not "1.5"'],
  ['logs --limit 99999999999', '--limit needs a whole number from 1 to 5000'],
  ['audit log --limit 0', '--limit needs a whole number from 1 to 200000, not "0"'],
  ['sessions search --limit 201 x', '--limit needs a whole number from 1 to 200'],
  ['health --port 0', '--port needs a port from 1 to 65535, not "0"'],
  ['health --port 99999999', '--port needs a port from 1 to 65535, not "99999999"'],
  ['health --port 1e4', '--port needs a port from 1 to 65535, not "1e4"'],
  ['profiles add x --local --gateway-port 0', '--gateway-port needs a port from 1 to 65535, not "0"'],
  ['tunnel up x --local-port 0x10', '--local-port needs a port from 1 to 65535, not "0x10"'],
  ['health --timeout soon', '--timeout needs whole milliseconds from 1 to 2147483647, not "soon"'],
  ['gateway health --timeout 0.5', '--timeout needs whole milliseconds from 1 to 2147483647, not "0.5"'],
  ['gateway status --timeout 0', '--timeout needs whole milliseconds from 1 to 2147483647, not "0"'],
  ['profiles test --timeout 2147483648', '--timeout needs whole milliseconds from 1 to 2147483647'],
  ['nodes run pi --timeout 0x10 -- ls', '--timeout needs whole milliseconds from 1 to 2147483647, not "0x10"'],
  ['nodes invoke pi x --invoke-timeout 3600001', '--invoke-timeout needs whole milliseconds from 1 to 3600000'],
  ['health --timeout', '--timeout needs a value <ms>'],
  ['health --json=yes', '--json takes no value'],
  ['health extra', 'health takes no arguments ("extra")'],
  ['devices approve', 'devices approve needs one request id'],
  ['gateway call', 'gateway call needs one method'],
  ['gateway call ', 'gateway call needs one method'],
  ['backup ', 'The name of the file is empty'],
  ['use', 'use needs one profile'],
  ['use a b', 'use needs one profile'],
  ['health -1', 'health takes no arguments ("-1")'],
  ['channels send telegram -100123 hi --topic x', '--topic is the number of a topic, not "x"'],
  ['gateway call health --params {', '--params is not valid JSON'],
  ['agent', 'agent needs a message'],
  ['sessions search', 'sessions search needs words to look for'],
])('`clawdbot %s` is a slip: exit code 2 and %s', async (line, hint) => {
  await using home = await Home.make()
  const { code, out, err } = await clawdbot(home, line.split(' '))
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(hint)
  expect(err).toContain('See: clawdbot')
})

test('every --timeout is read the same way, and its help says what it takes', async () => {
  const commands = await Promise.all(commandTable.map(({ load }) => load()))
  const waits = commands.flatMap(({ name, flags }) => (flags.timeout === undefined ? [] : [{ name, ...flags.timeout }]))
  expect(waits.length).toBeGreaterThan(20)
  for (const { name, about, range } of waits) {
    expect({ name, range }).toEqual({ name, range: { from: 1, to: 2_147_483_647, unit: 'whole milliseconds' } })
    expect(about).toContain('1 to 2147483647')
  }
})

test('every number has a range', async () => {
  const commands = await Promise.all(commandTable.map(({ load }) => load()))
  for (const { name, flags } of commands)
    for (const [flag, { type, range }] of Object.entries(flags))
      if (type === 'number') expect({ name, flag, range }).toMatchObject({ range: { from: 1 } })
})

test('a port between blanks is none', async () => {
  expect(() => parseLine(['--port', ' 21437'], 'x', { port: portFlag('') })).toThrow('not " 21437"')
})

test('help names every command, and every command explains its flags', async () => {
  await using home = await Home.make()
  const general = await clawdbot(home, ['help'])
  for (const { name, load } of commandTable) {
    expect(general.out).toContain(`  ${name} `)
    const command = await load()
    expect(command.name).toBe(name)
    const { code, out } = await clawdbot(home, [...name.split(' '), '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`Usage: clawdbot ${name}`)
    for (const flag of Object.keys(command.flags)) expect(out).toContain(`--${flag}`)
  }
  expect((await clawdbot(home, ['help', 'gateway', 'call'])).out).toContain('<method>')
})

test('the help of a group names its commands, and which one the bare word means', async () => {
  await using home = await Home.make()
  const group = await clawdbot(home, ['tunnel', '--help'])
  expect(group.out).toMatch(/^Usage: clawdbot tunnel <command> \[flags\]\n/)
  expect(group.out).toContain('  tunnel list       every tunnel that runs; also: tunnel\n')
  expect(await clawdbot(home, ['help', 'tunnel'])).toEqual(group)
  expect((await clawdbot(home, ['tunnel', 'up', '--help'])).out).toContain('--local-port <port>')
  expect((await clawdbot(home, ['health', '-h'])).out).toMatch(/^Usage: clawdbot health /)
})

test('what follows gateway start and run belongs to the gateway', async () => {
  await using home = await Home.make()
  const { out } = await clawdbot(home, ['gateway', 'start', '--port', '1', '--bind', 'loopback'])
  expect(out).toBe('server --port 1 --bind loopback\n')
  expect((await clawdbot(home, ['gateway', 'run'])).out).toBe('server \n')
})

test('the chat of a group is a number below zero, and no flag', async () => {
  await using home = await Home.make()
  const { err } = await clawdbot(home, ['channels', 'send', 'telegram', '-100123', 'hi', '--url', 'ws://127.0.0.1:1'])
  expect(err).toContain('Nothing listens')
  expect(parseLine(['telegram', '-100123', '-5', 'hi', '--', '-7'], 'x', {}).args).toEqual(
    ['telegram', '-100123', '-5', 'hi', '-7'], // each once, in the order of the line
  )
})

test('--json behind -- belongs to the program on the node, and our own failures stay sentences', async () => {
  await using home = await Home.make()
  const words = ['nodes', 'run', 'x', '--url', 'ws://127.0.0.1:1']
  const far = await clawdbot(home, [...words, '--', 'ls', '--json'])
  expect(far).toMatchObject({ out: '', err: expect.stringContaining('Nothing listens') })
  const own = await clawdbot(home, [...words, '--json', '--', 'ls'])
  expect(JSON.parse(own.out)).toMatchObject({ ok: false })
})

test('a secret may begin with a dash', async () => {
  await using home = await Home.make()
  const { err } = await clawdbot(home, ['health', '--token', '-x', '--url', 'ws://127.0.0.1:1'])
  expect(err).toContain('Nothing listens')
})

test('sessions alone lists them, and a terminal opens the screen with its flags', async () => {
  await using home = await Home.make()
  expect((await clawdbot(home, ['sessions', '--url', 'ws://127.0.0.1:1'])).err).toContain('Nothing listens')
  const { out } = await clawdbot(home, ['--url', 'wss://g.example', '--session', 'work'], { isScreen: true })
  expect(out).toBe('screen wss://g.example work\n')
  const slip = await clawdbot(home, ['--url', 'wss://g.example', 'health'], { isScreen: true })
  expect(slip).toMatchObject({ code: 2, err: expect.stringContaining('commands come first') })
})
