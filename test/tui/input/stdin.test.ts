import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { InputEvent, Reply } from '../../../src/tui/input/event.ts'
import { KeyReader } from '../../../src/tui/input/stdin.ts'
import { enterModes, leaveModes } from '../../../src/tui/terminal/modes.ts'
import { ManualClock } from '../../support/clock.ts'

function openReader() {
  const clock = new ManualClock()
  const raw: boolean[] = []
  const written: string[] = []
  const events: InputEvent[] = []
  const replies: Reply[] = []
  const input = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => raw.push(isRaw) })
  const reader = new KeyReader({
    input,
    write: (sequence) => written.push(sequence),
    clock,
    onEvents: (read) => events.push(...read),
    onReply: (reply) => replies.push(reply),
    onEnd: () => events.push({ kind: 'key', key: 'hung up' }),
  })
  reader.reclaim()
  const send = async (bytes: string): Promise<void> => {
    input.write(bytes)
    await new Promise(setImmediate)
  }
  return { clock, raw, written, events, replies, input, reader, send }
}

test('Escape is known 30 ms after its byte, an arrow at once', async () => {
  const { clock, events, send } = openReader()
  await send('\x1b')
  clock.advance(29)
  expect(events).toEqual([])
  clock.advance(1)
  expect(events).toEqual([{ kind: 'key', key: 'escape' }])
  await send('\x1b')
  await send('[A')
  clock.advance(100)
  expect(events.at(-1)).toEqual({ kind: 'key', key: 'up' })
})

test('a line read whole is sent after its hold, answers never reach the keys', async () => {
  const { clock, events, replies, send } = openReader()
  await send('hi\r\x1b[?62c')
  clock.advance(20)
  expect(events).toEqual([
    { kind: 'text', text: 'hi' },
    { kind: 'key', key: 'enter' },
  ])
  expect(replies).toEqual([{ of: 'device-attributes', attributes: [62] }])
})

test('lent and taken back, raw mode and modes follow, and nothing is read in between', async () => {
  const { raw, written, events, reader, send } = openReader()
  reader.release()
  await send('for the editor')
  expect(events).toEqual([])
  reader.reclaim()
  expect(raw).toEqual([true, false, true])
  expect(written).toEqual([enterModes, leaveModes, enterModes])
})

test('a terminal that hangs up is told', async () => {
  const { input, events } = openReader()
  input.end()
  await new Promise(setImmediate)
  expect(events).toEqual([{ kind: 'key', key: 'hung up' }])
})
