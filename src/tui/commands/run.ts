/** Commands about the reply being written and the connection. */

import { currentTranscript } from '../store/state.ts'
import { runningRun } from '../store/transcript.ts'
import { defineCommand } from './command.ts'
import { statusText } from './status-text.ts'

export const abort = defineCommand({
  name: 'abort',
  aliases: ['stop'],
  about: 'Stop the reply; what arrived stays',
  run({ store, intents, notifier }) {
    if (runningRun(currentTranscript(store.get()))) intents.stop()
    else notifier.say('info', 'Nothing is running in this session.')
  },
})

export const status = defineCommand({
  name: 'status',
  about: 'Show gateway, session, model and tokens',
  async run({ store, intents }) {
    store.dispatch({ type: 'overlay.opened', overlay: 'status', text: statusText(store.get()) })
    if (store.get().connection.phase !== 'live') return
    const result = await intents.status()
    if (store.get().overlay?.kind !== 'status') return
    store.dispatch({ type: 'overlay.opened', overlay: 'status', text: statusText(store.get(), result) })
  },
})

export const connection = defineCommand({
  name: 'connection',
  about: 'Show how the gateway is reached, layer by layer',
  run: ({ store }) => store.dispatch({ type: 'overlay.opened', overlay: 'connection' }),
})

export const reconnect = defineCommand({
  name: 'reconnect',
  aliases: ['retry'],
  about: 'Try to reach the gateway now',
  run: ({ intents }) => intents.retry(),
})
