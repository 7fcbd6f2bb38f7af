/** The gateway's files as line commands change them. */

import { existsSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostOf } from '../../src/bin/host.ts'

test('settings that lie elsewhere can be changed before there is a state folder', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'host-'))
  const path = join(home.path, 'etc', 'clawdbot.json')
  const host = await hostOf({ CLAWDBOT_CONFIG_PATH: path }, home.path)
  expect(host.config.set('logging.level', 'info').isChanged).toBe(true)
  expect(existsSync(path)).toBe(true)
  using log = host.journal.open()
  expect(log.read({ limit: 10 })).toMatchObject([{ what: 'config.written' }])
})
