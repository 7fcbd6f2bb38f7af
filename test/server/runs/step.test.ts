import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Chunk } from '../../../src/server/providers/provider.ts'
import { addUsage, initialRun, nextStep, type RunState, stepMessage, takeChunk } from '../../../src/server/runs/step.ts'

function play(state: RunState, ...chunks: Chunk[]) {
  const effects: unknown[] = []
  for (const chunk of chunks) {
    const taken = takeChunk(state, chunk)
    state = taken.state
    if (taken.effect) effects.push(taken.effect)
  }
  return { state, effects }
}

const text = (value: string): Chunk => ({ type: 'text', text: value })

describe('a step of a run', () => {
  test('tells where in the whole reply each piece of text belongs', () => {
    const { effects } = play(initialRun, text('Hel'), text('lo'))
    expect(effects).toEqual([
      { type: 'text', offset: 0, text: 'Hel' },
      { type: 'text', offset: 3, text: 'lo' },
    ])
  })

  test('parts the texts of two steps by a blank line, in the stream and in the whole', () => {
    const first = play(initialRun, text('Looking.'), { type: 'toolCall', id: 'c1', name: 'exec', arguments: {} })
    const second = play(nextStep(first.state), text('Done'), text('.'))
    expect(second.effects).toEqual([
      { type: 'text', offset: 8, text: '\n\nDone' },
      { type: 'text', offset: 14, text: '.' },
    ])
    expect(second.state.text).toBe('Looking.\n\nDone.')
    expect(second.state.stepText).toBe('Done.')
  })

  test('keeps thinking apart from text, with the signature that closes it', () => {
    const { state } = play(
      initialRun,
      { type: 'thinking', text: 'let me ' },
      { type: 'thinking', text: 'see', signature: 's1' },
      { type: 'thinking', text: 'more' },
      text('ok'),
    )
    const message = stepMessage(state, { provider: 'p', model: 'm', timestamp: 7, stopReason: 'stop' })
    expect(message).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'let me see', thinkingSignature: 's1' },
        { type: 'thinking', thinking: 'more' },
        { type: 'text', text: 'ok' },
      ],
      provider: 'p',
      model: 'm',
      stopReason: 'stop',
      timestamp: 7,
    })
  })

  test('a step that produced nothing leaves no message', () => {
    expect(stepMessage(initialRun, { timestamp: 1, stopReason: 'stop' })).toBeUndefined()
  })

  test('sums what was spent, but not the size of the context', () => {
    const use = (input: number, totalTokens: number) => ({ input, output: 1, cacheRead: 0, cacheWrite: 0, totalTokens })
    expect(addUsage(use(10, 11), use(20, 21))).toMatchObject({ input: 30, output: 2, totalTokens: 21 })
  })

  test('whatever the pieces, joining the effects gives the whole text', () => {
    const piece = fc.oneof(fc.string().map(text), fc.constant('step' as const))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        let state = initialRun
        let joined = ''
        for (const each of pieces) {
          if (each === 'step') {
            state = nextStep(state)
            continue
          }
          const taken = takeChunk(state, each)
          state = taken.state
          if (taken.effect) {
            expect(taken.effect.offset).toBe(joined.length)
            joined += taken.effect.text
          }
        }
        expect(joined).toBe(state.text)
      }),
    )
  })
})
