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

/** As for the gateway: it starts with the machine, as an account of its own. */
const ofTheSystem = { account: 'ann', watchdogS: 90, memoryMax: '75%', finalExitCodes: [] }

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
