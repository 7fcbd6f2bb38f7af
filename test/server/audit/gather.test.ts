/** The facts are those of a real folder, and looking at it changes nothing. */

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type GatherOptions, gatherFacts } from '../../../src/server/audit/gather.ts'
import { auditReport } from '../../../src/server/audit/report.ts'
import { auditChecks } from '../../../src/server/audit/table.ts'
import { openDeviceBook } from '../../../src/server/devices/device-store.ts'
import { openJournal } from '../../../src/server/journal/journal.ts'
import { NodeStore } from '../../../src/server/nodes/node-store.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import { statePaths } from '../../../src/server/storage/paths.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { StateHome } from './state-home.ts'

const home = new StateHome()

function gather(env: GatherOptions['env'] = {}, whole = { database: true, journal: true }) {
  return gatherFacts({ paths: statePaths(env, home.path), env, now: systemClock.now(), whole })
}

const found = (facts: ReturnType<typeof gather>) =>
  auditReport(auditChecks, facts).findings.map(
    ({ id, severity, message }) => `${severity} ${id} ${message.replaceAll(home.path, '~')}`,
  )

/** Everything about the folder that somebody could have changed. */
function picture(folder: string): unknown {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const { mode, mtimeMs, ctimeMs, ino } = statSync(path)
      return [path, mode, mtimeMs, ctimeMs, ino, entry.isFile() ? readFileSync(path, 'base64') : '']
    })
    .toSorted()
}

test('each file is known for what it is, and only one level deep', () => {
  home.put('clawdbot.json', '{}', 0o640)
  home.put('gateway-token', 'x')
  mkdirSync(home.inState('secrets'), { mode: 0o750 })
  home.put('secrets/vps', 'x', 0o604)
  mkdirSync(home.inState('logs'))
  home.put('logs/clawdbot-2026-11-25.log', '')
  mkdirSync(home.inState('workspace'), { mode: 0o777 })
  home.put('workspace/notes', '', 0o666)
  symlinkSync('/dev/null', home.inState('audit.db'))
  const facts = gather()
  const files = facts.files.map(
    ({ part, path, kind, mode }) => `${part} ${path.replace(home.inState(), '')} ${kind} ${mode?.toString(8)}`,
  )
  expect(files.toSorted()).toEqual(
    [
      'state  folder 700',
      'config /clawdbot.json file 640',
      'credential /gateway-token file 600',
      'credentials-folder /secrets folder 750',
      'credential /secrets/vps file 604',
      'log /audit.db link undefined',
      'log /logs folder 755',
      'log /logs/clawdbot-2026-11-25.log file 600',
    ].toSorted(),
  )
})

test('a linked state folder and a config elsewhere are both looked at', () => {
  mkdirSync(join(home.path, 'real'), { mode: 0o755 })
  symlinkSync(join(home.path, 'real'), join(home.path, 'linked'))
  writeFileSync(join(home.path, 'other.json'), '{}', { mode: 0o644 })
  const env = { CLAWDBOT_STATE_DIR: join(home.path, 'linked'), CLAWDBOT_CONFIG_PATH: join(home.path, 'other.json') }
  expect(found(gather(env)).filter((line) => line.includes(' fs.'))).toEqual([
    'critical fs.config.world_readable Every account of this machine may read ~/other.json (mode 644)',
    'warning fs.state_dir.perms_readable Every account of this machine may read ~/real (mode 755)',
    'warning fs.state_dir.symlink ~/linked is a link to ~/real',
  ])
})

test('SE4: secrets are told by their place and length, and are in none of the facts', () => {
  const canaries = ['canary-token-1', 'canary-key-2', 'canary-var-3', 'canary-remote-4', 'canary-env-5']
  home.put(
    'clawdbot.json',
    `{ gateway: { auth: { token: '${canaries[0]}', password: '\${PW}' }, remote: { token: '${canaries[3]}' } },
       models: { providers: { openai: { apiKey: '${canaries[1]}' } } }, env: { vars: { A: '${canaries[2]}' } } }`,
  )
  const facts = gather({ PW: 'changeme', CLAWDBOT_GATEWAY_TOKEN: canaries[4] })
  expect(facts.config.writtenSecrets).toEqual([
    'gateway.auth.token',
    'gateway.remote.token',
    'models.providers.openai.apiKey',
    'env.vars.A',
  ])
  expect(facts.config.placeholders).toEqual(['gateway.auth.password'])
  expect(facts.secret).toEqual({ mode: 'token', from: 'config', length: 14, isGuessable: false })
  for (const canary of canaries) expect(JSON.stringify(facts)).not.toContain(canary)
})

test('a file that cannot be used is one finding, and the defaults are what is looked at', () => {
  home.put('clawdbot.json', '{ gateway: { bind: "lann", prot: 1 } }')
  expect(found(gather()).filter((line) => line.includes('config.'))).toEqual([
    'warning config.unknown_keys gateway.prot (line 1) is not a known setting',
    expect.stringContaining('warning config.unusable ~/.clawdbot/clawdbot.json cannot be used: gateway.bind (line 1)'),
  ])
  rmSync(home.inState('clawdbot.json'))
  writeFileSync(join(home.path, 'real.json'), '{}', { mode: 0o600 })
  symlinkSync(join(home.path, 'real.json'), home.inState('clawdbot.json'))
  expect(found(gather()).filter((line) => line.includes('config.'))).toEqual([
    'warning fs.config.symlink ~/.clawdbot/clawdbot.json is a link to ~/real.json; the gateway does not read settings through links',
    'warning config.unusable ~/.clawdbot/clawdbot.json cannot be used: ~/.clawdbot/clawdbot.json is a symbolic link; secrets are not read through links',
  ])
})

test('rules lead to the real program: what it is, and who may exchange it', () => {
  mkdirSync(join(home.path, 'open'), { mode: 0o755 })
  chmodSync(join(home.path, 'open'), 0o777)
  for (const name of ['open/tool', 'safe']) writeFileSync(join(home.path, name), '#!/bin/sh\n', { mode: 0o755 })
  mkdirSync(home.inState('workspace'), { mode: 0o700 })
  home.put('workspace/made', '#!/bin/sh\n', 0o755)
  symlinkSync(home.inState('workspace/made'), join(home.path, 'alias'))
  const allowlist = [
    join(home.path, 'open/tool *'),
    join(home.path, 'safe'),
    join(home.path, 'alias'),
    '/usr/bin/env *',
    join(home.path, 'gone'),
  ]
  home.put('clawdbot.json', JSON.stringify({ tools: { exec: { security: 'allowlist', allowlist } } }))
  const rules = gather().rules.map(({ rule, risk, writable }) => [
    rule.replace(home.path, '~'),
    risk,
    writable?.replace(home.path, '~'),
  ])
  expect(rules).toEqual([
    ['~/open/tool *', undefined, '~/open'],
    ['~/safe', undefined, undefined],
    ['~/alias', undefined, '~/.clawdbot/workspace'],
    ['/usr/bin/env *', 'env starts other programs', undefined],
  ])
})

test('devices, the audit log and the database are read while they are open and while they are not; nothing is left behind', () => {
  const { database, journal } = statePaths({}, home.path)
  const ask = { publicKey: 'k', role: 'operator' as const, scopes: ['operator.admin'], remoteIp: '10.0.0.2' }
  {
    using db = openDatabase({ path: database })
    const book = openDeviceBook({ db, clock: systemClock })
    const ids = ['kept', 'revoked']
    for (const deviceId of ids) {
      const { request } = book.request({ ...ask, deviceId, displayName: deviceId } as never)
      book.approve(request.requestId, () => true)
      book.issue(deviceId, 'operator', ['operator.admin'])
    }
    book.revoke('revoked', 'operator')
    using log = openJournal({ path: journal, clock: systemClock })
    log.note('state.backed-up')
    log.note('gateway.stopped')
    const about = { caps: [], commands: [], displayName: 'mini' }
    new NodeStore(db, systemClock).approve('n0de', about, ['system.run'])
    expect(gather().devices.map(({ name, isAdmin }) => [name, isAdmin])).toEqual([['kept', true]])
    expect(gather().store.journal).toMatchObject({ kind: 'whole', entries: 2 })
  }
  const before = picture(home.inState())
  const { devices, nodes, store, now } = gather()
  expect(devices).toHaveLength(1)
  expect(nodes).toEqual([{ id: 'n0de', name: 'mini', approved: ['system.run'] }])
  expect(store.inUseSince).toBe(store.backedUpAt)
  expect(now - (store.backedUpAt ?? 0)).toBeLessThan(60_000)
  expect(store).toMatchObject({ damage: undefined, setAside: [], journal: { kind: 'whole' } })
  expect(picture(home.inState())).toEqual(before)
})

test('damage is found and told: a changed log, a broken page, a database set aside', async () => {
  const { database, journal } = statePaths({}, home.path)
  openDatabase({ path: database })[Symbol.dispose]()
  const bytes = readFileSync(database)
  bytes.fill(0x5a, 8192, 12_288)
  writeFileSync(database, bytes)
  home.put('clawdbot.db.damaged-1', 'x')
  {
    using log = openJournal({ path: journal, clock: systemClock })
    log.note('gateway.started')
  }
  const { DatabaseSync } = await import('node:sqlite')
  {
    using db = new DatabaseSync(journal)
    db.exec(`UPDATE journal SET what = 'nothing.at-all'`)
  }
  const lines = found(gather()).filter((line) => line.includes('durability.integrity'))
  expect(lines).toEqual([
    expect.stringContaining('critical durability.integrity The database is damaged'),
    expect.stringContaining('critical durability.integrity The audit log was changed or damaged: entry 1'),
    expect.stringContaining(
      'warning durability.integrity A damaged database was set aside as ~/.clawdbot/clawdbot.db.damaged-1',
    ),
  ])
})

test('a state folder that cannot be made is known before anybody starts a gateway there', () => {
  home.put('a-file', '')
  const paths = statePaths({ CLAWDBOT_STATE_DIR: home.inState('a-file/x/y') }, home.path)
  const facts = gatherFacts({ paths, env: {}, now: systemClock.now(), whole: { database: true, journal: true } })
  expect(found(facts)).toContainEqual(
    expect.stringMatching(
      /^critical durability.state_unwritable .*a-file\/x\/y: a part of .* is a file and no folder$/,
    ),
  )
})

test('a machine on which no gateway ever ran has nothing wrong with it', () => {
  rmSync(home.inState(), { recursive: true })
  expect(found(gather()).map((line) => line.split(' ')[1])).toEqual(
    process.getuid?.() === 0 ? ['summary.attack_surface'] : ['gateway.unix_socket_available', 'summary.attack_surface'],
  )
})
