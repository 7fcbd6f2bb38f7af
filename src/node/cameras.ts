/** The cameras of a machine as ffmpeg reads them: which there are, and the words that open one. */

import type { Machine } from './node-command.ts'

export type Camera = { readonly id: string; readonly name: string }

/** One way to reach cameras. Every implementation takes pictures in `test/node/commands/camera.test.ts`. */
export type CameraSystem = {
  /** Where cameras come from, for people. */
  readonly kind: string
  list(machine: Machine, ffmpeg: string): Promise<readonly Camera[]>
  /** Words of ffmpeg that open it. */
  input(camera: Camera): readonly string[]
}

export function cameraSystem(platform: NodeJS.Platform): CameraSystem | undefined {
  if (platform === 'linux') return v4l2
  if (platform === 'darwin') return avfoundation
  return undefined
}

/** https://ffmpeg.org/ffmpeg-devices.html#video4linux2_002c-v4l2 */
const v4l2: CameraSystem = {
  kind: 'Video4Linux',
  async list(machine) {
    const devices = (await machine.names('/dev')).filter((name) => /^video\d+$/.test(name)).sort()
    return devices.map((name) => ({ id: `/dev/${name}`, name }))
  },
  input: ({ id }) => ['-f', 'v4l2', '-i', id],
}

/** https://ffmpeg.org/ffmpeg-devices.html#avfoundation */
const avfoundation: CameraSystem = {
  kind: 'AVFoundation',
  async list(machine, ffmpeg) {
    // It ends with an error, as there is nothing to open; the list is on standard error.
    const words = ['-hide_banner', '-f', 'avfoundation', '-list_devices', 'true', '-i', '']
    return parseAvfoundation((await machine.ask(ffmpeg, words)).stderr)
  },
  // Most cameras of Macs offer 30 pictures a second and refuse the default of 29.97.
  input: ({ id }) => ['-f', 'avfoundation', '-framerate', '30', '-i', `${id}:none`],
}

/** `[AVFoundation indev @ 0x…] [0] FaceTime HD Camera`, up to the heading of the microphones. Pure. */
export function parseAvfoundation(text: string): Camera[] {
  const [video = ''] = text.split(/AVFoundation audio devices/)
  return [...video.matchAll(/^\[[^\]]*\] \[(\d+)\] (.+)$/gm)]
    .map(([, id = '', name = '']) => ({ id, name: name.trim() }))
    .filter(({ name }) => !name.startsWith('Capture screen'))
}
