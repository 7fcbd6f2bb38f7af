/** What may happen to the whole terminal, in any order. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { rowText } from '../../src/tui/layout/span.ts'
import { type ScriptedGateway, scriptedGateway } from '../support/scripted-gateway.ts'
import { openUi } from '../support/ui.tsx'

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
      '👍🏽',
      '❤️ ',
      '<left>',
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

/** Whatever happens, the screen is what a fresh drawing of the same state would be. */
export async function expectFresh(numRuns: number): Promise<void> {
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
    { numRuns, examples: [[fullRowAfterResize]] },
  )
}

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
