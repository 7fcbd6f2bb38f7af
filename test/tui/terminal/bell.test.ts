import { expect, test } from 'vitest'
import { type NotifyEnv, notify } from '../../../src/tui/terminal/bell.ts'
import { setTitle } from '../../../src/tui/terminal/title.ts'
import { openTerminal } from '../../support/terminal.ts'

const question = { title: 'Approve?', body: 'rm -rf build; on vps\x1b]0;owned\x07' }

test.each([
  ['kitty', { TERM: 'xterm-kitty' }, '\x1b]99;i=clawdbot:p=body;rm -rf build, on vps\x1b\\\x07'],
  ['Ghostty', { TERM_PROGRAM: 'ghostty' }, '\x1b]777;notify;Approve?;rm -rf build, on vps\x1b\\\x07'],
  ['iTerm2', { TERM_PROGRAM: 'iTerm.app' }, '\x1b]9;Approve?: rm -rf build, on vps\x07\x07'],
  ['tmux, which would not pass it on', { TMUX: 't', TERM_PROGRAM: 'ghostty' }, '\x07'],
  ['any other', {}, '\x07'],
] as [string, NotifyEnv, string][])('%s gets its own notification', (_, env, end) => {
  expect(notify(question, env).endsWith(end)).toBe(true)
})

test('a title from elsewhere sets a title and nothing more', async () => {
  await using terminal = openTerminal({ columns: 20, rows: 2 })
  await terminal.write(setTitle('vps\x07\x1b[2J\x1b]52;c;eA==\x07'))
  expect(terminal.sideEffects()).toEqual(['title vps'])
  expect(terminal.screen().trim()).toBe('')
})
