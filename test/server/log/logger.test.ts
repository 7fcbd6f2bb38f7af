import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dayOf, openLogFile } from '../../../src/server/log/file.ts'
import { createLogger } from '../../../src/server/log/logger.ts'
import { createRedactor } from '../../../src/server/log/redact.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { ManualClock } from '../../support/clock.ts'

let folder = ''
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'log-')), 'logs')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

function logTo(options: { maxBytes?: number; maxFiles?: number; level?: 'info' | 'silent' } = {}) {
  const clock = new ManualClock()
  const file = openLogFile({ folder, clock, ...options })
  const redactor = createRedactor({ patterns: () => true })
  const log = createLogger({ clock, level: () => options.level ?? 'info', redactor, sinks: [file.sink] })
  const messages = () =>
    readFileSync(file.path(), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)['1'])
  return { clock, file, log, redactor, messages }
}

test('a line has the shape the ecosystem’s logs command reads', () => {
  const { log, file } = logTo()
  log.for('gateway/ws').info('listening', { url: 'ws://127.0.0.1:18789', port: 1, note: 'two words', none: undefined })
  expect(JSON.parse(readFileSync(file.path(), 'utf8'))).toEqual({
    0: '{"subsystem":"gateway/ws"}',
    1: 'listening url=ws://127.0.0.1:18789 port=1 note="two words"',
    time: '2026-01-27T07:46:40.000Z',
    _meta: { logLevelName: 'INFO', name: '{"subsystem":"gateway/ws"}', date: '2026-01-27T07:46:40.000Z' },
  })
})

test.each([
  ['moved away', (path: string) => renameSync(path, `${path}.1`)],
  ['deleted', (path: string) => rmSync(path)],
  ['deleted with its folder', (path: string) => rmSync(join(path, '..'), { recursive: true })],
])('a file that was %s comes back within a second, private again', (_, takeAway) => {
  const { log, clock, file, messages } = logTo()
  log.info('first')
  takeAway(file.path())
  clock.advance(1_000)
  log.info('second')
  expect(messages()).toEqual(['second'])
  expect(statSync(file.path()).mode & 0o777).toBe(0o600)
  log.info('third')
  expect(messages()).toEqual(['second', 'third'])
})

test('SE2: a link put where the file was is not written through', () => {
  const { log, clock, file } = logTo()
  const elsewhere = join(folder, '..', 'elsewhere')
  writeFileSync(elsewhere, '')
  log.info('first')
  rmSync(file.path())
  symlinkSync(elsewhere, file.path())
  clock.advance(1_000)
  log.info('second')
  expect(readFileSync(elsewhere, 'utf8')).toBe('')
})

test('a full file that was moved away meanwhile is not set aside again, and nothing is lost', () => {
  const { log, file, messages } = logTo({ maxBytes: 1 })
  log.info('first')
  renameSync(file.path(), `${file.path()}.old`)
  log.info('second')
  expect(messages()).toEqual(['second'])
})

test('lines below the level are not written, and silent writes none', () => {
  const { log, messages } = logTo()
  log.debug('no')
  log.warn('yes')
  log.fatal('yes too')
  expect(messages()).toEqual(['yes', 'yes too'])
  logTo({ level: 'silent' }).log.fatal('not even this')
  expect(messages()).toHaveLength(2)
})

test('SE5: what a peer sends is one escaped field of at most 256 characters', () => {
  const { log, messages } = logTo()
  log.warn('refused', { origin: `\u001b[2J\n\u202eevil"=${'x'.repeat(15_000)}`, agent: 'a\r\n{"fake":"line"}' })
  const [line] = messages()
  expect(messages()).toHaveLength(1)
  expect(line).toMatch(/^refused origin="\\u001b\[2J\\n\\u202eevil\\"=x+…" agent="a\\r\\n\{\\"fake/)
  expect(line.length).toBeLessThan(350)
})

test.each([
  ['a known secret', 'sent hunter22 away', 'sent [secret] away'],
  ['a known secret inside JSON', '{"p":"q\\"uote\\\\d"}', '{"p":"[secret]"}'],
  ['a vendor key', 'using sk-proj-abcdefghijklmnop123', 'using [secret]'],
  ['a bearer header', 'authorization: Bearer abcdef123456', 'authorization: Bearer [secret]'],
  ['a query parameter', 'GET /?token=abcdef&x=1', 'GET /?token=[secret]&x=1'],
  ['a bot token', 'bot 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw', 'bot [secret]'],
  ['a signed token', 'jwt eyJhbGciOiJI.eyJzdWIiOiIx.sig-na', 'jwt [secret]'],
  ['ordinary words', 'the token bucket is full; basic words stay', 'the token bucket is full; basic words stay'],
])('SE4: %s', (_, text, clean) => {
  const redactor = createRedactor({ patterns: () => true })
  redactor.know(['hunter22', 'q"uote\\d', 'abc'])
  expect(redactor.redact(text)).toBe(clean)
})

test('without patterns the known secrets are still masked', () => {
  const redactor = createRedactor({ patterns: () => false })
  redactor.know(['hunter22'])
  expect(redactor.redact('hunter22 sk-proj-abcdefghijklmnop123')).toBe('[secret] sk-proj-abcdefghijklmnop123')
})

test('OP10: files are private, of limited size, one a day, and the oldest leave', () => {
  const { log, clock, file } = logTo({ maxBytes: 1000, maxFiles: 4 })
  for (let day = 0; day < 2; day++) {
    for (let i = 0; i < 12; i++) log.info(`line ${day} ${i} ${'x'.repeat(100)}`)
    clock.advance(86_400_000)
  }
  log.info('last')
  file[Symbol.dispose]()
  const names = readdirSync(folder).toSorted()
  const [first, second, third] = [0, 1, 2].map((day) => dayOf(1_769_500_000_000 + day * 86_400_000))
  expect(names).toHaveLength(4)
  expect(names).toContain(`clawdbot-${third}.log`)
  expect(names).toContain(`clawdbot-${second}.log`)
  expect(names.filter((name) => name.includes(String(first)))).toEqual([])
  for (const name of names) {
    expect([statSync(join(folder, name)).size <= 1000, statSync(join(folder, name)).mode & 0o777]).toEqual([
      true,
      0o600,
    ])
  }
})

test('SE2: a log file replaced by a link is not written through, and the gateway goes on', () => {
  const { log, file } = logTo()
  const target = join(folder, 'target')
  writeFileSync(target, 'untouched')
  symlinkSync(target, file.path())
  log.info('hello')
  expect(readFileSync(target, 'utf8')).toBe('untouched')
})

test('a failure that is understood is its sentence and what to do; one that is not keeps its stack', () => {
  const { log, messages } = logTo()
  log.error('failed', { error: new Fault('storage.full', 'The disk is full', { remedy: 'Free some.' }) })
  log.error('failed', { error: new Error('odd') })
  expect(messages()).toEqual(['failed error="The disk is full. Free some."', expect.stringMatching(/Error: odd.*at /)])
})
