import { expect, test } from 'vitest'
import { openPty } from '../../support/pty.ts'

const program = `
  import { guardTerminal } from './src/tui/terminal/guard.ts'
  import { enterModes, restoreTerminal } from './src/tui/terminal/modes.ts'
  process.stdin.setRawMode(true)
  guardTerminal({ process, restore: () => process.stdout.write(restoreTerminal), onCrash: (error) => console.error(String(error)) })
  process.stdout.write('\\x1b[?1049h\\x1b[?25l' + enterModes + 'ready')
  process.stdin.on('data', (keys) => { if (String(keys) === 'x') throw new Error('boom'); if (String(keys) === 'q') process.exit(0) })
`
test.each([
  ['exit', 0],
  ['a crash', 1],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('after %s a real terminal is as it was', async (end, code) => {
  await using pty = openPty(process.execPath, [
    '--input-type=module',
    '--disable-warning=ExperimentalWarning',
    '-e',
    program,
  ])
  await pty.until('ready')
  if (end === 'exit') pty.send('q')
  else if (end === 'a crash') pty.send('x')
  else pty.kill(end)
  expect(await pty.exited).toBe(code)
  await pty.drawn()
  expect(pty.terminal.isAlternate()).toBe(false)
  expect(pty.terminal.cursor().isVisible).toBe(true)
  expect(pty.terminal.modes()).toMatchObject({ bracketedPasteMode: false, sendFocusMode: false })
  if (end === 'a crash') expect(pty.text()).toContain('boom')
})
