import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HostBlock } from '../../../src/tunnel/ssh/host-block.ts'
import { writeHostBlock } from '../../../src/tunnel/ssh/host-block-file.ts'
import { Home } from '../../client/support.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

const block: HostBlock = {
  ...{ alias: 'vps', hostName: 'vps.example', user: 'deploy', port: 22 },
  ...{ identityFile: '~/.ssh/id_ed25519', proxyJump: undefined },
}

async function homeWith(config: string | undefined) {
  const home = await Home.make()
  const path = join(home.dir, '.ssh/config')
  if (config !== undefined) {
    await mkdir(join(home.dir, '.ssh'), { mode: 0o700 })
    await writeFile(path, config)
    await chmod(path, 0o644)
  }
  const write = (its: Partial<HostBlock> = {}) =>
    writeHostBlock({ ...block, ...its }, tunnelContext({ home: home.dir, env: { PATH: process.env.PATH } }))
  return { home, path, write, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() }
}

test('without a file it is made, private; the second time it is there', async () => {
  await using at = await homeWith(undefined)
  expect(await at.write()).toBe('added')
  expect((await stat(at.path)).mode & 0o777).toBe(0o600)
  expect((await stat(join(at.home.dir, '.ssh'))).mode & 0o777).toBe(0o700)
  const text = await readFile(at.path, 'utf8')
  expect(await at.write()).toBe('there')
  expect(await readFile(at.path, 'utf8')).toBe(text)
})

test('the rest of the file is kept to the letter, and a link stays a link', async () => {
  const before = '# mine\nHost other\n\tUser bob # tabs and all\n'
  await using at = await homeWith(undefined)
  await mkdir(join(at.home.dir, '.ssh'))
  await writeFile(join(at.home.dir, 'dotfiles'), before)
  await symlink(join(at.home.dir, 'dotfiles'), at.path)
  expect(await at.write()).toBe('added')
  expect((await lstat(at.path)).isSymbolicLink()).toBe(true)
  expect((await readFile(join(at.home.dir, 'dotfiles'), 'utf8')).endsWith(before)).toBe(true)
})

test.each([
  ['in the file', 'Host vps\n  HostName other.example\n', undefined],
  ['in a file it includes', 'Include more\n', 'Host vps\n  HostName other.example\n'],
])('an alias that means another host %s is not taken over', async (_where, config, included) => {
  await using at = await homeWith(config)
  if (included !== undefined) await writeFile(join(at.home.dir, '.ssh/more'), included)
  await expect(at.write()).rejects.toMatchObject({
    code: 'ssh.config',
    message: expect.stringContaining('vps means another host'),
  })
  expect(await readFile(at.path, 'utf8')).toBe(config)
})

test('an alias that means the same already, with more settings, is left as it is', async () => {
  const config = 'Host vps\n  HostName vps.example\n  User deploy\n  Compression yes\n'
  await using at = await homeWith(config)
  expect(await at.write()).toBe('there')
  expect(await readFile(at.path, 'utf8')).toBe(config)
})
