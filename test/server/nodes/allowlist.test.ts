import { expect, test } from 'vitest'
import { mayBeAsked } from '../../../src/server/nodes/allowlist.ts'

const none = { allowCommands: [], denyCommands: [] }

test.each([
  ['linux', undefined, 'system.run', true],
  ['Linux 6.8', undefined, 'camera.snap', true],
  ['linux', undefined, 'camera.clip', false],
  ['linux', undefined, 'screen.record', false],
  ['darwin', undefined, 'system.run', true],
  ['macOS 15.1', undefined, 'camera.clip', true],
  ['win32', undefined, 'system.run', true],
  ['windows', undefined, 'camera.snap', false],
  ['iOS 18', undefined, 'camera.snap', true],
  ['iPadOS 18', undefined, 'location.get', true],
  ['iOS 18', undefined, 'system.run', false],
  ['android 15', undefined, 'sms.send', true],
  ['ios', undefined, 'sms.send', false],
  ['embedded', 'Raspberry Linux', 'system.run', true],
  ['embedded', 'iPhone', 'system.run', false],
  // Nobody knows what it is.
  ['toaster', undefined, 'system.which', false],
  [undefined, undefined, 'canvas.present', false],
  ['', 'unlinuxed', 'system.run', false],
])('EX13: platform %s, family %s, %s: %s', (platform, deviceFamily, command, expected) => {
  expect(mayBeAsked(command, { platform, deviceFamily }, none)).toBe(expected)
})

test('the settings add to it and take away from it; taking away counts more', () => {
  const machine = { platform: 'linux' }
  expect(mayBeAsked('made.up', machine, { allowCommands: ['made.up'], denyCommands: [] })).toBe(true)
  expect(mayBeAsked('made.up', machine, { allowCommands: ['made.up'], denyCommands: ['made.up'] })).toBe(false)
  expect(mayBeAsked('system.run', machine, { allowCommands: [], denyCommands: ['system.run'] })).toBe(false)
})
