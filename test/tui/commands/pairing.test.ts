import { expect, test } from 'vitest'
import { peopleText } from '../../../src/tui/commands/pairing.ts'
import { expectFrame } from '../../support/frames.ts'
import { type ScriptedGateway, scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const bob = { channel: 'telegram', id: '3003', name: 'Bob\u202e', code: 'ABCDEFGH', askedAt: 1 }
const grace = { channel: 'telegram', id: '77', name: 'グレース', username: 'grace', approvedAt: 1 }

function offers(script: ScriptedGateway): void {
  const { hello } = script.gateway.view
  const more = ['channels.pairing.list', 'channels.pairing.approve']
  if (hello) script.become({ hello: { ...hello, features: { methods: [...hello.features.methods, ...more] } } })
}

test.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
])('who waits and who is let in is a page, at $columns×$rows', async (size) => {
  const script = scriptedGateway({ 'channels.pairing.list': () => ({ pending: [bob], approved: [grace] }) })
  await using screen = await arrived(script, size)
  offers(script)
  await screen.type('/pairing<enter>')
  await screen.after()
  await expectFrame(screen, `pairing-${size.columns}x${size.rows}`)
})

test('somebody who waits is told of, and let in by the code', async () => {
  const script = scriptedGateway({
    'channels.pairing.list': () => ({ pending: [bob], approved: [] }),
    'channels.pairing.approve': () => ({ sender: bob }),
  })
  await using screen = await arrived(script, { columns: 80, rows: 24 })
  offers(script)
  script.tell('channels.pairing.requested', bob)
  await screen.until('Bob wants to write from telegram')
  await screen.until('/pairing approve ABCDEFGH')
  await screen.type('/pairing approve abcdefgh<enter>')
  await screen.until('Let in: Bob')
  expect(called(script, 'channels.pairing.approve')).toEqual([{ channel: 'telegram', code: 'abcdefgh' }])
})

test('a message says who wrote it from where, when it was not a terminal', async () => {
  const origin = { channel: 'telegram', senderId: '77', name: 'グレース' }
  const messages = [{ role: 'user', content: 'hello from the phone', timestamp: 1, origin }]
  const script = scriptedGateway({ 'chat.history': () => ({ sessionKey: 'agent:main:main', messages }) })
  await using screen = await arrived(script, { columns: 80, rows: 24 })
  await screen.until('hello from the phone')
  expect(screen.text()).toMatch(/グレース · telegram\n› hello from the phone/)
})

test('nobody is told so, and nothing they call themselves makes a line of its own', () => {
  expect(peopleText({ pending: [], approved: [] })).toBe('Nobody waits.')
  const text = peopleText({ pending: [{ ...bob, name: 'x\n✓\tOwner' }], approved: [] })
  expect(text.split('\n')[1]).toBe('ABCDEFGH\tx ✓ Owner, telegram 3003')
})
