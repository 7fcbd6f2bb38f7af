import { expect, test } from 'vitest'
import { type ClipboardEnv, clipboardTools, copyText, maxOsc52Bytes } from '../../../src/tui/terminal/clipboard.ts'
import { pipeTo } from '../../../src/tui/terminal/programs.ts'

/** The machine's tools, of which only these exist. */
function port(...present: string[]) {
  const sent: string[] = []
  return {
    sent,
    pipe: async (command: string, _: readonly string[], text: string) => {
      if (present.includes(command)) sent.push(`${command}: ${text}`)
      return present.includes(command)
    },
    write: (sequence: string) => void sent.push(sequence),
  }
}

test.each([
  ['macOS', {}, 'darwin', ['pbcopy']],
  ['Wayland with X behind it', { WAYLAND_DISPLAY: 'w', DISPLAY: ':0' }, 'linux', ['wl-copy', 'xclip', 'xsel']],
  ['a console', {}, 'linux', []],
  ['WSL', { WSL_DISTRO_NAME: 'u' }, 'linux', ['clip.exe']],
  ['SSH, where tools would copy on the wrong machine', { SSH_TTY: '/dev/pts/1', DISPLAY: ':10' }, 'linux', []],
] as [string, ClipboardEnv, string, string[]][])('%s', (_, env, platform, tools) => {
  expect(clipboardTools(env, platform).map(([command]) => command)).toEqual(tools)
})

test('the first tool that works takes it, and is named', async () => {
  const here = port('xsel')
  expect(await copyText('日本', { DISPLAY: ':0' }, 'linux', here)).toEqual({ kind: 'copied', via: 'xsel' })
  expect(here.sent).toEqual(['xsel: 日本'])
})

test('over SSH the terminal is asked, through tmux too', async () => {
  const there = port('xclip')
  expect(await copyText('hi', { SSH_CONNECTION: 'x', TMUX: 't' }, 'linux', there)).toEqual({
    kind: 'sent',
    via: 'OSC 52',
  })
  expect(there.sent).toEqual(['\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\'])
})

test('what OSC 52 would lose is refused with a way out', async () => {
  const copied = await copyText('x'.repeat(maxOsc52Bytes + 1), {}, 'linux', port())
  expect(copied).toMatchObject({ kind: 'failed', reason: expect.stringContaining('file') })
})

test('a real tool gets the text on its stdin; one that fails or is missing says so', async () => {
  expect(await pipeTo('sh', ['-c', 'test "$(cat)" = "some text"'], 'some text')).toBe(true)
  expect(await pipeTo('sh', ['-c', 'exit 3'], 'x'.repeat(1_000_000))).toBe(false)
  expect(await pipeTo('no-such-clipboard', [], 'x')).toBe(false)
})
