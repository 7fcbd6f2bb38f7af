/** Commands about sessions: opening, listing, starting afresh, searching. */

import { defineCommand } from './command.ts'

export const session = defineCommand({
  name: 'session',
  usage: '[name]',
  about: 'Open a session by name, or choose one',
  values: (state) => state.sessions.rows.map(({ key }) => key.replace(/^agent:main:/, '')),
  run({ store, intents }, args) {
    if (args === '') store.dispatch({ type: 'overlay.opened', overlay: 'sessions' })
    else intents.openSession(args)
  },
})

export const sessions = defineCommand({
  name: 'sessions',
  usage: '[words]',
  about: 'Choose among all sessions',
  run: ({ store }, args) => store.dispatch({ type: 'overlay.opened', overlay: 'sessions', text: args }),
})

export const fresh = defineCommand({
  name: 'new',
  aliases: ['reset', 'clear'],
  usage: '[message]',
  about: 'Start this session afresh; what was said stays searchable',
  async run({ store, intents }, message) {
    const { key } = store.get().sessions
    const isFresh = await intents.resetSession(key)
    if (message === '') return
    if (!isFresh) return 'refused'
    intents.send(message, undefined, key)
  },
})

export const search = defineCommand({
  name: 'search',
  usage: '[words]',
  about: 'Search everything ever said',
  run({ store, intents }, args) {
    store.dispatch({ type: 'overlay.opened', overlay: 'search', text: args })
    intents.search(args)
  },
})

export const find = defineCommand({
  name: 'find',
  usage: '[words]',
  about: 'Find in this conversation',
  run: ({ store }, args) => store.dispatch({ type: 'overlay.opened', overlay: 'find', text: args }),
})

export const compact = defineCommand({
  name: 'compact',
  about: 'Shorten what the model sees of this session',
  run: ({ intents }) => intents.compact(),
})
