/** Repairs change modes of our own files and the settings they name, say so, and stop at links and foreign files. */

import { chmodSync, chownSync, linkSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hostOf } from '../../../src/bin/host.ts'
import { repairFindings } from '../../../src/server/audit/repair.ts'
import type { Finding } from '../../../src/server/audit/report.ts'
import { StateHome } from './state-home.ts'

const home = new StateHome()

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const audit = async (isRepairing: boolean) =>
  await (await hostOf({}, home.path)).audit({ isDeep: false, isRepairing, signal: new AbortController().signal })

test('what is open is closed, a setting is put back with its comments, all of it is written down; once', async () => {
  const config = home.put('clawdbot.json', '{\n  // mine\n  logging: { redactSensitive: "off" },\n}\n', 0o664)
  const token = home.put('gateway-token', 'x', 0o604)
  chmodSync(home.inState(), 0o755)
  const { repaired, findings } = await audit(true)
  expect(repaired.map(({ id, message, isDone }) => `${isDone} ${id} ${message.replaceAll(home.path, '~')}`)).toEqual([
    'true fs.config.perms_writable ~/.clawdbot/clawdbot.json had mode 664 and has 600 now',
    'true fs.auth_profiles.perms_readable ~/.clawdbot/gateway-token had mode 604 and has 600 now',
    'true fs.state_dir.perms_readable ~/.clawdbot had mode 755 and has 700 now',
    'true logging.redact_off logging.redactSensitive is now tools',
  ])
  expect([config, token, home.inState()].map(mode)).toEqual(['600', '600', '700'])
  expect(readFileSync(config, 'utf8')).toBe('{\n  // mine\n  logging: { redactSensitive: "tools" },\n}\n')
  expect(findings.map(({ id }) => id).filter((id) => /^fs\.|^logging/.test(id))).toEqual([])
  const { journal } = await hostOf({}, home.path)
  using log = journal.open()
  expect(log.read({ limit: 10 }).map(({ what, facts }) => `${what} ${facts.id ?? facts.setting}`)).toEqual([
    'security.repaired fs.config.perms_writable',
    'security.repaired fs.auth_profiles.perms_readable',
    'security.repaired fs.state_dir.perms_readable',
    'config.written logging.redactSensitive',
  ])
  expect((await audit(true)).repaired).toEqual([])
  expect(log.read({ limit: 10 })).toHaveLength(4)
})

test('what shows only once a file is private again is repaired in the same go; nothing is left for a second one', async () => {
  const settings = {
    logging: { redactSensitive: 'off' },
    gateway: { auth: { token: 'long-enough-for-a-token-of-a-test' } },
  }
  home.put('clawdbot.json', JSON.stringify(settings), 0o600)
  home.put('gateway.env', 'A=1\n', 0o666)
  const { repaired } = await audit(true)
  expect(repaired.map(({ id, isDone }) => `${isDone} ${id}`)).toEqual([
    'true fs.auth_profiles.perms_writable',
    'true config.secrets.gateway_token_in_config',
    'true logging.redact_off',
  ])
  expect((await audit(true)).repaired).toEqual([])
})

test('OP7: what cannot be written down is not repaired', async () => {
  const token = home.put('gateway-token', 'x', 0o640)
  home.put('audit.db', 'no database')
  const { repaired } = await audit(true)
  expect(repaired).toMatchObject([{ isDone: false, message: expect.stringContaining('stays as it is: The audit log') }])
  expect(mode(token)).toBe('640')
})

test('without being asked nothing is changed', async () => {
  const token = home.put('gateway-token', 'x', 0o604)
  expect((await audit(false)).repaired).toEqual([])
  expect(mode(token)).toBe('604')
})

test('a link put in the place of a file meanwhile is not followed, nor is another name of the same file', () => {
  const target = home.put('victim', 'x', 0o666)
  symlinkSync(target, home.inState('gateway-token'))
  const other = home.put('audit.db', 'x', 0o644)
  linkSync(other, home.inState('second-name'))
  const finding = (path: string): Finding => ({
    id: 'x',
    severity: 'warning',
    message: '',
    remedy: '',
    repair: { kind: 'mode', path, mode: 0o600 },
  })
  const noted: string[] = []
  const ports = { set: () => {}, moveSecret: () => '', noting: (what: string) => void noted.push(what) }
  const paths = [home.inState('gateway-token'), home.inState('gone'), other]
  const repaired = repairFindings(paths.map(finding), ports)
  expect(repaired.map(({ isDone }) => isDone)).toEqual([false, false, false])
  expect(repaired[2]?.message).toContain('hard link')
  expect([mode(target), mode(other), noted]).toEqual(['666', '644', []])
})

test('a file of another account stays as it is, also for root', () => {
  const foreign = process.getuid?.() === 0 ? home.put('logs', 'x', 0o644) : '/etc/passwd'
  if (process.getuid?.() === 0) chownSync(foreign, 65_534, 65_534)
  const before = mode(foreign)
  const finding = {
    id: 'x',
    severity: 'warning',
    message: '',
    remedy: '',
    repair: { kind: 'mode', path: foreign, mode: 0o600 },
  } as const
  const [repaired] = repairFindings([finding], { set: () => {}, moveSecret: () => '', noting: () => {} })
  expect(repaired).toMatchObject({ isDone: false, message: expect.stringContaining('another account') })
  expect(mode(foreign)).toBe(before)
})

test('a setting that cannot be changed is told, and the rest is repaired', async () => {
  home.put('clawdbot.json', '{ logging: { redactSensitive: "off" }', 0o600)
  const token = home.put('gateway-token', 'x', 0o640)
  const { repaired } = await audit(true)
  expect(repaired.map(({ isDone }) => isDone)).toEqual([true])
  expect(mode(token)).toBe('600')
})
