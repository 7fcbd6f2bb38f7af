import { execFile } from 'node:child_process'
import { appendFile, chmod, lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { verifyHostKey } from '../../../src/tunnel/ssh/known-hosts.ts'
import { addKnownHost, readKnownHosts } from '../../../src/tunnel/ssh/known-hosts-file.ts'
import { requireProgram } from '../../support/programs.ts'
import { mountSmallDisk } from '../../support/small-disk.ts'
import { sshHome } from '../../support/ssh-home.ts'
import { publicKey } from '../../support/ssh-public-keys.ts'

const run = promisify(execFile)
const context = { clock: systemClock, signal: new AbortController().signal }
const key = publicKey('ssh-ed25519')
const web = { hostName: 'web.example', port: 22, hostKeyAlias: undefined, hashKnownHosts: false }
const line = `web.example ssh-ed25519 ${key.toString('base64')}\n`

test('TU5: the file and its folder are made private, and one that is there becomes so', async () => {
  await using folder = await sshHome({ 'sub/known_hosts': `${line}` })
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  await chmod(folder.path('sub/known_hosts'), 0o664)
  for (const name of ['new/known_hosts', 'sub/known_hosts']) {
    expect(await addKnownHost(folder.path(name), { ...web, hostName: 'db' }, key, context)).toBeUndefined()
    expect(await mode(folder.path(name))).toBe('600')
  }
  expect(await mode(folder.path('new'))).toBe('700')
})

test.each([
  ['an empty file', '', line],
  ['a file without a last newline', '# mine', `# mine\n${line}`],
  ['a file with one', 'x y\n', `x y\n${line}`],
  ['a key that is there already', `a,${line}`, `a,${line}`],
  ['another key of the host', line.replace('AAAA', 'AAAB'), line.replace('AAAA', 'AAAB') + line],
])('TU5: added to %s', async (_what, before, after) => {
  await using folder = await sshHome({ known_hosts: before })
  await addKnownHost(folder.path('known_hosts'), web, key, context)
  expect(await readFile(folder.path('known_hosts'), 'utf8')).toBe(after)
})

test('TU5: what is added is found again, by us and by ssh-keygen, hashed when the configuration wants it', async () => {
  await using folder = await sshHome({})
  const path = folder.path('known_hosts')
  const hosts = [
    { ...web, hashKnownHosts: true },
    { ...web, hostName: 'db', port: 2222, hashKnownHosts: true },
    { ...web, hostName: 'fe80::1', port: 8022 },
    { ...web, hostKeyAlias: 'Gate', port: 99 },
  ]
  for (const host of hosts) await addKnownHost(path, host, key, context)
  const lines = await readKnownHosts({ knownHostsFiles: { user: [path], global: ['/nonexistent/known_hosts'] } })
  expect(hosts.map((host) => verifyHostKey(lines, host, key).kind)).toEqual(hosts.map(() => 'known'))
  const text = await readFile(path, 'utf8')
  expect(text).toMatch(/^\|1\|.+\n\|1\|.+\n\[fe80::1\]:8022 .+\ngate .+\n$/)
  for (const name of ['web.example', '[db]:2222', '[fe80::1]:8022', 'gate']) {
    const { stdout } = await run(requireProgram('ssh-keygen'), ['-F', name, '-f', path])
    expect(stdout).toContain(key.toString('base64'))
  }
})

test('a link stays a link, and /dev/null stays what it is', async () => {
  await using folder = await sshHome({ real: '' })
  await symlink('real', folder.path('known_hosts'))
  await addKnownHost(folder.path('known_hosts'), web, key, context)
  expect((await lstat(folder.path('known_hosts'))).isSymbolicLink()).toBe(true)
  expect(await readFile(folder.path('real'), 'utf8')).toBe(line)
  expect(await addKnownHost('/dev/null', web, key, context)).toBeUndefined()
  expect(await readKnownHosts({ knownHostsFiles: { user: ['/dev/null'], global: [] } })).toEqual([])
  expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
})

test('a place that cannot be written to is told, and is no reason not to go on', async () => {
  await using folder = await sshHome({ file: '' })
  const problem = await addKnownHost(folder.path('file/known_hosts'), web, key, context)
  expect(problem).toMatch(/^The key could not be added to .*file\/known_hosts \(/)
})

test('a lock left by a program that is gone is in nobody’s way, and one that is held can be given up on', async () => {
  await using folder = await sshHome({ 'known_hosts.lock': '' })
  await writeFile(folder.path('known_hosts.lock'), '999999999\n')
  await addKnownHost(folder.path('known_hosts'), web, key, context)
  expect(await readFile(folder.path('known_hosts'), 'utf8')).toBe(line)
  await writeFile(folder.path('known_hosts.lock'), `${process.pid}\n`)
  const giveUp = new AbortController()
  const waiting = addKnownHost(folder.path('known_hosts'), web, publicKey('ssh-rsa'), {
    ...context,
    signal: giveUp.signal,
  })
  giveUp.abort(new Error('given up'))
  await expect(waiting).rejects.toThrow('given up')
  expect(await readFile(folder.path('known_hosts'), 'utf8')).toBe(line)
})

test('a disk that is full leaves the file as it was', async () => {
  using disk = mountSmallDisk()
  if (!disk) return expect(process.getuid?.()).not.toBe(0) // only where mounting is not allowed
  const path = join(disk.folder, 'known_hosts')
  await writeFile(path, `${line.repeat(20)}# end`)
  const before = await readFile(path, 'utf8')
  await appendFile(join(disk.folder, 'more'), Buffer.alloc(2_000_000)).catch(() => {})
  const big = { ...web, hostName: 'x'.repeat(9000) }
  expect(await addKnownHost(path, big, key, context)).toMatch(/could not be added/)
  expect(await readFile(path, 'utf8')).toBe(before)
})

test('a file that may not be read stops everything: it may revoke the key', async () => {
  await using folder = await sshHome({ known_hosts: line })
  const loop = folder.path('loop')
  await symlink('loop', loop)
  await expect(readKnownHosts({ knownHostsFiles: { user: [loop], global: [] } })).rejects.toMatchObject({
    code: 'ssh.config',
    message: expect.stringContaining('it may not be read (ELOOP)'),
  })
})
