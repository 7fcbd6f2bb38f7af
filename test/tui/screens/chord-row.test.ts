import { describe, expect, test } from 'vitest'
import { arrived } from '../../support/ui.tsx'

describe('a chord', () => {
  test.each([
    [{ columns: 80, rows: 24 }, /^ctrl\+x waits for another key +e g - a m n o s h t y c p +esc cancels$/],
    [{ columns: 44, rows: 12 }, /^ctrl\+x waits for another key +e g - a m n/],
  ])('shows that it waits for its second key, and which there are: %j', async (size, row) => {
    await using screen = await arrived(undefined, size)
    await screen.type('<ctrl+x>')
    expect(screen.row(size.rows - 1)).toMatch(row)
    await screen.type('h')
    expect(screen.text()).toContain('── Help ─')
    expect(screen.text()).not.toContain('waits for another key')
  })

  test('with an unknown second key says so; what was typed with it is text', async () => {
    await using screen = await arrived()
    await screen.type('<ctrl+x>')
    await screen.send('kept')
    await screen.after()
    expect(screen.text()).toContain('ctrl+x k does nothing. f1 shows the keys.')
    expect(screen.text()).toMatch(/› ept\s*\n─/)
    expect(screen.text()).not.toContain('waits for another key')
  })

  test('is cancelled by escape without a word', async () => {
    await using screen = await arrived()
    await screen.type('<ctrl+x><esc>')
    await screen.after(100)
    expect(screen.text()).not.toContain('does nothing')
    expect(screen.text()).not.toContain('waits for another key')
  })
})
