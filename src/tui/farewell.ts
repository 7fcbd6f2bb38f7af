/** What is left in the shell after the screen has gone: the last words, and how to come back. Pure. */

import { shortKey } from '../client/session-words.ts'
import { canonicalKey } from '../shared/session-key.ts'
import { shellWords } from '../shared/std/shell-words.ts'
import { oneLine } from './layout/sanitize.ts'
import { truncate } from './layout/width.ts'
import { currentTranscript, type State } from './store/state.ts'
import { runningRun, visibleItems } from './store/transcript.ts'

export function farewell(state: State): string {
  const transcript = currentTranscript(state)
  const last = visibleItems(transcript, true).findLast((item) => item.kind === 'reply' && item.text.trim() !== '')
  const words = last?.kind === 'reply' ? plainWords(last.text) : ''
  const { key } = state.sessions
  const { members, currentId } = state.fleet
  const here = members.find(({ id }) => id === currentId)
  // The first is where one comes to without saying where.
  const profile = here?.isSaved && here !== members[0] ? ['--profile', here.name] : []
  const session = key === canonicalKey('main') ? [] : [`--session=${shortKey(key)}`]
  const work = runningRun(transcript) ? 'The reply goes on without you. ' : ''
  const lines = [
    words === '' ? '' : truncate(`“${words}”`, Math.max(20, state.view.columns)),
    `${work}Back here: ${oneLine(shellWords(['clawdbot', ...profile, ...session]))}`,
  ]
  return `${lines.filter(Boolean).join('\n')}\n`
}

/** The first words of a reply without the signs of markdown. */
function plainWords(markdown: string): string {
  const lines = markdown.split('\n').map((line) => oneLine(line.replace(/^[#>\-*\s]+|[`*_]/g, '')))
  return lines.find((line) => line !== '') ?? ''
}
