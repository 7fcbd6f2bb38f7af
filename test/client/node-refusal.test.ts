import { expect, test } from 'vitest'
import { askingNode } from '../../src/client/node-refusal.ts'
import { Fault } from '../../src/shared/fault.ts'

const node = { nodeId: 'ab'.repeat(32), displayName: 'mac mini', connected: true, paired: true } as never

const refusedWith = (message: string, details: Record<string, unknown>, remedy?: string) =>
  askingNode(node, 'camera.snap', async () => {
    throw new Fault('client.call-failed', `node.invoke: ${message}`, {
      details: { method: 'node.invoke', code: 'INVALID_REQUEST', message, details },
      ...(remedy !== undefined && { remedy }),
    })
  }).catch(({ message, remedy }: Fault) => ({ message, remedy }))

test.each([
  ['command not declared by node', 'it does not offer that', /nodes describe 'mac mini'/],
  ['command not allowlisted', 'the settings of the gateway do not allow that', /allowCommands/],
  ['command not approved', 'that is not approved', /nodes approve 'mac mini'/],
])('%s: the node, why, and what helps', async (reason, why, remedy) => {
  expect(await refusedWith('node command not allowed', { reason })).toEqual({
    message: expect.stringContaining(`mac mini may not be asked for camera.snap: ${why}`),
    remedy: expect.stringMatching(remedy),
  })
})

test('what the gateway knows to help comes before our words', async () => {
  const told = await refusedWith('node command not allowed', { reason: 'command not approved' }, 'Do this.')
  expect(told).toMatchObject({ remedy: 'Do this.' })
})

test('what a node says of itself is said of that node, in one line', async () => {
  const told = await refusedWith('There is no program x on this\nmachine.', { code: 'UNAVAILABLE' })
  expect(told).toEqual({
    message: 'mac mini: There is no program x on this machine.',
    remedy: expect.stringContaining("clawdbot nodes invoke 'mac mini' system.which"),
  })
})

test.each([
  ['There is no folder /nope.', 'INVALID_REQUEST', '--cwd'],
  ['the node did not run it: its person said no', 'SYSTEM_RUN_DENIED', 'clawdbot node policy'],
  ['the node took no picture: its policy says never', 'CAMERA_DENIED', 'policy.json'],
])('%s: what helps', async (message, code, remedy) => {
  expect(await refusedWith(message, { code })).toEqual({
    message: `mac mini: ${message}`,
    remedy: expect.stringContaining(remedy),
  })
})

test('another failure stays as it is', async () => {
  const fault = new Fault('client.timeout', 'too late')
  await expect(askingNode(node, 'x', () => Promise.reject(fault))).rejects.toBe(fault)
})
