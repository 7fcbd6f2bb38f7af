import { describe, expect, test } from 'vitest'
import { itemLines, plainLine } from '../../../../src/tui/layout/items/item-lines.ts'
import type { Item } from '../../../../src/tui/store/item.ts'

const tool = (name: string, args: Record<string, unknown>, output = ''): Item => ({
  ...{ kind: 'tool', id: 'c1', status: 'completed' as const },
  ...{ name, args, output },
})

describe('a call is the line it shows', () => {
  test.each([
    ['a command', tool('exec', { command: 'echo tool 2' }, 'tool 2\n'), ['$ echo tool 2', 'tool 2']],
    ['a file', tool('read', { path: 'notes.txt' }, 'a\nb'), ['read notes.txt', 'a', 'b']],
    ['a program on a node', tool('nodes', { argv: ['uptime', '-p'] }), ['$ uptime -p', '']],
  ])('%s', (_, item, lines) => expect(itemLines(item)).toEqual(lines))
})

test('a reply is without its marks, each paragraph on a line', () => {
  const text = `# Heading one\n\nSome **bold** and \`code\`\nthat ${'goes on '.repeat(100)}\n\n- a [link](http://x)`
  const lines = itemLines({ kind: 'reply', id: 'r', text, ending: 'done' }).filter((line) => line.trim() !== '')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toBe('Heading one')
  expect(lines[1]).toMatch(/^Some bold and code that goes on/)
  expect(lines[2]).toContain('• a link')
})

test('a question stays as it was written', () => {
  const item: Item = { kind: 'question', id: 'q', text: 'is **this**\nread?', delivery: 'sent' }
  expect(itemLines(item)).toEqual(['is **this**', 'read?'])
})

test('the last words of a session are one line', () => {
  expect(plainLine('# Heading one Some **bold**')).toBe('Heading one Some bold')
  expect(plainLine('| a | b |\n|--|--|\n| 1 | 2 |')).not.toContain('|--')
})
