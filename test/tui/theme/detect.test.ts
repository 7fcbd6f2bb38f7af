import { expect, test } from 'vitest'
import { type ColorEnv, type ColorReplies, detectTheme } from '../../../src/tui/theme/detect.ts'

const white = { background: { red: 255, green: 255, blue: 255 } }
const black = { background: { red: 30, green: 30, blue: 46 } }

const cases: [says: string, env: ColorEnv, replies: ColorReplies, theme: string, depth: string][] = [
  ['NO_COLOR wins', { NO_COLOR: '1', COLORTERM: 'truecolor' }, black, 'none', 'none'],
  ['an empty NO_COLOR does not count', { NO_COLOR: '', COLORTERM: 'truecolor' }, black, 'dark', 'truecolor'],
  ['a dumb terminal has no color', { TERM: 'dumb' }, {}, 'none', 'none'],
  ['the background answers dark', { COLORTERM: 'truecolor' }, black, 'dark', 'truecolor'],
  ['the background answers light', { TERM: 'xterm-256color' }, white, 'light', '256'],
  ['an answer outweighs COLORFGBG', { TERM: 'xterm-256color', COLORFGBG: '15;0' }, white, 'light', '256'],
  ['COLORFGBG alone', { TERM: 'xterm-256color', COLORFGBG: '0;default;15' }, {}, 'light', '256'],
  ['the desktop says light', { COLORTERM: '24bit' }, { scheme: 'light' }, 'light', 'truecolor'],
  ['an unknown background gets the sixteen colors', { COLORTERM: 'truecolor' }, {}, 'ansi16', 'truecolor'],
  ['so does a terminal with no more', { TERM: 'xterm' }, black, 'ansi16', '16'],
  ['kitty needs no COLORTERM', { TERM: 'xterm-kitty' }, black, 'dark', 'truecolor'],
  ['Windows Terminal neither', { WT_SESSION: 'x' }, black, 'dark', 'truecolor'],
]
test.each(cases)('%s', (_, env, replies, theme, depth) => expect(detectTheme(env, replies)).toEqual({ theme, depth }))
