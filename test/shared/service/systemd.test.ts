import { execFile } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { systemdUnit } from '../../../src/shared/service/systemd.ts'
import { requireProgram } from '../../support/programs.ts'
import { oddNames, oddSpec } from './support.ts'

const run = promisify(execFile)

test('systemd-analyze finds nothing wrong with units of the oddest names, confined by namespaces or not', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-unit-'))
  const files = await Promise.all(
    oddNames.flatMap((name, i) =>
      (['namespaces', 'plain'] as const).map(async (confinement) => {
        const path = join(folder.path, `clawdbot-test-${i}-${confinement}.service`)
        await writeFile(path, systemdUnit(oddSpec(folder.path, name), confinement))
        return path
      }),
    ),
  )
  const env = { PATH: process.env.PATH, HOME: folder.path, XDG_RUNTIME_DIR: folder.path }
  const verify = async (paths: string[]) =>
    await run(requireProgram('systemd-analyze'), ['verify', '--user', '--man=no', ...paths], { env })
  expect(await verify(files)).toEqual({ stdout: '', stderr: '' })

  const wrong = join(folder.path, 'wrong.service')
  await writeFile(
    wrong,
    systemdUnit(oddSpec(folder.path, 'plain'), 'plain').replace('NoNewPrivileges=yes', 'NoNewPrivileges=perhaps'),
  )
  expect((await verify([wrong])).stderr).toContain('Failed to parse boolean') // it would have said so
})

/** As for the gateway: it starts with the machine, as an account of its own. */
const ofTheSystem = { account: 'ann', watchdogS: 90, memoryMax: '75%', finalExitCodes: [] }

test('OP6: systemd-analyze finds nothing wrong with units of the system, and an exposure of less than 4', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-unit-'))
  const files = await Promise.all(
    oddNames.map(async (name, i) => {
      const spec = { ...oddSpec(folder.path, name), ...ofTheSystem }
      const path = join(folder.path, `clawdbot-test-${i}.service`)
      const environmentFile = `${spec.writablePaths[0]}/gateway.env`
      await writeFile(path, systemdUnit({ ...spec, environmentFile }, 'namespaces'))
      return path
    }),
  )
  const analyze = requireProgram('systemd-analyze')
  expect(await run(analyze, ['verify', '--man=no', ...files])).toEqual({ stdout: '', stderr: '' })
  const usual = { ...oddSpec(folder.path, 'plain'), ...ofTheSystem, argv: ['/usr/bin/true'] as [string] }
  const unit = systemdUnit({ ...usual, writablePaths: ['/home/ann/.clawdbot'] }, 'namespaces')
  const path = join(folder.path, 'usual.service')
  await writeFile(path, unit)
  const { stdout } = await run(analyze, ['security', '--offline=true', '--no-pager', path])
  expect(Number(/exposure level for usual\.service: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(4)
  for (const line of ['User=ann', 'WantedBy=multi-user.target', 'Type=notify', 'PrivateTmp=yes', 'MemoryMax=75%']) {
    expect(unit.split('\n')).toContain(line)
  }
})

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
