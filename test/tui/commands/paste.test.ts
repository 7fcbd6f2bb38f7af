import { expect, test } from 'vitest'
import { arrived } from '../../support/ui.tsx'

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
