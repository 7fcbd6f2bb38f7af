import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { guardTerminal } from '../../../src/tui/terminal/guard.ts'
import { enterModes, enterMouse, keepInRow, restoreTerminal } from '../../../src/tui/terminal/modes.ts'
import { openTerminal } from '../../support/terminal.ts'

/** A process that only notes how it ended. */
class NotedProcess extends EventEmitter {
  codes: number[] = []
  exit(code: number): void {
    this.codes.push(code)
    this.emit('exit', code)
  }
}

function guarded() {
  const process = new NotedProcess()
  const log: string[] = []
  const guard = guardTerminal({
    process,
    restore: () => log.push('restore'),
    onCrash: (error) => log.push(String(error)),
    onSignal: (signal) => log.push(signal),
  })
  return { process, log, guard }
}

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGQUIT', 131],
])('%s puts the terminal back, once, and ends with its code', (signal, code) => {
  const { process, log } = guarded()
  process.emit(signal)
  expect(process.codes).toEqual([code])
  expect(log).toEqual(['restore', signal])
})

test('a crash puts the terminal back before it is told', () => {
  const { process, log } = guarded()
  process.emit('uncaughtException', new Error('boom'))
  expect(log).toEqual(['restore', 'Error: boom'])
  expect(process.codes).toEqual([1])
})

test('an ordinary end restores by itself, and a guard that was dismissed does nothing', () => {
  const { process, log, guard } = guarded()
  guard.restore()
  process.emit('exit', 0)
  expect(log).toEqual(['restore'])
  guard[Symbol.dispose]()
  expect(process.eventNames()).toEqual([])
})

test('the restore string undoes every mode, and twice does no harm', async () => {
  await using terminal = openTerminal({ columns: 20, rows: 4 })
  await terminal.write('shell')
  await terminal.write(`\x1b[?1049h${keepInRow}\x1b[?25l\x1b[?2026h\x1b[31m${enterModes}${enterMouse}app`)
  await terminal.write(restoreTerminal + restoreTerminal)
  expect(terminal.modes()).toMatchObject({
    bracketedPasteMode: false,
    sendFocusMode: false,
    mouseTrackingMode: 'none',
    synchronizedOutputMode: false,
    wraparoundMode: true,
  })
  expect(terminal.isAlternate()).toBe(false)
  expect(terminal.cursor()).toMatchObject({ isVisible: true })
  expect(terminal.screen()).toContain('shell')
  await terminal.write('x')
  expect(terminal.cell(0, 5)).toMatchObject({ color: 'default' })
})
