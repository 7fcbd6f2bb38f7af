/** A gateway moves: backed up while it works, refused while it runs, and alive again in another home. */

import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clawdbot } from '../cli/world.ts'
import { Home } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'

test('what was said before a backup is there after its restore in another home, under the same key', async () => {
  await using old = await Home.make()
  await using next = await Home.make()
  for (const { paths } of [old, next]) await mkdir(paths.stateDir, { recursive: true, mode: 0o700 })
  const world = (home: Home, port: number, token: string) => async (line: string) => {
    const env = {
      CLAWDBOT_STATE_DIR: home.paths.stateDir,
      CLAWDBOT_GATEWAY_PORT: `${port}`,
      CLAWDBOT_GATEWAY_TOKEN: token,
    }
    return await clawdbot(home, line.split(' '), { env })
  }
  const file = join(old.dir, 'moving.tar.gz')
  {
    await using gateway = await startBuiltGateway({ stateDir: old.paths.stateDir })
    const run = world(old, gateway.port, gateway.token)
    expect((await run('agent --message remember-the-lighthouse')).code).toBe(0)
    const made = await run(`backup ${file}`)
    expect(made).toMatchObject({ code: 0, err: '' })
    expect(made.out).toContain(`✅ ${file} (`)
    expect(made.out).toContain('In it: conversations and devices, audit log')
    expect(await run(`restore ${file} --yes`)).toMatchObject({ code: 7, err: expect.stringContaining('is using') })
    expect(await run(`restore ${file} --dry-run`)).toMatchObject({ code: 0, err: '' })
    expect((await run('audit log')).out).toContain('state.backed-up')
  }
  const dry = await world(next, 1, '')(`restore ${file} --dry-run`)
  expect(dry.out).toContain('The backup is whole.\n')
  expect(await readdir(next.paths.stateDir)).toEqual([])
  expect(await world(next, 1, '')(`restore ${file}`)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
  const restored = await world(next, 1, '')(`restore ${file} --yes`)
  expect(restored).toMatchObject({ code: 0, err: '' })
  expect(restored.out).toContain('✅ Restored\n⚠️  What was revoked after')
  await using gateway = await startBuiltGateway({ stateDir: next.paths.stateDir })
  const found = await world(next, gateway.port, gateway.token)('sessions search lighthouse')
  expect(found.out).toContain('remember-the-«lighthouse»')
  const key = async ({ paths }: Home) => await readFile(join(paths.stateDir, 'gateway-key.pem'), 'utf8')
  expect(await key(next)).toBe(await key(old))
})
