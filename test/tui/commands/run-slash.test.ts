import { expect, test } from 'vitest'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const key = 'agent:main:main'

test.each([
  ['/think HIGH', { key, thinkingLevel: 'high' }],
  ['/think Off', { key, thinkingLevel: null }],
  ['/verbose ON', { key, verboseLevel: 'on' }],
  ['/model DEFAULT', { key, model: null }],
])('%s is understood in any case', async (text, patch) => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  await screen.type(`${text}<enter>`)
  await screen.after()
  expect(called(script, 'sessions.patch')).toEqual([patch])
  expect(screen.text()).toContain('› Message, or / for commands')
})

test.each([
  ['/think a lot', 'Say how long: /think off'],
  ['/verbose maybe', 'Say which: /verbose on'],
  ['/copy bogus', 'Write /copy for the last reply, or /copy code for its last block of code.'],
])('%s says what it takes and stays in the composer', async (text, words) => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  await screen.type(`${text}<enter>`)
  await screen.after()
  expect(screen.text()).toContain(words)
  expect(screen.text()).toMatch(new RegExp(`› ${text}\\s*\\n─`))
  expect([called(script, 'sessions.patch'), screen.done]).toEqual([[], []])
})

test.each(['foo', 'approve', 'approve ABCDEFGH now'])('/pairing %s says what it takes', async (words) => {
  const script = scriptedGateway()
  script.hello({ features: { methods: ['channels.pairing.list'] } })
  await using screen = await arrived(script)
  await screen.type(`/pairing ${words}<enter>`)
  await screen.after()
  expect(screen.text()).toContain('Write /pairing alone, or /pairing approve <code>')
  expect(screen.text()).toMatch(new RegExp(`› /pairing ${words}\\s*\\n─`))
})

test('what the gateway refuses comes back, unless something else is being written by then', async () => {
  let refuse = () => {}
  const script = scriptedGateway({
    'sessions.patch': () =>
      new Promise((_, reject) => {
        refuse = () => reject(new Error('The settings list no model nope of fake'))
      }),
  })
  await using screen = await arrived(script)
  await screen.type('/model fake/nope<enter>')
  refuse()
  // The word and what was written come with two changes, maybe in two frames.
  await screen.until('The settings list no model nope of fake')
  await screen.until('› /model fake/nope')
  expect(screen.text()).toMatch(/› \/model fake\/nope\s*\n─/)
  await screen.type('<enter>and now')
  refuse()
  await screen.after()
  expect(screen.text()).toMatch(/› and now\s*\n─/)
})
