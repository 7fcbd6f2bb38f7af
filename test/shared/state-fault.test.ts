import { expect, test } from 'vitest'
import { stateFault } from '../../src/shared/state-fault.ts'

const failed = (code: string, path?: string, syscall = 'mkdir') =>
  stateFault('/srv/state', Object.assign(new Error(code), { code, path, syscall }))

test.each([
  ['EACCES', '/srv/state', 'mkdir', 'cannot be used: this account may not write to it'],
  ['EACCES', '/srv/state/profiles.json', 'open', 'this account may not write to /srv/state/profiles.json'],
  ['ENOTDIR', '/srv/state/x', 'open', 'a part of /srv/state/x is a file and no folder'],
  ['EROFS', '/srv', 'mkdir', '/srv can only be read'],
  ['ENOENT', '/srv/state', 'mkdir', 'it is not there and cannot be made'],
  ['EEXIST', '/srv/state', 'mkdir', 'it is a file and no folder'],
  ['ENOSPC', '/srv/state', 'mkdir', 'the disk that holds it is full'],
])('%s at %s by %s names the folder, the reason and the variable', (code, path, syscall, why) => {
  const fault = failed(code, path, syscall)
  expect(fault).toMatchObject({
    code: code === 'ENOSPC' ? 'storage.full' : 'usage.invalid',
    message: expect.stringContaining(why),
    remedy: expect.stringContaining('another folder with CLAWDBOT_STATE_DIR'),
  })
  expect(fault?.message).toContain('The state folder /srv/state cannot be used')
})

test('a disk that is full at a place nobody names is told all the same', () => {
  expect(failed('ENOSPC')).toMatchObject({ code: 'storage.full', remedy: expect.stringContaining('/srv/state') })
})

test('what lies elsewhere, and what only is not there, is not told as this', () => {
  const others = [
    failed('EACCES', '/srv/state-2/x'),
    failed('EACCES', '/etc/x'),
    failed('EACCES'),
    failed('ENOENT', '/srv/state/x', 'open'),
    failed('EEXIST', '/srv/state/x', 'open'),
    failed('EIO', '/srv/state/x', 'read'),
    stateFault('/srv/state', 'EACCES'),
  ]
  expect(others).toEqual(others.map(() => undefined))
})
