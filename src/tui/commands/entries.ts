/** What the list panels offer: gateways, waiting messages, sessions, models, places in the conversation, earlier prompts. Pure. */

import { sessionTitle, shortKey } from '../../client/session-words.ts'
import { itemLines, plainLine } from '../layout/items/item-lines.ts'
import { oneLine } from '../layout/sanitize.ts'
import type { OverlayKind } from '../store/action.ts'
import { currentModel } from '../store/select.ts'
import { currentTranscript, type State } from '../store/state.ts'
import { visibleItems } from '../store/transcript.ts'
import type { Entry } from './entry.ts'
import { filterList } from './fuzzy.ts'
import { gatewayEntries } from './gateway-entries.ts'
import { outboxEntries } from './outbox-entries.ts'

/** The rows of the open panel under its filter. */
export function entriesOf(state: State): readonly Entry[] {
  const { overlay } = state
  if (!overlay) return []
  return builders[overlay.kind](state, overlay.filter)
}

type Builder = (state: State, filter: string) => readonly Entry[]

const builders: Readonly<Record<OverlayKind, Builder>> = {
  gateways: gatewayEntries,
  profiles: () => [],
  connection: () => [],
  outbox: outboxEntries,
  sessions: sessionEntries,
  models: modelEntries,
  find: findEntries,
  search: searchEntries,
  prompts: promptEntries,
  help: () => [],
  status: () => [],
  security: () => [],
  nodes: () => [],
  devices: () => [],
  pair: () => [],
  pairing: () => [],
}

function sessionEntries(state: State, filter: string): readonly Entry[] {
  const { key: openKey, rows } = state.sessions
  const keys = new Set(rows.map(({ key }) => key))
  const unlisted: Entry[] = keys.has(openKey) ? [] : [sessionEntry(openKey, undefined, true)]
  const entries = rows.map((row) => sessionEntry(row.key, row, row.key === openKey))
  const found = filterList([...unlisted, ...entries], filter, ({ title, detail }) => `${title} ${detail ?? ''}`)
  return [...found, { title: '+ New session', choice: { kind: 'new-session' } }]
}

type Row = State['sessions']['rows'][number]

function sessionEntry(key: string, row: Row | undefined, isCurrent: boolean): Entry {
  const title = sessionTitle(key, row)
  const name = shortKey(key)
  const last = row && lastWords(row)
  const detail = [row?.channel, title === name ? undefined : name, last].filter(Boolean).join(' · ')
  return {
    title,
    isCurrent,
    choice: { kind: 'session', key },
    ...(detail === '' ? {} : { detail }),
    ...(title === name || row?.label ? {} : { name }),
    ...(row?.updatedAt ? { at: row.updatedAt } : {}),
  }
}

const plainWords = new WeakMap<Row, string>()

/** Read once for each row the gateway gives: there may be hundreds, and each change of the screen asks. */
function lastWords(row: Row): string {
  const words = plainWords.get(row) ?? plainLine(row.lastMessagePreview ?? '')
  plainWords.set(row, words)
  return words
}

function modelEntries(state: State, filter: string): readonly Entry[] {
  const current = currentModel(state)
  const entries = state.models.rows.map(({ provider, id, name, contextWindow }): Entry => {
    const model = `${provider}/${id}`
    const window = contextWindow ? `${Math.round(contextWindow / 1000)}k context` : ''
    const detail = [name === id ? '' : name, window].filter(Boolean).join(' · ')
    return {
      title: model,
      isCurrent: model === current,
      choice: { kind: 'model', model },
      ...(detail ? { detail } : {}),
    }
  })
  const usual: Entry = { title: 'default', detail: "the gateway's choice", choice: { kind: 'model', model: null } }
  // The one in use first: a gateway may offer hundreds.
  const ordered = [...entries.filter((entry) => entry.isCurrent), ...entries.filter((entry) => !entry.isCurrent)]
  return filterList([...ordered, usual], filter, ({ title, detail }) => `${title} ${detail ?? ''}`)
}

const speakers = { question: 'you', reply: 'reply', thought: 'thought', tool: 'tool', note: 'note' } as const

/** Newest first; the filter is looked for as it is written. */
function findEntries(state: State, filter: string): readonly Entry[] {
  const query = filter.trim().toLowerCase()
  const items = visibleItems(currentTranscript(state), true)
  return items.toReversed().flatMap((item) => {
    const line = lineWith(itemLines(item), query)
    return line === undefined
      ? []
      : [{ title: line, detail: speakers[item.kind], choice: { kind: 'item', id: item.id, words: filter } as const }]
  })
}

function lineWith(lines: readonly string[], query: string): string | undefined {
  return lines.find((line) => line.trim() !== '' && line.toLowerCase().includes(query))?.trim()
}

function searchEntries(state: State): readonly Entry[] {
  return (state.overlay?.hits ?? []).map((hit) => ({
    title: hit.role === 'assistant' ? plainLine(oneLine(hit.snippet)) : hit.snippet,
    detail: sessionTitle(
      hit.key,
      state.sessions.rows.find(({ key }) => key === hit.key),
    ),
    at: hit.at,
    choice: { kind: 'hit', hit },
  }))
}

function promptEntries(state: State, filter: string): readonly Entry[] {
  const unique = [...new Set(state.composer.history.toReversed())]
  return filterList(unique, filter, (text) => text).map((text) => ({ title: text, choice: { kind: 'prompt', text } }))
}
