/**
 * A letter that would decide waits a moment: with another one behind it, it was the beginning of a word, and the word goes
 * to the composer. The same letter again, from an impatient hand, is the same press.
 */

import type { ExecDecision } from '../../shared/protocol/exec.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { contextsOf } from '../screens/frame.ts'
import { choicesFor, type DeviceChoice } from '../store/device-choices.ts'
import { askedDevice } from '../store/devices.ts'
import { mayAnswer } from './approvals.ts'
import type { CommandContext } from './command.ts'
import { type KeyId, keymap } from './keymap.ts'

const decisions: Partial<Record<KeyId, ExecDecision>> = {
  'approve-once': 'allow-once',
  'approve-always': 'allow-always',
  deny: 'deny',
}

const choices: Partial<Record<KeyId, DeviceChoice>> = {
  'device-later': 'later',
  'device-reject': 'reject',
  'device-read': 'read',
  'device-all': 'all',
}

/** What is answered by letters; a command that asks, a device, the key of a server. */
export type Asking = 'approval' | 'device' | 'trust'

type Held = { readonly letters: string; readonly asking: Asking; readonly id: KeyId | undefined; cancel: () => void }

/** The end of the wait, in milliseconds, begun anew: what was typed while this process stood still is read in it. */
const listenMs = 20

/** The key of the question that this is; undefined when it is none, or one that holds everywhere. */
export function questionKey(name: string, asking: Asking = 'approval'): KeyId | undefined {
  const found = keymap.lookup([name], [asking])
  return found.kind === 'found' && found.binding.when === asking ? found.binding.id : undefined
}

/** Shows what would be chosen; undefined for nothing given away. False when that cannot be. */
function mark(context: CommandContext, asking: Asking, id: KeyId | undefined): boolean {
  const { store, asker } = context
  if (asking === 'trust') asker.mark(id === 'trust-yes')
  else if (asking === 'device') {
    const { devices, connection } = store.get()
    const device = askedDevice(devices)
    const choice = (id && choices[id]) ?? 'later'
    if (device && choicesFor(device, connection).includes(choice)) store.dispatch({ type: 'device.chosen', choice })
  } else {
    const decision = id && decisions[id]
    if (decision && !mayAnswer(context, decision)) return false
    store.dispatch({ type: 'approval.marked', choice: decision ?? 'deny' })
  }
  return true
}

/** `holdMs` after its last letter `run` is told what it means. */
export function createHold(context: CommandContext, clock: Clock, holdMs: number, run: (id: KeyId) => void) {
  let held: Held | undefined

  function end(): string {
    const letters = held?.letters ?? ''
    held?.cancel()
    held = undefined
    return letters
  }

  return {
    /** Whether this text goes on what is held, or begins it. */
    fits: (text: string): boolean => held === undefined || held.letters[0] === text[0],

    /** Takes a letter; with `id` undefined one that is to do nothing, unless a word comes of it. The choice is marked at once. */
    press(text: string, asking: Asking, id: KeyId | undefined): void {
      const wanted = held ? held.id : id !== undefined && mark(context, asking, id) ? id : undefined
      const own: Held = { letters: end() + text, asking, id: wanted, cancel: () => {} }
      const arm = (waitMs: number, task: () => void) => {
        own.cancel = clock.after(waitMs, task, { unref: true })
      }
      const settle = () => {
        held = undefined
        if (wanted && contextsOf(context.store.get()).at(-1) === asking) run(wanted)
      }
      arm(holdMs - listenMs, () => arm(listenMs, settle))
      held = own
    },

    /** What is held, as writing; nothing is decided. */
    release(): string {
      if (held?.id) mark(context, held.asking, undefined)
      return end()
    },

    /** Another key: one of the question takes back what is held, any other finds it in the composer, which is the result. */
    meet(name: string): string {
      const isCommand = keymap.lookup([name], [held?.asking ?? 'approval']).kind !== 'none'
      const letters = this.release()
      return isCommand && name !== 'enter' ? '' : letters
    },

    /** The question is another one. */
    drop: () => void end(),
  }
}
