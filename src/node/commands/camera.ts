/** `camera.list` and `camera.snap`: still pictures through ffmpeg, after the person of this machine was asked. */

import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { ensurePrivateFolder } from '../../client/private-file.ts'
import { sleep } from '../../shared/std/signal.ts'
import type { NodeAsks } from '../asks.ts'
import type { Camera, CameraSystem } from '../cameras.ts'
import { jpegSize } from '../jpeg-size.ts'
import {
  type Ability,
  defineNodeCommand,
  type InvokeContext,
  type Machine,
  type NodeCommand,
  Refusal,
} from '../node-command.ts'
import { readPolicy } from '../policy-file.ts'
import type { RunParts } from './run.ts'

export type CameraParts = {
  nodeDir: string
  asks: NodeAsks
  prompt?: RunParts['prompt']
  /** Undefined on a machine whose cameras we cannot read. */
  system: CameraSystem | undefined
}

const snapParams = z.object({
  deviceId: z.string().max(256).nullish(),
  maxWidth: z.int().min(16).max(8192).nullish(),
  /** 0 to 1, or in percent. */
  quality: z.number().min(0).max(100).nullish(),
  format: z.enum(['jpg', 'jpeg']).nullish(),
  delayMs: z.int().min(0).max(10_000).nullish(),
})

const defaultWidth = 1600
/** Cameras begin dark: the first pictures are only for their exposure. */
const warmUpFrames = 4

export function cameraCommands(parts: CameraParts): readonly NodeCommand[] {
  const look = (machine: Machine) => ability(parts, machine)
  return [
    defineNodeCommand({
      ...{ name: 'camera.list', cap: 'camera', params: z.object({}), look },
      run: async (_, { machine }) => {
        const { cameras, system } = await found(parts, machine)
        return {
          devices: cameras.map(({ id, name }) => ({ id, name, position: 'unspecified', deviceType: system.kind })),
        }
      },
    }),
    defineNodeCommand({
      ...{ name: 'camera.snap', cap: 'camera', params: snapParams, look },
      run: (params, context) => snap(parts, params, context),
    }),
  ]
}

async function snap(parts: CameraParts, params: z.output<typeof snapParams>, context: InvokeContext) {
  const { machine, clock, signal } = context
  const { system, cameras, ffmpeg } = await found(parts, machine)
  const camera = params.deviceId ? cameras.find(({ id }) => id === params.deviceId) : cameras[0]
  if (!camera) throw new Refusal('INVALID_REQUEST', `there is no camera ${params.deviceId}`)
  await obtain(parts, camera, context)
  if (params.delayMs) await sleep(clock, params.delayMs, signal)
  const path = join(parts.nodeDir, 'pictures', `${randomBytes(8).toString('hex')}.jpg`)
  await ensurePrivateFolder(join(parts.nodeDir, 'pictures'))
  try {
    const words = [...system.input(camera), ...picture(params), path]
    const { code, stderr } = await machine.ask(ffmpeg, [
      '-hide_banner',
      '-loglevel',
      'error',
      '-nostdin',
      '-y',
      ...words,
    ])
    if (code !== 0) throw new Refusal('UNAVAILABLE', `${camera.name} gave no picture: ${lastLine(stderr)}`)
    const bytes = await readFile(path)
    return { format: 'jpg', base64: bytes.toString('base64'), ...jpegSize(bytes) }
  } finally {
    await rm(path, { force: true })
  }
}

/** Words of ffmpeg. JPEG quality runs from 2, the best, to 31. */
function picture({ maxWidth, quality }: z.output<typeof snapParams>): string[] {
  const share = quality == null ? 0.9 : quality > 1 ? quality / 100 : quality
  const scale = `scale='min(${maxWidth ?? defaultWidth},iw)':-2`
  const filters = `select=gte(n\\,${warmUpFrames}),${scale}`
  return ['-vf', filters, '-frames:v', '1', '-q:v', String(Math.round(31 - share * 29)), '-update', '1', '-f', 'image2']
}

/** Nobody is looked at whose machine it is without a word. */
async function obtain({ nodeDir, asks, prompt }: CameraParts, camera: Camera, { gateway, signal }: InvokeContext) {
  const { camera: mode } = await readPolicy(nodeDir)
  if (mode === 'allow') return
  const refused = (why: string) => new Refusal('CAMERA_DENIED', `the node took no picture: ${why}`)
  if (mode === 'deny') throw refused('its policy says never')
  const facts = { command: `take a picture with ${camera.name}`, program: 'ffmpeg', cwd: '', gateway }
  const outcome = await asks.ask({ ...facts, why: 'every picture is asked about' }, signal, prompt)
  if (outcome !== 'allow-once' && outcome !== 'allow-always') throw refused(`its person did not allow it (${outcome})`)
}

async function found({ system }: CameraParts, machine: Machine) {
  const ffmpeg = await machine.find('ffmpeg')
  if (!system || ffmpeg === undefined) throw new Refusal('UNAVAILABLE', 'this machine takes no pictures')
  return { system, ffmpeg, cameras: await system.list(machine, ffmpeg) }
}

async function ability({ system }: CameraParts, machine: Machine): Promise<Ability> {
  if (!system)
    return { kind: 'unable', why: `cameras of ${machine.platform} cannot be read`, remedy: 'Use Linux or macOS.' }
  const ffmpeg = await machine.find('ffmpeg')
  if (ffmpeg === undefined) {
    const remedy = machine.platform === 'darwin' ? 'Install it: brew install ffmpeg' : 'Install it: apt install ffmpeg'
    return { kind: 'unable', why: 'there is no ffmpeg', remedy }
  }
  const [first, ...others] = await system.list(machine, ffmpeg)
  if (first) return { kind: 'able', detail: `${first.name}${others.length > 0 ? ` and ${others.length} more` : ''}` }
  return {
    kind: 'unable',
    why: 'there is no camera',
    remedy: 'Connect one, and let this account use it (group video).',
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 200) || 'no answer in time'
}
