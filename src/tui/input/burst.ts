/**
 * Enter or newline? Where bracketed paste does not work, a paste comes as typing, and each of its line ends would send
 * half of it. This pure stage sits between the tokenizer and the keymap and decides, from what came together:
 *
 * - Enter with more text behind it in the same read is a line end of a paste, and so is every Enter of that read and of
 *   reads that follow it within 30 ms. They become `ctrl+j`, the newline key.
 * - Enter that ends a read which also held two or more characters (a stalled loop read `hello⏎` at once, or a paste was
 *   cut there) waits 12 ms: alone it is Enter, with more text behind it a line end.
 * - Any other Enter passes at once. Once the terminal proved that it brackets its pastes, every Enter does.
 */
import type { InputEvent } from './event.ts'

/** How long an Enter at the end of a read of several characters is held, in milliseconds. */
export const holdEnterMs = 12

/** Reads this close, in milliseconds, belong to one paste. */
const samePasteMs = 30

export type BurstState = {
  readonly isBracketing: boolean
  readonly pastingUntilMs: number
  readonly isHolding: boolean
  readonly waitMs: number | undefined
}

export type BurstInput = { kind: 'read'; events: readonly InputEvent[]; nowMs: number } | { kind: 'timeout' }

export const emptyBurst: BurstState = { isBracketing: false, pastingUntilMs: -1, isHolding: false, waitMs: undefined }

const enter: InputEvent = { kind: 'key', key: 'enter' }
const newline: InputEvent = { kind: 'key', key: 'ctrl+j' }

export function guardEnter(state: BurstState, input: BurstInput): { state: BurstState; events: InputEvent[] } {
  if (input.kind === 'timeout') {
    return { state: { ...state, isHolding: false, waitMs: undefined }, events: state.isHolding ? [enter] : [] }
  }
  const isBracketing = state.isBracketing || input.events.some(provesBracketing)
  const read = state.isHolding ? [enter, ...input.events] : [...input.events]
  const isPaste = !isBracketing && (input.nowMs <= state.pastingUntilMs || hasInnerEnter(read))
  const isHolding = !isBracketing && !isPaste && endsTypedLine(read)
  const events = isHolding
    ? read.slice(0, -1)
    : isPaste
      ? read.map((event) => (isEnter(event) ? newline : event))
      : read
  const pastingUntilMs = isPaste && read.some(isTyping) ? input.nowMs + samePasteMs : state.pastingUntilMs
  return { state: { isBracketing, pastingUntilMs, isHolding, waitMs: isHolding ? holdEnterMs : undefined }, events }
}

const isEnter = (event: InputEvent): boolean => event.kind === 'key' && event.key === 'enter'
const isTyping = (event: InputEvent): boolean => event.kind === 'text' || isEnter(event)

/** A finished paste, or the terminal's word that mode 2004 is set. */
function provesBracketing(event: InputEvent): boolean {
  if (event.kind === 'paste') return event.isWhole
  if (event.kind !== 'reply' || event.reply.of !== 'mode' || event.reply.mode !== 2004) return false
  return event.reply.state === 'set' || event.reply.state === 'always-set'
}

function hasInnerEnter(events: readonly InputEvent[]): boolean {
  const first = events.findIndex(isEnter)
  return first >= 0 && events.slice(first + 1).some((event) => event.kind === 'text')
}

function endsTypedLine(events: readonly InputEvent[]): boolean {
  const last = events.at(-1)
  if (last === undefined || !isEnter(last)) return false
  return events.reduce((sum, event) => sum + (event.kind === 'text' ? event.text.length : 0), 0) >= 2
}
