/** Going to what was found: its row in this conversation, or the message of a hit in one that may still be loading. */

import type { Hit } from '../store/action.ts'
import type { Item } from '../store/item.ts'
import { currentTranscript } from '../store/state.ts'
import { type Transcript, visibleItems } from '../store/transcript.ts'
import type { CommandContext } from './command.ts'

/** To the row of an item that holds the words. */
export function goToItem({ screen, notifier }: CommandContext, id: string, words: string): void {
  if (screen.reveal(id, words.trim())) return
  notifier.say('info', 'This is the message; the row that was found is not among those it shows.')
}

/** Opens the session of a hit; its message is gone to as soon as the conversation is there. */
export function openHit({ store, intents }: CommandContext, hit: Hit): void {
  const known = store.get().transcripts[hit.key]
  const isCurrent = known?.source === 'gateway' && !known.isStale
  intents.openSession(hit.key, { hit, old: isCurrent ? undefined : known?.base })
}

/** Once the messages of an opened session are there: to the one that was found, or a word that it is not among them. */
export function settleSought(context: CommandContext) {
  const { store, notifier } = context
  const state = store.get()
  const { sought } = state.view
  const transcript = currentTranscript(state)
  if (!sought || sought.hit.key !== transcript.key) return
  const item = itemOf(sought.hit, transcript, state.connection.phase === 'live')
  const isLoaded = transcript.source === 'gateway' && transcript.base !== sought.old
  if (!item && !isLoaded) return
  store.dispatch({ type: 'view.settled' })
  if (item) return goToItem(context, item.id, firstMatch(sought.hit.snippet))
  notifier.say(
    'warning',
    'What was found is not among the messages shown here.',
    'It is older than the last 200, or from before this session was begun afresh.',
  )
}

const kinds: Readonly<Record<string, Item['kind']>> = { user: 'question', assistant: 'reply', toolResult: 'tool' }

/**
 * The item that shows a hit: the one of its time, of several the one with its text. The clock of a reply seen as it was
 * written, and of what a tool answered, is another: there the text tells, near that time.
 */
function itemOf({ role, at, snippet }: Hit, transcript: Transcript, isLive: boolean): Item | undefined {
  const kind = kinds[role] ?? 'note'
  const text = bare(snippet.replace(/^…|…$/g, ''))
  const items = visibleItems(transcript, isLive).filter((item) => item.kind === kind)
  const holds = (item: Item) => bare(textOf(item)).includes(text)
  const ofTime = kind === 'tool' ? [] : items.filter((item) => item.at === at)
  if (ofTime.length > 0) return ofTime.find(holds) ?? ofTime[0]
  const base = new Set(transcript.base)
  const apart = (item: Item) => Math.abs((item.at ?? at) - at)
  return items
    .filter((item) => (kind === 'tool' || !base.has(item)) && apart(item) <= nearMs && holds(item))
    .toSorted((a, b) => apart(a) - apart(b))[0]
}

/** Longest time between the beginning of a run, or of a call, and a message it left, in milliseconds. */
const nearMs = 3_600_000

const textOf = (item: Item): string => (item.kind === 'tool' ? item.output : item.text)

/** The signs around a match, and spaces, are not part of what is compared. */
const bare = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, '')

/** Matches of a snippet stand between U+0002 and U+0003. */
const firstMatch = (snippet: string): string => snippet.split('\u0002')[1]?.split('\u0003')[0] ?? ''
