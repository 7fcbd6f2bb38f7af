/**
 * A letter that would decide whether a command may run waits a moment: with another one behind it, it was the beginning of
 * a word, and the word goes to the composer. The same letter again, from an impatient hand, is the same press.
 */

import type { ExecDecision } from '../../shared/protocol/exec.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { contextsOf } from '../screens/frame.ts'
import { mayAnswer } from './approvals.ts'
import type { CommandContext } from './command.ts'
import { type KeyId, keymap } from './keymap.ts'

const decisions: Partial<Record<KeyId, ExecDecision>> = {
  'approve-once': 'allow-once',
  'approve-always': 'allow-always',
  deny: 'deny',
}

type Held = { readonly letters: string; readonly decision: ExecDecision | undefined; cancel: () => void }

/** The end of the wait, in milliseconds, begun anew: what was typed while this process stood still is read in it. */
const listenMs = 20

/** The key of the question that this is; undefined when it is none, or one that holds everywhere. */
export function questionKey(name: string): KeyId | undefined {
  const found = keymap.lookup([name], ['approval'])
  return found.kind === 'found' && found.binding.when === 'approval' ? found.binding.id : undefined
}

/** `holdMs` after its last letter a decision is carried out. */
export function createHold(context: CommandContext, clock: Clock, holdMs: number) {
  let held: Held | undefined

  function end(): string {
    const letters = held?.letters ?? ''
    held?.cancel()
    held = undefined
    return letters
  }

  function decide(decision: ExecDecision): void {
    const isAsked = contextsOf(context.store.get()).at(-1) === 'approval'
    if (isAsked && mayAnswer(context, decision)) context.intents.answer(decision)
  }

  return {
    /** Whether this text goes on what is held, or begins it. */
    fits: (text: string): boolean => held === undefined || held.letters[0] === text[0],

    /** Takes a letter; with `id` undefined one that is to do nothing, unless a word comes of it. The choice is marked at once. */
    press(text: string, id: KeyId | undefined): void {
      const wanted = id && decisions[id]
      const decision = held ? held.decision : wanted && mayAnswer(context, wanted) ? wanted : undefined
      const letters = end() + text
      if (decision) context.store.dispatch({ type: 'approval.marked', choice: decision })
      const own: Held = { letters, decision, cancel: () => {} }
      const arm = (waitMs: number, task: () => void) => {
        own.cancel = clock.after(waitMs, task, { unref: true })
      }
      const settle = () => {
        held = undefined
        if (decision) decide(decision)
      }
      arm(holdMs - listenMs, () => arm(listenMs, settle))
      held = own
    },

    /** What is held, as writing; nothing is decided. */
    release(): string {
      if (held?.decision) context.store.dispatch({ type: 'approval.marked', choice: 'deny' })
      return end()
    },

    /** Another key: one of the question takes back what is held, any other finds it in the composer, which is the result. */
    meet(name: string): string {
      const letters = this.release()
      const isCommand = keymap.lookup([name], ['approval']).kind !== 'none'
      return isCommand && name !== 'enter' ? '' : letters
    },

    /** The question is another one. */
    drop: () => void end(),
  }
}
