import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowText } from '../../src/tui/layout/span.ts'
import { type ScriptedGateway, scriptedGateway } from '../support/scripted-gateway.ts'
import { openTerminal } from '../support/terminal.ts'
import { arrived, openUi } from '../support/ui.tsx'

/** What the terminal must show: the frame, drawn by nobody. */
function expected({ ui, terminal }: Awaited<ReturnType<typeof openUi>>): string {
  const { above, body, below, status, footer } = ui.picture.frame
  const rows = [...above, ...body, ...below, ...status, ...footer].map((row) => rowText(row).trimEnd())
  return Array.from({ length: terminal.rows }, (_, row) => rows[row] ?? '').join('\n')
}

const step = fc.oneof(
  fc.record({
    do: fc.constant('type' as const),
    keys: fc.constantFrom(
      'a',
      '日本',
      'é',
      ' ',
      '<enter>',
      '<alt+enter>',
      '<backspace>',
      '<up>',
      '<down>',
      '<ctrl+u>',
      '/',
      '<tab>',
      '<ctrl+o>',
      '<ctrl+t>',
      '<pageup>',
      '<pagedown>',
      '<ctrl+y>',
      '<ctrl+g>',
      '<ctrl+x>g',
      '<ctrl+x>n',
      '<ctrl+x>-',
    ),
  }),
  fc.record({ do: fc.constant('behind' as const), what: fc.constantFrom('say', 'ask', 'lose', 'arrive') }),
  fc.record({ do: fc.constant('escape' as const) }),
  fc.record({
    do: fc.constant('say' as const),
    text: fc.constantFrom(
      'word ',
      'もう一つ',
      '\n\n- a\n- b\n',
      '| a | b |\n|--|--|\n| 1 | 2 |\n',
      '```\ncode\n```\n',
      '👩‍👩‍👧 ',
      'longlonglonglonglonglonglonglonglonglonglong ',
    ),
  }),
  fc.record({ do: fc.constant('end' as const) }),
  fc.record({ do: fc.constant('tool' as const), phase: fc.constantFrom('start', 'update', 'result') }),
  fc.record({ do: fc.constant('ask' as const) }),
  fc.record({ do: fc.constant('lose' as const) }),
  fc.record({ do: fc.constant('arrive' as const) }),
  fc.record({
    do: fc.constant('resize' as const),
    columns: fc.constantFrom(40, 57, 80, 120),
    rows: fc.constantFrom(10, 15, 24, 40),
  }),
)

/** Found with seed 1940164286: a row exactly as wide as the window, with a sign in it that is joined of three. */
const fullRowAfterResize: (typeof step extends fc.Arbitrary<infer T> ? T : never)[] = [
  { do: 'say', text: 'longlonglonglonglonglonglonglonglonglonglong ' },
  { do: 'say', text: '👩‍👩‍👧 ' },
  { do: 'resize', columns: 57, rows: 10 },
  { do: 'say', text: '| a | b |\n|--|--|\n| 1 | 2 |\n' },
]

test('whatever happens, the screen is what a fresh drawing of the same state would be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const script = scriptedGateway()
      const warm = scriptedGateway({}, 'desktop')
      await using screen = await openUi(script, { others: [{ name: 'desktop', script: warm }] })
      script.arrive()
      let said = ''
      let run = 1
      for (const [index, it] of steps.entries()) {
        if (it.do === 'type') await screen.type(it.keys)
        else if (it.do === 'escape') await screen.type('<esc>')
        else if (it.do === 'say') {
          script.say(`run-${run}`, it.text, said.length)
          said += it.text
        } else if (it.do === 'end') {
          script.finish(`run-${run}`)
          run += 1
          said = ''
        } else if (it.do === 'tool') script.tool(`run-${run}`, toolData(it.phase, index))
        else if (it.do === 'ask') script.tell('exec.approval.requested', approval(index, screen.clock.now()))
        else if (it.do === 'lose') script.lose(screen.clock.now() + 3_000)
        else if (it.do === 'behind') behind(warm, it.what, index, screen.clock.now())
        else if (it.do === 'arrive') script.arrive({ kind: 'resumed', replayed: 0, runs: [] })
        else await screen.resize({ columns: it.columns, rows: it.rows })
        await screen.after(100)
        expect(screen.text()).toBe(expected(screen))
      }
    }),
    { numRuns: 25, examples: [[fullRowAfterResize]] },
  )
}, 60_000)

function behind(warm: ScriptedGateway, what: string, index: number, now: number): void {
  if (what === 'say') {
    warm.say(`b${index}`, 'from behind ', 0)
    warm.finish(`b${index}`)
  } else if (what === 'ask') warm.tell('exec.approval.requested', approval(1_000 + index, now))
  else if (what === 'lose') warm.lose(now + 3_000)
  else warm.arrive()
}

const toolData = (phase: string, index: number) => ({
  phase,
  toolCallId: 'c1',
  name: 'exec',
  args: { command: 'ls -la' },
  partialResult: { content: [{ type: 'text', text: `line ${index}\n`.repeat(index) }] },
  result: { content: [{ type: 'text', text: 'done' }], details: { exitCode: 0 } },
})

const approval = (index: number, now: number) => ({
  id: `a${index}`,
  request: { command: `rm -rf ./build-${index}`, cwd: '/tmp', where: 'gateway vps-1' },
  createdAtMs: now,
  expiresAtMs: now + 60_000,
})

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
