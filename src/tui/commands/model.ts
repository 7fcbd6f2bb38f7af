/** Commands about the model and how it works. */

import { thinkingLevels } from '../../shared/model/thinking.ts'
import { defineCommand } from './command.ts'

export const model = defineCommand({
  name: 'model',
  usage: '[provider/name]',
  about: 'Choose the model of this session; "default" goes back',
  values: (state) => ['default', ...state.models.rows.map(({ provider, id }) => `${provider}/${id}`)],
  run({ store, intents }, args) {
    if (args === '') store.dispatch({ type: 'overlay.opened', overlay: 'models' })
    else intents.setModel(args === 'default' ? null : args)
  },
})

export const models = defineCommand({
  name: 'models',
  usage: '[words]',
  about: 'Choose among all models',
  run: ({ store }, args) => store.dispatch({ type: 'overlay.opened', overlay: 'models', text: args }),
})

export const think = defineCommand({
  name: 'think',
  aliases: ['thinking'],
  usage: '<level>',
  about: 'Set how long the model thinks',
  values: () => thinkingLevels,
  run({ intents, notifier }, args) {
    if ((thinkingLevels as readonly string[]).includes(args)) intents.setThinking(args === 'off' ? null : args)
    else notifier.say('warning', `Say how long: /think ${thinkingLevels.join('|')}`)
  },
})

export const verbose = defineCommand({
  name: 'verbose',
  usage: '<on|off>',
  about: 'Let the gateway tell tool calls in full',
  values: () => ['on', 'off'],
  run({ intents, notifier }, args) {
    if (args === 'on' || args === 'off') intents.setVerbose(args)
    else notifier.say('warning', 'Say which: /verbose on, or /verbose off')
  },
})
