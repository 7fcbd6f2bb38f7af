import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeBackup } from '../../../src/server/backup/make.ts'
import { openJournal } from '../../../src/server/journal/journal.ts'
import { statePaths } from '../../../src/server/storage/paths.ts'
import { ManualClock } from '../../support/clock.ts'

function place() {
  const home = mkdtempSync(join(tmpdir(), 'backup-make-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const paths = statePaths({}, home)
  mkdirSync(paths.stateDir, { mode: 0o700 })
  writeFileSync(paths.config, '{}', { mode: 0o600 })
  const backup = async (file: string) =>
    await makeBackup({ paths, file, withSecrets: false, host: 'vps-1', home, now: 1_769_500_000_000 })
  return { home, paths, backup }
}

test('a place that cannot hold the backup is told with what to do, and nothing is left of it', async () => {
  const { home, paths, backup } = place()
  writeFileSync(join(home, 'file'), '')
  const there = (...words: string[]) => join(home, ...words)
  await expect(backup(there('no where', 'x.tar'))).rejects.toMatchObject({
    ...{ code: 'usage.invalid', message: `No backup was made: there is no folder ${there('no where')}` },
    remedy: `Make it: mkdir -p '${there('no where')}'`,
  })
  await expect(backup(there('file', 'x.tar'))).rejects.toMatchObject({
    ...{ code: 'usage.invalid', message: `No backup was made: a part of ${there('file')} is a file and no folder` },
    remedy: expect.stringContaining('clawdbot backup ~'),
  })
  // Root may write nearly everywhere, but not into the folders the kernel makes.
  const denied = process.platform === 'linux' ? '/sys' : '/dev/fd'
  await expect(backup(`${denied}/x.tar`)).rejects.toMatchObject({
    ...{ code: 'usage.invalid', message: expect.stringContaining('No backup was made: ') },
    remedy: expect.stringContaining('clawdbot backup ~'),
  })
  expect(readdirSync(home)).toEqual(['.clawdbot', 'file'])
  expect(readdirSync(paths.stateDir)).toEqual(['clawdbot.json'])
})

test('a database that is damaged is named with its remedy, and the remedy works', async () => {
  const { home, paths, backup } = place()
  const file = join(home, 'backup.tar.gz')
  writeFileSync(paths.journal, 'no database at all'.repeat(100), { mode: 0o600 })
  await expect(backup(file)).rejects.toMatchObject({
    ...{ code: 'state.damaged', message: `The audit log ${paths.journal} cannot be read` },
    remedy: expect.stringContaining('move it away, then try again; a new log is begun'),
  })
  rmSync(paths.journal)
  openJournal({ path: paths.journal, clock: new ManualClock(0) })[Symbol.dispose]()
  writeFileSync(paths.database, 'no database at all'.repeat(100), { mode: 0o600 })
  await expect(backup(file)).rejects.toMatchObject({
    ...{ code: 'state.damaged', message: expect.stringContaining(`The database ${paths.database} is damaged`) },
    remedy: expect.stringContaining('Restart the gateway'),
  })
  rmSync(paths.database)
  expect((await backup(file)).parts).toEqual(['settings', 'audit log'])
  expect(readdirSync(home)).toEqual(['.clawdbot', 'backup.tar.gz'])
})
