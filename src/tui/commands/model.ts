/** Commands about the model and how it works. */

import { thinkingLevels } from '../../shared/model/thinking.ts'
import { defineCommand, refuse } from './command.ts'

export const model = defineCommand({
  name: 'model',
  usage: '[provider/name]',
  about: 'Choose the model of this session; "default" goes back',
  values: (state) => ['default', ...state.models.rows.map(({ provider, id }) => `${provider}/${id}`)],
  run({ store, intents }, args) {
    if (args !== '') return intents.setModel(args.toLowerCase() === 'default' ? null : args)
    store.dispatch({ type: 'overlay.opened', overlay: 'models' })
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
  run(context, args) {
    const level = thinkingLevels.find((one) => one === args.toLowerCase())
    if (level === undefined) return refuse(context, `Say how long: /think ${thinkingLevels.join('|')}`)
    return context.intents.setThinking(level === 'off' ? null : level)
  },
})

export const verbose = defineCommand({
  name: 'verbose',
  usage: '<on|off>',
  about: 'Let the gateway tell tool calls in full',
  values: () => ['on', 'off'],
  run(context, args) {
    const level = args.toLowerCase()
    if (level === 'on' || level === 'off') return context.intents.setVerbose(level)
    return refuse(context, 'Say which: /verbose on, or /verbose off')
  },
})
