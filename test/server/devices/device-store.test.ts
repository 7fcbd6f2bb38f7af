import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openDeviceBook } from '../../../src/server/devices/device-store.ts'
import { type Database, openDatabase } from '../../../src/server/storage/database.ts'
import { deviceBookContract } from '../../contract/device-book.ts'
import { ManualClock } from '../../support/clock.ts'

let folder = ''
let open: Database[] = []

const openIn = (path: string): Database => {
  const db = openDatabase({ path })
  open.push(db)
  return db
}

afterEach(() => {
  for (const db of open) db[Symbol.dispose]()
  open = []
  if (folder !== '') rmSync(folder, { recursive: true })
  folder = ''
})

deviceBookContract(
  (clock) => {
    folder = mkdtempSync(join(tmpdir(), 'devices-'))
    return openDeviceBook({ db: openIn(join(folder, 'x.db')), clock })
  },
  (clock) => openDeviceBook({ db: openIn(join(folder, 'x.db')), clock }),
)

test('AU14: the database holds the digest of a token and never the token', () => {
  folder = mkdtempSync(join(tmpdir(), 'devices-'))
  const book = openDeviceBook({ db: openIn(join(folder, 'x.db')), clock: new ManualClock() })
  const scopes = ['operator.read']
  const { requestId } = book.request({ deviceId: 'd', publicKey: 'k', role: 'operator', scopes }).request
  book.approve(requestId, () => true)
  const { token = '' } = book.issue('d', 'operator', scopes) ?? {}
  expect(Buffer.from(token, 'base64url').length * 8).toBeGreaterThanOrEqual(192)
  const stored = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
  expect([stored.includes(token), stored.includes(createHash('sha256').update(token).digest())]).toEqual([false, true])
})
