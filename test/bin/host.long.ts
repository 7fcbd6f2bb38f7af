/** The gateway's files as line commands change them. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostOf } from '../../src/bin/host.ts'
import type { Host } from '../../src/cli/host.ts'
import { Secret } from '../../src/shared/std/secret.ts'

const changes: readonly (readonly [string, (host: Host) => unknown])[] = [
  ['a setting', ({ config }) => config.set('logging.level', 'info')],
  ['the whole file', ({ config }) => config.replace('{ logging: { level: "info" } }', config.look().hash)],
  ['a secret', ({ secrets }) => secrets.set('FOO', new Secret('bar'))],
  ['a secret that goes', ({ secrets }) => secrets.unset('KEPT')],
  ['secrets that move', ({ secrets }) => secrets.move()],
  ['a password', ({ setPassword }) => setPassword(new Secret('orbit kettle mango violin harbour'))],
  ['a token', ({ rotateToken }) => rotateToken()],
]

test.each(changes)('OP7: nothing is changed that the audit log cannot take down: %s', async (_what, change) => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'host-'))
  const inState = (name: string) => join(home.path, '.clawdbot', name)
  mkdirSync(inState(''), { mode: 0o700 })
  const put = (name: string, text: string) => writeFileSync(inState(name), text, { mode: 0o600 })
  put('clawdbot.json', '{ models: { providers: { openai: { apiKey: "a-key" } } } }\n')
  put('gateway.env', 'KEPT=1\n')
  put('gateway-token', 'the-token\n')
  put('audit.db', 'no database')
  const kept = () =>
    ['clawdbot.json', 'gateway.env', 'gateway-token'].map((name) => readFileSync(inState(name), 'utf8'))
  const before = kept()
  const host = await hostOf({}, home.path)
  await expect((async () => await change(host))()).rejects.toMatchObject({
    ...{ code: 'state.damaged', message: expect.stringContaining(inState('audit.db')) },
    remedy: expect.stringMatching(/^Nothing was done\./),
  })
  expect(kept()).toEqual(before)
  // As the remedy says.
  rmSync(inState('audit.db'))
  await change(host)
  expect(kept()).not.toEqual(before)
  using log = host.journal.open()
  expect(log.read({ limit: 10 })).not.toEqual([])
})
