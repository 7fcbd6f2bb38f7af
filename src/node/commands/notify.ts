/** `system.notify`: a message on this machine's screen. */

import * as z from 'zod'
import { type Ability, defineNodeCommand, type Machine, Refusal } from '../node-command.ts'

/** More nobody reads in a corner of the screen. */
const text = z.string().max(1000)

/** Words travel as arguments, never as part of a script. */
const appleScript = [
  ...['-e', 'on run argv', '-e', 'display notification (item 2 of argv) with title (item 1 of argv)'],
  ...['-e', 'end run'],
]

export const notify = defineNodeCommand({
  name: 'system.notify',
  cap: 'system',
  params: z.object({ title: text.nullish(), body: text.nullish() }),
  look,
  async run({ title, body }, { machine }) {
    const [head, rest] = [title || 'Clawdbot', body ?? '']
    if (`${title ?? ''}${rest}`.trim() === '') throw new Refusal('INVALID_REQUEST', 'give a title or a body')
    const { code, stderr } =
      machine.platform === 'darwin'
        ? await machine.ask('osascript', [...appleScript, head, rest])
        : await machine.ask('notify-send', ['--app-name=Clawdbot', '--', head, rest])
    if (code !== 0)
      throw new Refusal('UNAVAILABLE', `it could not be shown: ${stderr.trim().split('\n')[0] || 'no answer'}`)
    return { ok: true }
  },
})

async function look({ platform, env, find }: Machine): Promise<Ability> {
  const program = platform === 'darwin' ? 'osascript' : 'notify-send'
  const path = await find(program)
  if (path === undefined) {
    const remedy = 'Install it: apt install libnotify-bin, or the package libnotify of your system.'
    return { kind: 'unable', why: `there is no ${program}`, remedy }
  }
  if (platform !== 'darwin' && !env.DBUS_SESSION_BUS_ADDRESS && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    return { kind: 'unable', why: 'there is no desktop session', remedy: 'Start the node from within the desktop.' }
  }
  return { kind: 'able', detail: path }
}
