import { expect, test } from 'vitest'
import { farewell } from '../../src/tui/farewell.ts'
import { arrived } from '../support/ui.tsx'

test.each([
  ['agent:main:main', 'clawdbot'],
  ['agent:main:work', 'clawdbot --session=work'],
  ['agent:work:main', 'clawdbot --session=agent:work:main'],
  ['agent:main:日本語 セッション', "clawdbot '--session=日本語 セッション'"],
  ['agent:main:--help', 'clawdbot --session=--help'],
  ['agent:main:$(id) `id` "q"', `clawdbot '--session=$(id) \`id\` "q"'`],
  ["agent:main:it's", `clawdbot '--session=it'\\''s'`],
])('the way back to %s reads in a shell as it is meant', async (key, command) => {
  await using screen = await arrived()
  screen.ui.store.dispatch({ type: 'session.opened', key })
  expect(farewell(screen.ui.store.get())).toBe(`Back here: ${command}\n`)
})
