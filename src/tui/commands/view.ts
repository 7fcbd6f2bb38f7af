/** Commands about the screen itself. */

import { currentTranscript } from '../store/state.ts'
import { visibleItems } from '../store/transcript.ts'
import { type CommandContext, defineCommand, refuse } from './command.ts'

export const help = defineCommand({
  name: 'help',
  aliases: ['commands'],
  about: 'Show keys and commands',
  run: ({ store }) => store.dispatch({ type: 'overlay.opened', overlay: 'help' }),
})

export const copy = defineCommand({
  name: 'copy',
  usage: '[code]',
  about: 'Copy the last reply as written, or its last block of code',
  values: () => ['code'],
  run(context, args) {
    const what = args.toLowerCase()
    if (what === '' || what === 'code') return copyReply(context, what === 'code')
    return refuse(context, 'Write /copy for the last reply, or /copy code for its last block of code.')
  },
})

export const exit = defineCommand({
  name: 'exit',
  aliases: ['quit', 'q'],
  about: 'Leave; the gateway keeps working',
  run: ({ screen }) => screen.quit(),
})

/** From the source of the message, never from the screen: no wrapped lines, no signs of ours. */
export async function copyReply({ store, notifier, screen }: CommandContext, onlyCode = false) {
  const items = visibleItems(currentTranscript(store.get()), true)
  const reply = items.findLast((item) => item.kind === 'reply' && item.text.trim() !== '')
  if (reply?.kind !== 'reply') return notifier.say('info', 'There is no reply to copy yet.')
  const text = onlyCode ? lastCode(reply.text) : reply.text.trim()
  if (text === undefined) return notifier.say('info', 'The last reply has no block of code.')
  notifier.say('success', await screen.copy(text))
}

/** What stands in the last fence of a markdown text. */
function lastCode(markdown: string): string | undefined {
  return [...markdown.matchAll(/^ {0,3}(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n? {0,3}\1/gm)].at(-1)?.[2]
}
