import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { packTar, type TarHeader, unpackTar } from 'modern-tar'
import { expect, onTestFinished, test } from 'vitest'
import { makeBackup, ourVersions } from '../../../src/server/backup/make.ts'
import { leftOutPaths, partTable } from '../../../src/server/backup/parts.ts'
import { openBackup } from '../../../src/server/backup/restore.ts'
import { openDeviceBook } from '../../../src/server/devices/device-store.ts'
import { openJournal } from '../../../src/server/journal/journal.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import { takeLock } from '../../../src/server/storage/lock.ts'
import { type StatePaths, statePaths } from '../../../src/server/storage/paths.ts'
import { ManualClock } from '../../support/clock.ts'

const now = 1_769_500_000_000
const clock = new ManualClock(now)

function place() {
  const home = mkdtempSync(join(tmpdir(), 'backup-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const paths = statePaths({}, home)
  mkdirSync(paths.stateDir, { mode: 0o700 })
  return { home, paths }
}

const put = (path: string, text: string) => {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
  writeFileSync(path, text, { mode: 0o600 })
}

/** A gateway with one of everything; both databases stay open, as in one that runs. */
function livedIn() {
  const { home, paths } = place()
  put(paths.config, `{ workspace: '${home}/work' } // a comment`)
  put(paths.key, 'the key')
  put(join(paths.tls, 'gateway-cert.pem'), 'certificate')
  put(paths.env, 'OPENAI_API_KEY=hunter2\n')
  put(paths.token, 'hunter3\n')
  put(join(paths.stateDir, 'secrets', 'abc'), 'hunter4\n')
  put(join(paths.stateDir, 'logs', 'clawdbot.log'), 'not kept')
  const db = openDatabase({ path: paths.database })
  const devices = openDeviceBook({ db, clock })
  const journal = openJournal({ path: paths.journal, clock })
  onTestFinished(() => db[Symbol.dispose]())
  onTestFinished(() => journal[Symbol.dispose]())
  journal.note('gateway.started')
  return { home, paths, db, devices, journal, file: join(home, 'backup.tar.gz') }
}

function approve(devices: ReturnType<typeof openDeviceBook>, deviceId: string) {
  const ask = {
    deviceId,
    publicKey: `key of ${deviceId}`,
    role: 'operator',
    roles: ['operator'],
    scopes: ['operator.read'],
    displayName: `${deviceId}'s laptop`,
  }
  const { request } = devices.request(ask as Parameters<typeof devices.request>[0])
  devices.approve(request.requestId, () => true)
  devices.issue(deviceId, 'operator', ['operator.read'])
}

const wish = (at: { home: string; paths: StatePaths; file: string }, withSecrets = false) => ({
  ...{ paths: at.paths, file: at.file, withSecrets, host: 'vps-1', home: at.home, now },
})

const names = async (file: string) => (await unpackTar(gunzipSync(readFileSync(file)))).map(({ header }) => header.name)

test('while a gateway writes, its backup is whole, private, and without secrets unless they are wanted', async () => {
  const from = livedIn()
  approve(from.devices, 'ann')
  const made = await makeBackup(wish(from))
  expect(statSync(from.file).mode & 0o777).toBe(0o600)
  const plain = ['manifest.json', 'clawdbot.json', 'clawdbot.db', 'audit.db', 'gateway-key.pem', 'tls/gateway-cert.pem']
  expect(await names(from.file)).toEqual(plain)
  expect(made.leftOut).toEqual(['gateway.env', "gateway's token", 'secrets of profiles'])
  expect(gunzipSync(readFileSync(from.file)).toString('latin1')).not.toMatch(/hunter/)
  await expect(makeBackup(wish(from))).rejects.toThrow(/is there already/)
  const all = join(from.home, 'all.tar.gz')
  await makeBackup(wish({ ...from, file: all }, true))
  expect(await names(all)).toEqual([...plain, 'gateway.env', 'gateway-token', 'secrets/abc'])
  expect(readdirSync(from.paths.stateDir).filter((name) => name.startsWith('.'))).toEqual([])
})

test('it comes back in another home; what was there is kept aside, and lines that name the old home are told', async () => {
  const from = livedIn()
  approve(from.devices, 'ann')
  await makeBackup(wish(from))
  const to = place()
  put(to.paths.config, '{ /* another */ }')
  put(to.paths.env, 'KEY=stays\n')
  put(`${to.paths.database}-wal`, 'left over')
  put(to.paths.database, '')
  {
    using backup = await openBackup(from.file, { ...to, clock })
    expect(backup.manifest).toMatchObject({ host: 'vps-1', withSecrets: false, ...ourVersions })
    expect(existsSync(to.paths.key)).toBe(false)
    const { aside = '', strangeLines } = backup.apply()
    expect(strangeLines).toEqual([1])
    expect(readFileSync(join(aside, 'clawdbot.json'), 'utf8')).toBe('{ /* another */ }')
    expect(existsSync(join(aside, 'clawdbot.db'))).toBe(true)
  }
  expect(readFileSync(to.paths.config, 'utf8')).toContain('// a comment')
  expect(readFileSync(to.paths.env, 'utf8')).toBe('KEY=stays\n')
  expect([readFileSync(to.paths.key, 'utf8'), statSync(to.paths.key).mode & 0o777]).toEqual(['the key', 0o600])
  using db = openDatabase({ path: to.paths.database })
  expect(openDeviceBook({ db, clock }).find('ann')?.displayName).toBe("ann's laptop")
  using journal = openJournal({ path: to.paths.journal, clock })
  expect(journal.check().kind).toBe('whole')
  expect(journal.read({ limit: 9 }).map(({ what }) => what)).toEqual(['gateway.started', 'state.restored'])
  expect(readdirSync(to.paths.stateDir).filter((name) => name.startsWith('.'))).toEqual([])
})

test('OP7: nothing is exchanged when the audit log that stays cannot take it down', async () => {
  const from = place()
  put(from.paths.config, '{ /* old */ }')
  const file = join(from.home, 'backup.tar.gz')
  await makeBackup(wish({ ...from, file }))
  put(from.paths.config, '{ /* new */ }')
  put(from.paths.journal, 'no database')
  const restored = async () => {
    using backup = await openBackup(file, { ...from, clock })
    backup.apply()
  }
  await expect(restored()).rejects.toMatchObject({ code: 'state.damaged' })
  expect(readFileSync(from.paths.config, 'utf8')).toBe('{ /* new */ }')
  rmSync(from.paths.journal)
  await restored()
  expect(readFileSync(from.paths.config, 'utf8')).toBe('{ /* old */ }')
})

test('PA6: who was revoked after the backup is named, and stays revoked', async () => {
  const from = livedIn()
  for (const name of ['ann', 'bob']) approve(from.devices, name)
  await makeBackup(wish(from))
  from.devices.revoke('bob', 'operator')
  from.db[Symbol.dispose]()
  from.journal[Symbol.dispose]()
  {
    using backup = await openBackup(from.file, { ...from, clock })
    expect(backup.revoked).toEqual([{ deviceId: 'bob', role: 'operator', name: "bob's laptop", revokedAt: now }])
    backup.apply()
  }
  using db = openDatabase({ path: from.paths.database })
  const devices = openDeviceBook({ db, clock })
  expect(devices.hasToken('ann', 'operator', ['operator.read'])).toBe(true)
  expect(devices.hasToken('bob', 'operator', [])).toBe(false)
  expect(devices.find('bob')).toMatchObject({ scopes: [], tokens: [{ revokedAtMs: now }] })
  expect(devices.issue('bob', 'operator', [])).toBeUndefined()
})

test('DU7: nothing is restored while a gateway uses the folder, nor does one start meanwhile', async () => {
  const from = livedIn()
  await makeBackup(wish(from))
  {
    using _gateway = takeLock(from.paths.lock, now)
    await expect(openBackup(from.file, { ...from, clock })).rejects.toMatchObject({ code: 'state.locked' })
  }
  using _backup = await openBackup(from.file, { ...from, clock })
  expect(() => takeLock(from.paths.lock, now)).toThrow(/Another gateway/)
})

test('while a gateway runs, what is wrong with the file is said first, and a dry run needs no stop', async () => {
  const from = livedIn()
  approve(from.devices, 'ann')
  await makeBackup(wish(from))
  from.devices.revoke('ann', 'operator')
  const cut = join(from.home, 'cut.tar.gz')
  writeFileSync(cut, readFileSync(from.file).subarray(0, 200))
  using gateway = takeLock(from.paths.lock, now)
  await expect(openBackup(join(from.home, 'none'), { ...from, clock })).rejects.toThrow(/none cannot be read/)
  await expect(openBackup(cut, { ...from, clock })).rejects.toThrow(/cut off/)
  {
    using backup = await openBackup(from.file, { ...from, clock, isDryRun: true })
    expect(backup.revoked).toMatchObject([{ deviceId: 'ann' }])
    expect(() => backup.apply()).toThrow()
  }
  expect(readdirSync(from.paths.stateDir).filter((name) => name.startsWith('.'))).toEqual([])
  gateway[Symbol.dispose]()
  using _dry = await openBackup(from.file, { ...from, clock, isDryRun: true })
  using _next = takeLock(from.paths.lock, now) // nothing keeps a gateway from starting
})

test('a move that fails takes all of them back', async () => {
  const from = livedIn()
  await makeBackup(wish(from))
  const to = place()
  put(to.paths.config, 'mine')
  put(to.paths.tls, 'a file where the folder should be')
  using backup = await openBackup(from.file, { ...to, clock })
  expect(() => backup.apply()).toThrow()
  expect(readFileSync(to.paths.config, 'utf8')).toBe('mine')
  expect([existsSync(to.paths.key), existsSync(to.paths.database)]).toEqual([false, false])
})

type Entry = { header: TarHeader; data?: Uint8Array }
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const edit = (entries: Entry[], change: (manifest: Record<string, unknown>) => void) => {
  const manifest = JSON.parse(text(entries[0]?.data))
  change(manifest)
  const data = new TextEncoder().encode(JSON.stringify(manifest))
  return [{ header: { name: 'manifest.json', size: data.length }, data }, ...entries.slice(1)]
}
const rename = (entries: Entry[], to: string) =>
  edit(entries, (manifest) => {
    const parts = manifest.parts as { name: string }[]
    if (parts[0]) parts[0].name = to
  }).map((entry, i) => (i === 1 ? { ...entry, header: { ...entry.header, name: to } } : entry))

const hostile: [string, (entries: Entry[]) => Entry[], RegExp][] = [
  ['a way out of the folder', (all) => rename(all, '../../.ssh/authorized_keys'), /does not belong there/],
  ['a way out inside a folder of ours', (all) => rename(all, 'tls/../../x'), /does not belong there/],
  ['an absolute path', (all) => rename(all, '/etc/cron.d/evil'), /does not belong there/],
  ['a file nobody backs up', (all) => rename(all, 'gateway.lock'), /does not belong there/],
  ['a hidden file in a folder of ours', (all) => rename(all, 'tls/.bashrc'), /does not belong there/],
  [
    'a link',
    (all) =>
      all.map((e, i) => (i === 1 ? { header: { ...e.header, size: 0, type: 'symlink', linkname: '/etc/passwd' } } : e)),
    /no file but a symlink/,
  ],
  ['a file twice', (all) => [...all, ...all.slice(1, 2)], /does not belong there/],
  [
    'a file too many',
    (all) => [...all, { header: { name: 'profiles.json', size: 1 }, data: new Uint8Array(1) }],
    /does not belong there/,
  ],
  ['a file too few', (all) => all.slice(0, -1), /is missing/],
  ['no list', (all) => all.slice(1), /does not begin with its list/],
  [
    'another content',
    (all) => all.map((e, i) => (i === 1 ? { ...e, data: e.data?.map((byte) => byte ^ 1) as Uint8Array } : e)),
    /is not what was backed up/,
  ],
  [
    'another size',
    (all) => edit(all, (m) => Object.assign((m.parts as object[])[0] ?? {}, { size: 1 })),
    /another size/,
  ],
  [
    'a later version',
    (all) => edit(all, (m) => Object.assign(m, { version: '999.0.0' })),
    /of a newer Clawdbot \(version 999/,
  ],
  ['a later schema', (all) => edit(all, (m) => Object.assign(m, { schema: 999 })), /newer Clawdbot \(schema 999/],
  ['a later format', (all) => edit(all, (m) => Object.assign(m, { format: 2 })), /newer Clawdbot \(format 2/],
  [
    'more than the disk has',
    (all) => edit(all, (m) => Object.assign((m.parts as object[])[0] ?? {}, { size: 2 ** 52 })),
    /the disk has/,
  ],
]

test.each(hostile)('an archive with %s changes nothing', async (_what, change, reason) => {
  const from = livedIn()
  await makeBackup(wish(from))
  const entries = (await unpackTar(gunzipSync(readFileSync(from.file)))) as Entry[]
  writeFileSync(from.file, gzipSync(await packTar(change(entries) as Parameters<typeof packTar>[0])))
  const to = place()
  put(to.paths.config, 'mine')
  await expect(openBackup(from.file, { ...to, clock })).rejects.toThrow(reason)
  expect(readFileSync(to.paths.config, 'utf8')).toBe('mine')
  const left = readdirSync(to.paths.stateDir).filter((name) => !name.startsWith('gateway.lock'))
  expect([left, readdirSync(to.home)]).toEqual([['clawdbot.json'], ['.clawdbot']])
})

test('a file that is cut off, or none of ours, is refused in a sentence', async () => {
  const from = livedIn()
  await makeBackup(wish(from))
  const bytes = readFileSync(from.file)
  for (const [content, reason] of [
    [bytes.subarray(0, bytes.length / 2), /cut off/],
    [Buffer.from('hello'), /cut off/],
    [gzipSync(Buffer.alloc(1024)), /empty/],
  ] as const) {
    writeFileSync(from.file, content)
    await expect(openBackup(from.file, { ...place(), clock })).rejects.toThrow(reason)
  }
  await expect(openBackup(join(from.home, 'none'), { ...place(), clock })).rejects.toThrow(/cannot be read/)
})

test('each path of the state folder is either in a backup or left out on purpose', () => {
  const { paths } = place()
  const kept = partTable.map((part) => part.path(paths))
  const undecided = (Object.keys(paths) as (keyof StatePaths)[]).filter(
    (key) => !kept.includes(paths[key]) && !leftOutPaths.includes(key),
  )
  expect(undecided).toEqual([])
})
