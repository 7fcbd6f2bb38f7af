import { expect, test } from 'vitest'
import { fitResults, historyBudget } from '../../../src/server/runs/budget.ts'
import { estimateTokens } from '../../../src/server/sessions/history.ts'
import { type Message, messageText } from '../../../src/shared/model/message.ts'

const window = { system: 'You are helpful.', tools: [] }

test('the answer, the system prompt and the tools are taken off the window first', () => {
  const plain = historyBudget({ ...window, contextTokens: 128_000 })
  expect(plain).toBeGreaterThan(90_000)
  expect(plain).toBeLessThan(112_000)
  expect(historyBudget({ ...window, system: 'long '.repeat(10_000), contextTokens: 128_000 })).toBeLessThan(plain)
  expect(historyBudget({ ...window, contextTokens: 128_000, maxOutputTokens: 1000 })).toBeGreaterThan(plain)
})

test('a tiny window still leaves room for the last turn', () => {
  expect(historyBudget({ ...window, system: 'long '.repeat(10_000), contextTokens: 4096 })).toBe(1024)
})

function turn(...outputs: string[]): Message[] {
  return [
    { role: 'user', content: 'look around', timestamp: 0 },
    ...outputs.flatMap((output, index): Message[] => [
      {
        role: 'assistant',
        content: [{ type: 'toolCall', id: `c${index}`, name: 'exec', arguments: {} }],
        timestamp: 0,
      },
      {
        role: 'toolResult',
        toolCallId: `c${index}`,
        toolName: 'exec',
        content: [{ type: 'text', text: output }],
        isError: false,
        timestamp: 0,
      },
    ]),
  ]
}

test('a turn that fits is left as it is', () => {
  const messages = turn('a', 'b')
  expect(fitResults(messages, 1000)).toBe(messages)
})

test('the oldest results give way first, and every call keeps its result', () => {
  const messages = turn('x'.repeat(7000), 'y'.repeat(7000), 'z'.repeat(700))
  const fitted = fitResults(messages, 2600)
  expect(fitted.reduce((sum, message) => sum + estimateTokens(message), 0)).toBeLessThanOrEqual(2600)
  const results = fitted.filter(({ role }) => role === 'toolResult').map(({ content }) => messageText(content))
  expect(results[0]).toContain('cut to save room')
  expect(results.slice(1)).toEqual(['y'.repeat(7000), 'z'.repeat(700)])
})
