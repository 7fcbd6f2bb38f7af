import { describe, expect, test } from 'vitest'
import { currentTranscript } from '../../src/tui/store/state.ts'
import { scriptedGateway } from '../support/scripted-gateway.ts'
import { arrived, called, memoryKeep, openUi } from '../support/ui.tsx'

const key = 'agent:main:main'

describe('a reply', () => {
  test('escape stops it and keeps the text that already arrived', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('tell me a story<enter>')
    script.say('run-1', 'Once upon', 0)
    await screen.after()
    await screen.type('<esc>')
    await screen.after(100)
    expect(called(script, 'chat.abort')).toEqual([{ sessionKey: key, runId: 'run-1' }])
    script.finish('run-1', 'aborted', { stopReason: 'rpc' })
    await screen.after()
    expect(screen.text()).toMatch(/Once upon\s+■ Stopped\./)
  })

  test('an error says what to do, and a message without answer is no riddle', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('hi<enter>')
    script.finish('run-1', 'error', { errorMessage: 'No key for openai. Set OPENAI_API_KEY.' })
    await screen.after()
    expect(screen.text()).toContain('✗ No key for openai. Set OPENAI_API_KEY.')
  })

  test('its model may hide escape sequences in it: they are shown, not obeyed', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    script.say('r9', 'a\x1b]0;evil\x07\x1b[2Jb\u202ec', 0)
    await screen.after()
    expect(screen.text()).toContain('a␛]0;evil␇␛[2Jb⟨U+202E⟩c')
    expect(screen.terminal.sideEffects().filter((effect) => effect.includes('evil'))).toEqual([])
  })
})

describe('messages that wait', () => {
  test('typed without connection they stay in sight, are sent once on return, and their answers follow them', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    script.lose(screen.clock.now() + 1_000)
    await screen.type('one<enter>two<enter>')
    await screen.after()
    expect(screen.text()).toContain('not sent yet')
    script.arrive({ kind: 'resumed', replayed: 0, runs: [] })
    script.say('run-1', 'First answer', 0)
    script.finish('run-1')
    await screen.after()
    script.say('run-2', 'Second answer', 0)
    await screen.after()
    const order = ['› one', 'First answer', '› two', 'Second answer'].map((text) => screen.text().indexOf(text))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order[0]).toBeGreaterThan(0)
    expect(screen.text()).not.toContain('not sent yet')
  })

  test('the last one can be taken back into the composer', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    script.lose(screen.clock.now() + 1_000)
    await screen.type('keep<enter>oops<enter>')
    await screen.send('\x1b[1;3A')
    await screen.after()
    expect(script.gateway.outbox.entries.map(({ message }) => message)).toEqual(['keep'])
    expect(screen.text()).toMatch(/› oops\s*\n─/)
  })
})

describe('what is written', () => {
  test('survives ctrl+c, a change of session, a break and a crash', async () => {
    const keep = memoryKeep()
    const script = scriptedGateway()
    {
      await using screen = await arrived(script, { keep })
      await screen.type('a long thought<ctrl+c>')
      expect(screen.text()).toContain('ctrl+y brings it back')
      await screen.type('<ctrl+y>')
      screen.ui.store.dispatch({ type: 'session.opened', key: 'agent:main:other' })
      await screen.type('another')
      script.lose(0)
      await screen.after(400)
      expect(keep.kept.drafts).toEqual({ [key]: 'a long thought', 'agent:main:other': 'another' })
    }
    await using again = await openUi(scriptedGateway(), { keep })
    expect(again.text()).toContain('› a long thought')
  })

  test('earlier prompts come back with up, and from other visits', async () => {
    const keep = memoryKeep({ drafts: {}, history: ['from last week'] })
    await using screen = await arrived(scriptedGateway(), { keep })
    await screen.type('today<enter>')
    await screen.type('<up><up>')
    expect(screen.text()).toMatch(/› from last week\s*\n─/)
    await screen.type('<down>')
    expect(screen.text()).toMatch(/› today\s*\n─/)
  })

  test('a long paste is a chip that is sent whole; a backslash before Enter begins a line', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('see ')
    await screen.paste(Array.from({ length: 12 }, (_, line) => `line ${line}`).join('\n'))
    expect(screen.text()).toContain('see [12 lines pasted]')
    await screen.type('\\<enter>end<enter>')
    const [question] = currentTranscript(screen.ui.store.get()).live
    expect(question?.question?.text).toMatch(/^see line 0\n[\s\S]*line 11\nend$/)
  })

  test('escape twice clears it, escape once only says so', async () => {
    await using screen = await arrived()
    await screen.type('draft<esc>')
    await screen.after(100)
    expect(screen.text()).toContain('esc again clears the draft')
    await screen.type('<esc>')
    await screen.after(100)
    expect(screen.text()).toContain('› Message, or / for commands')
  })
})

describe('commands', () => {
  test('ours run here, unknown ones go to the gateway as they are', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('/model openai/gpt-4o<enter>')
    await screen.after()
    expect(called(script, 'sessions.patch')).toEqual([{ key, model: 'openai/gpt-4o' }])
    await screen.type('/think high<enter>')
    await screen.after()
    expect(called(script, 'sessions.patch').at(-1)).toEqual({ key, thinkingLevel: 'high' })
    await screen.type('/weather Kyoto<enter>')
    expect(currentTranscript(screen.ui.store.get()).live.map((run) => run.question?.text)).toEqual(['/weather Kyoto'])
    await screen.type('/exit<enter>')
    expect(screen.done).toEqual(['left'])
  })

  test('completion: tab completes, enter runs what is chosen', async () => {
    await using screen = await arrived()
    await screen.type('/hel<enter>')
    expect(screen.text()).toContain('── Help ─')
    await screen.type('q/rese<tab>')
    expect(screen.text()).toMatch(/› \/reset\s*\n─/)
  })

  test('/new begins afresh and says that nothing is lost', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    script.say('r1', 'old words', 0)
    script.finish('r1')
    await screen.type('/new<enter>')
    await screen.after()
    expect(called(script, 'sessions.reset')).toEqual([{ key }])
    expect(screen.text()).not.toContain('old words')
    expect(screen.text()).toContain('The old one can still be searched.')
  })

  test('words behind /new are the first message of the fresh session; they come back when there is none', async () => {
    let isRefused = false
    const script = scriptedGateway({
      'sessions.reset': () => {
        if (isRefused) throw new Error('the session is busy')
        return { ok: true, key, entry: { sessionId: 's2' } }
      },
    })
    await using screen = await arrived(script)
    const asked = () => currentTranscript(screen.ui.store.get()).live.map((run) => run.question?.text)
    await screen.type('before<enter>/new fix the bug<enter>')
    await screen.after()
    expect(called(script, 'sessions.reset')).toEqual([{ key }])
    expect(asked()).toEqual(['fix the bug'])
    isRefused = true
    await screen.type('/reset and this<enter>')
    await screen.after()
    expect(asked()).toEqual(['fix the bug'])
    expect(screen.text()).toContain('the session is busy')
    expect(screen.text()).toMatch(/› \/reset and this\s*\n─/)
  })

  test.each(['/abort', '/stop', '/compact', '/status', '/exit'])(
    'words behind %s, which takes none, stay in the composer, and it does not run',
    async (command) => {
      const script = scriptedGateway()
      await using screen = await arrived(script)
      script.say('r1', 'Once upon', 0)
      await screen.after()
      script.calls.length = 0
      await screen.type(`${command} now<enter>`)
      await screen.after()
      expect([script.calls, screen.done]).toEqual([[], []])
      expect(screen.text()).toContain(`${command} takes no words.`)
      expect(screen.text()).toMatch(new RegExp(`› ${command} now\\s*\\n─`))
    },
  )

  test.each([
    [{ compacted: true, kept: 4 }, 'The model now sees a summary and the last 4 messages.'],
    [{ compacted: false, reason: 'It is short: 2 messages.' }, 'It is short: 2 messages.'],
    [{ compacted: false, reason: 'no transcript' }, 'No transcript.'],
  ])('/compact tells in a sentence what came of it: %j', async (answer, words) => {
    const script = scriptedGateway({ 'sessions.compact': () => ({ ok: true, key, ...answer }) })
    await using screen = await arrived(script)
    await screen.type('/compact<enter>')
    await screen.after()
    expect(called(script, 'sessions.compact')).toEqual([{ key }])
    expect(screen.text()).toContain(words)
  })

  test('/copy takes the source, not the screen', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    script.finish('r1', 'final', {
      message: { role: 'assistant', content: [{ type: 'text', text: '**Bold** and\n\n```sh\nls -la\n```' }] },
    })
    await screen.after()
    await screen.type('/copy<enter>/copy code<enter>')
    await screen.after()
    expect(screen.done).toEqual(['copied **Bold** and\n\n```sh\nls -la\n```', 'copied ls -la'])
  })

  test('what is going on is said as long as it does', async () => {
    await using screen = await arrived()
    const over = screen.ui.mention('Starting a gateway on port 18789…')
    await screen.after()
    expect(screen.text()).toContain('Starting a gateway')
    over()
    await screen.after()
    expect(screen.text()).not.toContain('Starting a gateway')
    await screen.after(10_000)
    expect(screen.clock.waiting).toBe(0)
  })

  test('ctrl+c twice leaves; a refused call is a notice with its remedy', async () => {
    const script = scriptedGateway({
      'sessions.patch': () => {
        throw new Error('model not allowed')
      },
    })
    await using screen = await arrived(script)
    await screen.type('/model x/y<enter>')
    await screen.after()
    expect(screen.text()).toContain('model not allowed')
    await screen.type('<ctrl+u>')
    await screen.type('<ctrl+c>')
    expect(screen.done).toEqual([])
    await screen.type('<ctrl+c>')
    expect(screen.done).toEqual(['left'])
  })
})

describe('moving about', () => {
  test('news never moves what is being read; the end is one key away', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    script.say('r1', Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n\n'), 0)
    await screen.after()
    await screen.type('<pageup><pageup>')
    const before = screen.row(3)
    script.say('r1', '\n\nand more', 1_000_000)
    script.finish('r1')
    script.say('r2', 'something new', 0)
    await screen.after()
    expect(screen.row(3)).toBe(before)
    expect(screen.text()).toMatch(/↓ \d+ more rows below/)
    await screen.send('\x1b[1;5F')
    expect(screen.text()).toContain('something new')
  })

  test('a session nobody has written in is called by its name', async () => {
    const sessionId = '8e9906c6-5a5b-4c1e-9d53-0d7c2b1f0a11'
    const row = { key, kind: 'direct', updatedAt: 1, sessionId, derivedTitle: '8e9906c6 (2026-11-26)' }
    const script = scriptedGateway({ 'sessions.list': () => ({ ts: 0, count: 1, sessions: [row] }) })
    await using screen = await arrived(script)
    expect(screen.row(0)).toMatch(/ main$/)
    await screen.type('<ctrl+o>')
    expect(screen.text()).not.toContain('8e9906c6')
  })

  test('find goes to the place; a session is found by a few letters', async () => {
    const script = scriptedGateway({
      'sessions.list': () => ({
        ts: 0,
        count: 2,
        sessions: [
          { key, kind: 'direct', updatedAt: 1, derivedTitle: 'Main things' },
          { key: 'agent:main:taxes', kind: 'direct', updatedAt: 2, derivedTitle: 'Taxes of last year' },
        ],
      }),
    })
    await using screen = await arrived(script)
    await screen.type('<ctrl+o>txs<enter>')
    await screen.after()
    expect(screen.ui.store.get().sessions.key).toBe('agent:main:taxes')
    expect(called(script, 'chat.history')).toEqual([{ sessionKey: 'agent:main:taxes', limit: 200 }])
    script.say('r1', `needle\n\n${'hay\n\n'.repeat(50)}`, 0, 'agent:main:taxes')
    await screen.after()
    await screen.type('<ctrl+f>needle<enter>')
    expect(screen.text()).toContain('needle')
  })
})
