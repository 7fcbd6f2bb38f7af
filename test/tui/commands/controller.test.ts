import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askWhether as ask } from '../../support/asking.ts'
import { runs } from '../../support/runs.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const resolve = 'exec.approval.resolve'

/** Keys one by one, so many milliseconds apart. */
async function typeSlowly(screen: Awaited<ReturnType<typeof arrived>>, keys: readonly string[], gapMs: number) {
  for (const key of keys) {
    await screen.type(key)
    await screen.after(gapMs)
  }
}

/** A question that has stood long enough to be heard, with nothing written. */
async function asked(command = 'uptime', size = {}) {
  const script = scriptedGateway()
  const screen = await arrived(script, size)
  ask(script, 'a1', command)
  await screen.after(2_000)
  return { script, screen }
}

describe('while a command waits for a decision', () => {
  test('a letter decides after a moment, and is marked at once', async () => {
    const { script, screen } = await asked()
    await using _ = screen
    expect(screen.terminal.cursor().isVisible).toBe(false)
    await screen.type('o')
    await screen.after(500)
    expect(called(script, resolve)).toEqual([])
    await screen.after(300)
    expect(called(script, resolve)).toEqual([{ id: 'a1', decision: 'allow-once' }])
  })

  test.each([
    [' about it', 120],
    ['about it', 120],
    ['always, or once', 600],
    ['do it', 300],
    ['yes', 20],
    ['ooh no', 300],
    ['what', 900],
    ['O', 10],
  ])('nobody allows or denies by writing %j, a key every %i ms', async (words, gapMs) => {
    const { script, screen } = await asked()
    await using _ = screen
    await typeSlowly(
      screen,
      [...words].map((letter) => (letter === ' ' ? '<space>' : letter)),
      gapMs,
    )
    await screen.after(2_000)
    expect(called(script, resolve)).toEqual([])
    expect(screen.text()).toContain(`› ${words.trimStart()}`)
    expect(screen.text()).toContain('tab turns to this question')
  })

  test('nothing written with pauses of less than a moment decides, whatever it is', async () => {
    const keys = fc.array(fc.constantFrom('o', 'y', 'a', 'd', 'n', 'k', 'O', '<space>', '、'), {
      minLength: 2,
      maxLength: 6,
    })
    const strokes = fc.record({ keys, gapMs: fc.integer({ min: 0, max: 650 }) }).filter((it) => {
      const written = it.keys.slice(it.keys.findIndex((one) => one !== '<space>'))
      return new Set(written).size > 1
    })
    await fc.assert(
      fc.asyncProperty(strokes, async ({ keys, gapMs }) => {
        const { script, screen } = await asked()
        await using _ = screen
        await typeSlowly(screen, keys, gapMs)
        await screen.after(2_000)
        expect(called(script, resolve)).toEqual([])
        const text = keys.join('').replaceAll('<space>', ' ').trim()
        expect(screen.text()).toContain(`› ${text}`)
      }),
      { numRuns: runs(40) },
    )
  })

  test('a draft keeps the keys, however slowly one goes on with it, and Enter sends it', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('let me think')
    ask(script, 'a1', 'date')
    await screen.after(2_000)
    expect(screen.row(23)).toMatch(/^tab decide {2}enter send/)
    await typeSlowly(screen, ['<space>', 'o', 'y', 'a', 'd', 'n'], 1_000)
    expect(screen.text()).toContain('› let me think oyadn')
    expect(screen.terminal.cursor()).toMatchObject({ row: 20, column: 20 })
    await screen.type('<enter>')
    await screen.after()
    expect(called(script, resolve)).toEqual([])
    expect(screen.text()).toContain('let me think oyadn')
    expect(screen.text()).toContain('› Message, or / for commands')
  })

  test('tab turns to the question over a draft and back; a word turns back too; after it a letter decides', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('a draft')
    ask(script, 'a1', 'date')
    await screen.after(2_000)
    expect(screen.text()).not.toContain('Allow once')
    await screen.type('<tab>')
    expect(screen.text()).toContain('Allow once')
    expect(screen.row(23)).toMatch(/^o once/)
    await screen.type('<tab>')
    expect(screen.row(23)).toMatch(/^tab decide/)
    await screen.type('<tab>of')
    expect(screen.text()).toContain('› a draftof')
    expect(screen.row(23)).toMatch(/^tab decide/)
    await screen.type('<tab>o')
    await screen.after(800)
    expect(called(script, resolve)).toEqual([{ id: 'a1', decision: 'allow-once' }])
    expect(screen.text()).toContain('› a draftof')
  })

  test('tab turns to no question that has only just come', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('a draft')
    ask(script, 'a1', 'date')
    await screen.after()
    await screen.type('<tab>')
    await screen.after(800)
    expect(screen.row(23)).toMatch(/^tab decide/)
  })

  test('with nothing written tab turns to the composer, where even one letter is a letter', async () => {
    const { script, screen } = await asked()
    await using _ = screen
    await screen.type('<tab>')
    await typeSlowly(screen, ['y'], 2_000)
    await screen.type('<enter>')
    await screen.after()
    expect(called(script, resolve)).toEqual([])
    expect(script.gateway.outbox.entries).toEqual([])
    expect(screen.text()).toMatch(/^› y$/m)
  })

  test('a slash command can be written and run whenever one likes', async () => {
    const { script, screen } = await asked()
    await using _ = screen
    script.tell('chat', {
      runId: 'r1',
      sessionKey: 'agent:main:main',
      seq: 1,
      state: 'delta',
      deltaText: 'Hm',
      offset: 0,
    })
    await screen.after()
    await typeSlowly(screen, [...'/stop'], 900)
    await screen.type('<enter>')
    await screen.after()
    expect(called(script, resolve)).toEqual([])
    expect(called(script, 'chat.abort')).toEqual([{ sessionKey: 'agent:main:main', runId: 'r1' }])
  })

  test.each([
    { columns: 44, rows: 12 },
    { columns: 40, rows: 10 },
  ])('the draft stays in sight at $columns×$rows, and all of the question can be read beside it', async (size) => {
    const script = scriptedGateway()
    await using screen = await arrived(script, size)
    await screen.type('a draft')
    ask(script, 'a1', 'one two', { cwd: '/home/me', resolvedPath: '/bin/one', why: 'it is asked about' })
    await screen.after(2_000)
    expect(screen.row(size.rows - 3)).toMatch(/^› a draft\s*$/)
    expect(screen.terminal.cursor()).toMatchObject({ row: size.rows - 3, column: 9 })
    expect(screen.text()).toContain('tab turns to this question')
    await screen.type('<tab><pagedown><pagedown><pagedown><pagedown>')
    expect(screen.text()).toContain('because  it is asked about')
    expect(screen.row(size.rows - 3)).toMatch(/^› a draft\s*$/)
    expect(screen.text()).toContain('May this command run?')
  })

  test('a panel that is open keeps the keys; the question waits behind it, and the status says so', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('<ctrl+o>')
    ask(script, 'a1', 'date')
    await screen.after(2_000)
    await screen.type('o')
    await screen.after(2_000)
    expect(called(script, resolve)).toEqual([])
    expect(screen.text()).toContain('waits for your decision · esc shows it')
    await screen.type('<esc>')
    await screen.after(800)
    expect(screen.text()).toContain('May this command run?')
    expect(screen.row(23)).toMatch(/^o once/)
  })

  test('Enter behind a single letter sends it; escape and an arrow take it back', async () => {
    const { script, screen } = await asked()
    await using _ = screen
    await screen.type('o<right>')
    await screen.after(2_000)
    expect(called(script, resolve)).toEqual([])
    await screen.type('y<enter>')
    await screen.after(2_000)
    expect(called(script, resolve)).toEqual([])
    expect(screen.text()).toMatch(/^› y$/m)
    await screen.type('o<esc>')
    await screen.after(2_000)
    expect(called(script, resolve)).toEqual([{ id: 'a1', decision: 'deny' }])
  })

  test.each(['please wait, I look at it first', 'one\ra\rtwo\r', 'a\u0301'])(
    'text that comes in one read is writing and no answer: %j',
    async (text) => {
      const { script, screen } = await asked('sleep 301')
      await using _ = screen
      await screen.send(text)
      await screen.type('ay')
      await screen.after(2_000)
      expect(called(script, resolve)).toEqual([])
      expect(screen.text()).toContain(text.split('\r').findLast(Boolean))
    },
  )

  test('what is pasted is writing, with the letter before it', async () => {
    const { script, screen } = await asked()
    await using _ = screen
    await screen.type('o')
    await screen.paste('a')
    await screen.after(2_000)
    expect(called(script, resolve)).toEqual([])
    expect(screen.text()).toContain('› oa')
  })

  test('a letter for a question that is gone meanwhile decides nothing about the next', async () => {
    const { script, screen } = await asked()
    await using _ = screen
    ask(script, 'a2', 'rm -rf ~')
    await screen.type('o')
    script.tell('exec.approval.resolved', { id: 'a1', decision: 'deny', ts: 0 })
    await screen.after(2_000)
    expect(called(script, resolve)).toEqual([])
    expect(screen.text()).toContain('$ rm -rf ~')
  })

  test.each([100, 600, 800, 1_000])(
    'd twice, %i ms apart, denies the first of two and leaves no letter',
    async (gapMs) => {
      const { script, screen } = await asked()
      await using _ = screen
      ask(script, 'a2', 'date')
      await screen.type('d')
      await screen.after(gapMs)
      await screen.type('d')
      await screen.after(800)
      await screen.after(2_000)
      expect(called(script, resolve)).toEqual([{ id: 'a1', decision: 'deny' }])
      expect(screen.text()).toContain('› Message, or / for commands')
      await screen.type('d')
      await screen.after(800)
      expect(called(script, resolve)).toHaveLength(2)
    },
  )

  test('who turned to the first of two goes on with the second, after a pause', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('a draft')
    ask(script, 'a1', 'uptime')
    ask(script, 'a2', 'date')
    await screen.after(2_000)
    await screen.type('<tab>d')
    await screen.after(800)
    await screen.type('o')
    await screen.after(2_000)
    expect(called(script, resolve)).toEqual([{ id: 'a1', decision: 'deny' }])
    expect(screen.text()).toMatch(/^› a draft$/m)
    await screen.type('o')
    await screen.after(800)
    expect(called(script, resolve)).toEqual([
      { id: 'a1', decision: 'deny' },
      { id: 'a2', decision: 'allow-once' },
    ])
    ask(script, 'a3', 'id')
    await screen.after(2_000)
    expect(screen.row(23)).toMatch(/^tab decide/)
  })

  test('escape twice denies the first of two, and neither stops the reply nor denies the other unread', async () => {
    const { script, screen } = await asked()
    await using _ = screen
    ask(script, 'a2', 'date')
    await screen.type('<esc>')
    await screen.after(100)
    await screen.type('<esc>')
    await screen.after(100)
    expect(script.calls).toEqual([{ method: resolve, params: { id: 'a1', decision: 'deny' } }])
  })
})

test.each([
  ['help', '/help<enter>', 'q'],
  ['the devices', '/devices<enter>', '<esc>'],
  ['the profiles', '/profiles<enter>', 'q'],
  ['the connection', '/connection<enter>', 'q'],
])('a paste over %s is in the message when that closes, and one is told', async (_, open, close) => {
  await using screen = await arrived()
  await screen.type(open)
  await screen.after()
  await screen.paste('quite a thought')
  await screen.type(close)
  await screen.after(100)
  expect(screen.text()).toContain('What you pasted is in your message.')
  expect(screen.text()).toMatch(/› quite a thought\s*\n─/)
})
