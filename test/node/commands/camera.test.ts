import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CameraSystem, cameraSystem, parseAvfoundation } from '../../../src/node/cameras.ts'
import { cameraCommands } from '../../../src/node/commands/camera.ts'
import type { Machine } from '../../../src/node/node-command.ts'
import { startOwnNode } from '../../support/own-node.ts'
import { requireProgram } from '../../support/programs.ts'

/** What stands in for a camera: ffmpeg's own test picture. The rest, ffmpeg above all, is real. */
const testPicture: CameraSystem = {
  kind: 'lavfi',
  list: async () => [{ id: 'test', name: 'Test picture' }],
  input: () => ['-f', 'lavfi', '-i', 'testsrc=size=640x480:rate=30'],
}

test('a picture is taken after the person of the machine allowed it, as wide as asked for, and no file of it stays', async () => {
  requireProgram('ffmpeg')
  const asked: string[] = []
  await using node = await startOwnNode({
    cameras: testPicture,
    prompt: async ({ command }) => {
      asked.push(command)
      return asked.length === 1 ? 'allow-once' : 'deny'
    },
  })
  expect(node.offered).toContain('camera.snap')
  expect(await node.invoke('camera.list', {})).toMatchObject({
    payload: { devices: [{ id: 'test', name: 'Test picture' }] },
  })
  const { payload } = await node.invoke('camera.snap', { maxWidth: 320, quality: 0.5 })
  const { base64, ...facts } = payload as { base64: string }
  expect(facts).toEqual({ format: 'jpg', width: 320, height: 240 })
  expect(Buffer.from(base64, 'base64').subarray(0, 3).toString('hex')).toBe('ffd8ff')
  expect(await node.invoke('camera.snap', {})).toMatchObject({ error: expect.stringContaining('took no picture') })
  expect(asked).toEqual(['take a picture with Test picture', 'take a picture with Test picture'])
  expect(await readdir(join(node.home.paths.nodeDir, 'pictures'))).toEqual([])
  expect(await node.invoke('camera.snap', { deviceId: 'other' })).toMatchObject({ error: 'there is no camera other' })
})

test('a camera that gives no picture is said in its own words', async () => {
  const broken: CameraSystem = { ...testPicture, input: () => ['-f', 'lavfi', '-i', 'no_such_source'] }
  await using node = await startOwnNode({ cameras: broken, policy: { camera: 'allow' } })
  expect(await node.invoke('camera.snap', {})).toMatchObject({
    error: expect.stringContaining('Test picture gave no picture'),
  })
})

const machine = (more: Partial<Machine>): Machine => ({
  ...{ platform: 'linux', env: {}, home: '/home/ada', find: async () => '/usr/bin/ffmpeg', names: async () => [] },
  ask: async () => ({ code: 1, stdout: '', stderr: '' }),
  ...more,
})

test.each([
  ['without ffmpeg', machine({ find: async () => undefined }), 'there is no ffmpeg', 'Install it: apt install ffmpeg'],
  ['without a camera', machine({}), 'there is no camera', 'Connect one, and let this account use it (group video).'],
])('%s it is not offered, and doctor says what to do', async (_, one, why, remedy) => {
  const [list] = cameraCommands({ nodeDir: '/x', asks: undefined as never, system: cameraSystem('linux') })
  expect(await list?.look(one)).toEqual({ kind: 'unable', why, remedy })
})

test('cameras of Linux are its video devices', async () => {
  const one = machine({ names: async () => ['video1', 'video0', 'vcs', 'videoX'] })
  const system = cameraSystem('linux')
  expect(await system?.list(one, 'ffmpeg')).toEqual([
    { id: '/dev/video0', name: 'video0' },
    { id: '/dev/video1', name: 'video1' },
  ])
  expect(system?.input({ id: '/dev/video1', name: '' })).toEqual(['-f', 'v4l2', '-i', '/dev/video1'])
})

test('cameras of macOS are read from what ffmpeg lists, microphones and screens left out', () => {
  const text = [
    '[AVFoundation indev @ 0x7f8] AVFoundation video devices:',
    '[AVFoundation indev @ 0x7f8] [0] FaceTime HD Camera',
    '[AVFoundation indev @ 0x7f8] [1] Capture screen 0',
    '[AVFoundation indev @ 0x7f8] AVFoundation audio devices:',
    '[AVFoundation indev @ 0x7f8] [0] MacBook Pro Microphone',
    ': Input/output error',
  ].join('\n')
  expect(parseAvfoundation(text)).toEqual([{ id: '0', name: 'FaceTime HD Camera' }])
  expect(cameraSystem('darwin')?.input({ id: '0', name: '' })).toContain('0:none')
  expect(cameraSystem('win32')).toBeUndefined()
})
