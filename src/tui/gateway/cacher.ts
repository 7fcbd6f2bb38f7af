/** Keeps what is on screen for the next start, a moment after it has come to rest. Failing to is never told. */

import type { Clock } from '../../shared/std/clock.ts'
import type { Action } from '../store/action.ts'
import { itemMessages } from '../store/history-messages.ts'
import { currentTranscript, type State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import { runningRun, type Transcript, visibleItems } from '../store/transcript.ts'
import type { TranscriptCache } from './port.ts'

/** How long nothing must have changed, milliseconds: a reply's history follows its end at once. */
const restMs = 1_000
/** More text than this is not kept of a conversation. */
const keptBytes = 256 * 1024

export function startCacher(store: Store<State, Action>, cache: TranscriptCache, clock: Clock): Disposable {
  let kept: Transcript | undefined
  let cancel: (() => void) | undefined
  const keep = (): void => {
    cancel?.()
    cancel = undefined
    const transcript = currentTranscript(store.get())
    if (!isWorthKeeping(transcript) || transcript === kept) return
    kept = transcript
    cache.write(transcript.key, itemMessages(visibleItems(transcript, true), keptBytes), clock.now()).catch(() => {})
  }
  const end = store.subscribe(() => {
    const transcript = currentTranscript(store.get())
    if (transcript === kept || !isWorthKeeping(transcript)) return
    cancel?.()
    cancel = clock.after(restMs, keep, { unref: true })
  })
  return {
    [Symbol.dispose]() {
      end()
      if (cancel) keep()
    },
  }
}

/** As the gateway told it, and nothing being written. */
function isWorthKeeping(transcript: Transcript): boolean {
  return transcript.source === 'gateway' && runningRun(transcript) === undefined
}
