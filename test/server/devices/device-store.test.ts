import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { openDeviceBook } from '../../../src/server/devices/device-store.ts'
import { type Database, openDatabase } from '../../../src/server/storage/database.ts'
import { deviceBookContract } from '../../contract/device-book.ts'

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
