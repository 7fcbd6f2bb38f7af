import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemdUnit } from '../../../src/shared/service/systemd.ts'
import { oddSpec } from './support.ts'

test('the file with the secrets is named as it is, and need not be there', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-unit-'))
  const spec = { ...oddSpec(folder.path, 'plain'), environmentFile: '/home/Ann "100%"/gateway.env' }
  expect(systemdUnit(spec, 'plain')).toContain('\nEnvironmentFile=-/home/Ann "100%%"/gateway.env\n')
})

test('a unit says what to run, when to start again, and what it may not do', async () => {
  await using folder = await mkdtempDisposable('/tmp/clawdbot-unit-')
  const unit = systemdUnit(oddSpec(folder.path, 'with space'), 'namespaces')
  expect(unit).toContain(`ExecStart="${folder.path}/with space/program" tunnel up "with space" ""\n`)
  for (const line of [
    ...['Restart=on-failure', 'RestartSec=5s', 'RestartPreventExitStatus=2 3', 'WantedBy=default.target', 'UMask=0077'],
    ...['NoNewPrivileges=yes', 'ProtectSystem=strict', 'ProtectHome=read-only', 'MemoryMax=1G'],
    `ReadWritePaths="-${folder.path}/with space" "-${folder.path}/with space/not there yet"`,
    `Environment="CLAWDBOT_STATE_DIR=${folder.path}/with space"`,
  ]) {
    expect(unit.split('\n')).toContain(line)
  }
  expect(unit).not.toContain('PrivateTmp') // what it needs lies in the temporary folder
  const elsewhere = {
    ...oddSpec(folder.path, 'plain'),
    argv: ['/usr/bin/true'] as [string],
    writablePaths: ['/home/ann'],
  }
  expect(systemdUnit(elsewhere, 'namespaces')).toContain('\nPrivateTmp=yes\n')
  expect(systemdUnit(oddSpec(folder.path, 'with space'), 'plain')).not.toMatch(
    /ProtectSystem|PrivateTmp|ReadWritePaths/,
  )
})

test.each([
  ['a line break in a word', { argv: ['/bin/true', 'a\nExecStartPre=/bin/evil'] as [string, string] }],
  ['a relative program', { argv: ['node'] as [string] }],
  ['a line break in a value', { environment: { A: 'b\n' } }],
  ['a variable that is none', { environment: { 'A B': 'c' } }],
  ['a name with a slash', { name: '../evil' }],
  ['a relative path', { writablePaths: ['state'] }],
  ['a line break in an account', { account: 'ann\nUser=root' }],
  ['an account that is a group as well', { account: 'ann:root' }],
  ['a relative file of secrets', { environmentFile: 'gateway.env' }],
])('%s makes no unit', async (_what, part) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-unit-'))
  const spec = { ...oddSpec(folder.path, 'plain'), ...part }
  expect(() => systemdUnit(spec, 'plain')).toThrow(/so no service can be made with it/)
})
