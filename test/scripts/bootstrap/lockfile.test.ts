/** When does node_modules hold what the lock promises? */
import { expect, test } from 'vitest'
import { agree, missingPackages } from '../../../scripts/bootstrap/lockfile.mjs'

const linux = { os: 'linux', cpu: 'x64', libc: 'glibc' }
const native = { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'], libc: ['glibc'] }

function missing(wanted: object, installed: object, machine = linux): string[] {
  return missingPackages({ packages: { '': {}, ...wanted } }, { packages: { ...installed } }, machine)
}

test('a package in another version is missing', () => {
  expect(missing({ a: { version: '2.0.0' } }, { a: { version: '1.0.0' } })).toEqual(['a'])
})

test('the native half of a tool is missed on the machine it is for, and on no other', () => {
  expect(missing({ native }, {})).toEqual(['native'])
  expect(missing({ native }, {}, { ...linux, libc: 'musl' })).toEqual([])
  expect(missing({ native }, {}, { os: 'darwin', cpu: 'arm64', libc: '' })).toEqual([])
})

test('an optional speed-up that did not compile is not missed', () => {
  expect(missing({ addon: { version: '1.0.0', optional: true } }, {})).toEqual([])
})

test('package.json and its lock agree when they name the same ranges', () => {
  const lock = { packages: { '': { dependencies: { a: '^1' }, devDependencies: { b: '^2' } } } }
  expect(agree({ dependencies: { a: '^1' }, devDependencies: { b: '^2' } }, lock)).toBe(true)
  expect(agree({ dependencies: { a: '^1' }, devDependencies: { b: '^3' } }, lock)).toBe(false)
  expect(agree({ dependencies: { a: '^1' } }, lock)).toBe(false)
})
