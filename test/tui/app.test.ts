import { expect, test } from 'vitest'
import { scriptedGateway } from '../support/scripted-gateway.ts'
import { openTerminal } from '../support/terminal.ts'
import { arrived, openUi } from '../support/ui.tsx'
import { expectFresh } from './app.steps.ts'

test('whatever happens, the screen is what a fresh drawing of the same state would be', () => expectFresh(8))

test('idle, the screen writes nothing and no timer runs', async () => {
  const script = scriptedGateway()
  await using screen = await openUi(script)
  script.arrive()
  await screen.after()
  await screen.after(2_000)
  screen.takeWrites()
  for (let minute = 0; minute < 10; minute++) await screen.after(60_000)
  expect(screen.takeWrites()).toEqual([])
  expect(screen.clock.waiting).toBe(0)
})

test('a streamed word is one small write, and the composer is not drawn again for it', async () => {
  const script = scriptedGateway()
  await using screen = await openUi(script, { columns: 160, rows: 50, isCalm: true })
  script.arrive()
  await screen.type('hello<enter>')
  await screen.after()
  script.say('run-1', 'Hello', 0)
  await screen.after()
  screen.takeWrites()
  script.say('run-1', ' world', 5)
  await screen.after()
  const writes = screen.takeWrites()
  expect(writes).toHaveLength(1)
  expect(writes.join('').length).toBeLessThan(200)
})

test('calm: nothing moves by itself, even while a reply is awaited', async () => {
  const script = scriptedGateway()
  await using screen = await openUi(script, { isCalm: true })
  script.arrive()
  await screen.type('hello<enter>')
  script.say('run-1', 'Hel', 0)
  await screen.after()
  await screen.after(2_000)
  screen.takeWrites()
  await screen.after(30_000)
  expect(screen.takeWrites()).toEqual([])
})

test('a message that begins leaves those that wait and enters the conversation in one write, never seen in both', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  await screen.type('one<enter>two<enter>')
  script.say('run-1', 'the first answer', 0)
  await screen.after()
  const shown = (text: string) => text.match(/\b(one|two)\b/g)
  expect(shown(screen.text())).toEqual(['one', 'two'])
  // Ink has just drawn, and draws the next change 4 ms later; what is drawn past it must wait for that.
  screen.ui.store.dispatch({ type: 'notice.shown', notice: { id: 'n', tone: 'info', text: 'something else' } })
  await Promise.resolve()
  script.finish('run-1')
  script.say('run-2', 'the second answer', 0)
  screen.clock.advance(50)
  await screen.settle()
  await using replay = openTerminal(screen.terminal)
  for (const write of screen.takeWrites()) {
    await replay.write(write)
    if (replay.screen().includes('the second')) expect(shown(replay.screen())).toEqual(['one', 'two'])
  }
  expect(replay.screen()).toBe(screen.text())
})
