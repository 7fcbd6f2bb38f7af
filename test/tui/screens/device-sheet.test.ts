import { describe, expect, test } from 'vitest'
import type { Paired, Pending } from '../../../src/client/device-words.ts'
import { operatorScopes } from '../../../src/shared/protocol/scope.ts'
import { expectFrame } from '../../support/frames.ts'
import { type ScriptedGateway, scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const laptop = {
  requestId: 'q1',
  deviceId: '3f9a01c277deb410'.padEnd(64, '0'),
  publicKey: 'key',
  displayName: '\u202eLap\u001b[31mtop\u0007 of Ann',
  platform: 'dar\u0000win',
  role: 'operator',
  roles: ['operator'],
  scopes: [...operatorScopes],
  remoteIp: '203.0.113.7',
  ts: 0,
} satisfies Pending

/** What a gateway knows of devices. */
type Book = { pending: Pending[]; paired: Paired[] }

function answersOf(book: Book) {
  const decided = (answer: object) => () => {
    book.pending = []
    return { requestId: 'q1', ...answer }
  }
  return {
    'device.pair.list': () => structuredClone(book),
    'device.pair.approve': decided({ device: {} }),
    'device.pair.grant': decided({ device: {} }),
    'device.pair.reject': decided({ deviceId: laptop.deviceId }),
  }
}

/** A gateway of ours, at which this device holds these scopes. */
function gatewayWith(scopes: readonly string[] = operatorScopes, methods = ['device.pair.list', 'device.pair.grant']) {
  const book: Book = { pending: [], paired: [] }
  const script = scriptedGateway(answersOf(book))
  script.hello({ features: { methods }, auth: { role: 'operator', scopes: [...scopes] } })
  return Object.assign(script, { book })
}

/** One request of a device at a time, as gateways keep it. */
function ask(script: ScriptedGateway & { book?: Book }, more: Partial<Pending> = {}): void {
  const request = { ...laptop, ...more }
  if (script.book) script.book.pending = [request]
  script.tell('device.pair.requested', request)
}

/** What was decided about any device. */
const decisions = ({ calls }: ScriptedGateway): string[] =>
  calls.map(({ method }) => method).filter((name) => /^device.pair.(?!list)/.test(name))

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
]

describe.each(sizes)('at $columns×$rows', (size) => {
  test('PA8: the question shows fingerprint, address and scopes, and no name that could move anything', async () => {
    const script = gatewayWith()
    await using screen = await arrived(script, size)
    ask(script)
    await screen.after()
    await expectFrame(screen, `device-${size.columns}x${size.rows}`)
    const text = screen.text()
    expect(text).toContain('3f9a-01c2-77de-b410')
    expect(text).toContain('203.0.113.7')
    for (const sign of ['\u202e', '\u0007', '\u0000', '\u001b']) expect(text).not.toContain(sign)
  })
})

test('PA8: where not all scopes fit, those that grant most show', async () => {
  const script = gatewayWith()
  await using screen = await arrived(script, { columns: 40, rows: 10 })
  ask(script, { scopes: operatorScopes.toReversed() })
  await screen.after()
  expect(screen.text()).toContain('asks for admin, pairing, approvals')
})

test('PA8: one that was revoked since this terminal connected is said to be, and to hold nothing', async () => {
  const script = gatewayWith()
  const { deviceId, publicKey } = laptop
  const known = { deviceId, publicKey, platform: laptop.platform, roles: ['operator'], createdAtMs: 0, approvedAtMs: 0 }
  const token = { role: 'operator', scopes: [...operatorScopes], createdAtMs: 0 }
  script.book.paired = [{ ...known, scopes: [...operatorScopes], tokens: [token] }]
  await using screen = await arrived(script)
  script.book.paired = [{ ...known, scopes: [], tokens: [{ ...token, revokedAtMs: 1 }] }]
  ask(script, { scopes: ['operator.read'] })
  await screen.after()
  expect(screen.text()).toMatch(/new is +was revoked, read\s*$/m)
})

test('keys typed as it came still go to the composer; after a pause they answer', async () => {
  const script = gatewayWith()
  await using screen = await arrived(script)
  await screen.type('I was typ')
  ask(script)
  await screen.after()
  await screen.type('yno')
  expect(screen.text()).toContain('› I was typyno')
  await screen.after(800)
  await screen.type('y')
  await screen.after(800)
  expect(called(script, 'device.pair.approve')).toEqual([{ requestId: 'q1' }])
  expect(screen.text()).not.toContain('May this device come in?')
  expect(screen.text()).toContain('› I was typyno')
})

test.each([
  ['yes, that is mine', 120],
  ['ok', 600],
  ['no idea', 300],
  ['let me see', 20],
])('nobody lets a device in or refuses it by writing %j, a key every %i ms', async (words, gapMs) => {
  const script = gatewayWith()
  await using screen = await arrived(script)
  ask(script)
  await screen.after(2_000)
  for (const letter of words) {
    await screen.type(letter === ' ' ? '<space>' : letter)
    await screen.after(gapMs)
  }
  await screen.after(2_000)
  expect(decisions(script)).toEqual([])
  expect(screen.text()).toContain('May this device come in?')
  expect(screen.text()).toContain(`› ${words}`)
})

test('a letter marks its choice at once, and decides a moment later', async () => {
  const script = gatewayWith()
  await using screen = await arrived(script)
  ask(script)
  await screen.after(2_000)
  await screen.type('y')
  await screen.after(500)
  expect(screen.ui.store.get().devices.choice).toBe('all')
  expect(called(script, 'device.pair.approve')).toEqual([])
  await screen.after(300)
  expect(called(script, 'device.pair.approve')).toEqual([{ requestId: 'q1' }])
})

test('what is pasted is never an answer', async () => {
  const script = gatewayWith()
  await using screen = await arrived(script)
  ask(script)
  await screen.after(800)
  await screen.paste('y')
  await screen.send('yes, wait')
  await screen.after()
  expect(called(script, 'device.pair.approve')).toEqual([])
})

test('Enter alone decides nothing: it waits on, and the screen of devices brings the question back', async () => {
  const script = gatewayWith()
  await using screen = await arrived(script)
  ask(script)
  await screen.after(800)
  await screen.type('<enter>')
  await screen.after()
  expect(decisions(script)).toEqual([])
  expect(screen.text()).not.toContain('May this device come in?')
})

test.each([
  ['<right><enter>', 'device.pair.reject', { requestId: 'q1' }],
  ['n', 'device.pair.reject', { requestId: 'q1' }],
  ['o', 'device.pair.grant', { requestId: 'q1', scopes: ['operator.read'] }],
  [
    '<right><right><right><enter>',
    'device.pair.grant',
    { requestId: 'q1', scopes: ['operator.read', 'operator.write', 'operator.approvals'] },
  ],
  ['<left><enter>', 'device.pair.approve', { requestId: 'q1' }],
] as const)('%s calls %s', async (keys, method, params) => {
  const script = gatewayWith()
  await using screen = await arrived(script)
  ask(script)
  await screen.after(800)
  await screen.type(keys)
  await screen.after(800)
  expect(called(script, method)).toEqual([params])
})

test('PA3: nobody is offered to grant more than they hold', async () => {
  const script = gatewayWith(['operator.pairing', 'operator.read', 'operator.write'])
  await using screen = await arrived(script)
  ask(script)
  await screen.after(800)
  expect(screen.text()).toMatch(/Later +Reject +Read only\s*$/m)
  await screen.type('y')
  await screen.after(800)
  expect(called(script, 'device.pair.approve')).toEqual([])
  expect(screen.text()).toContain('You cannot grant that')
})

test('a gateway of the ecosystem grants all or nothing, and a node has no scopes to choose from', async () => {
  const script = gatewayWith(operatorScopes, ['device.pair.list'])
  await using screen = await arrived(script)
  ask(script)
  await screen.after(800)
  expect(screen.text()).toMatch(/Later +Reject +All it asks\s*$/m)
  await screen.type('n')
  await screen.after(800)
  ask(script, { requestId: 'q2', deviceId: 'n', role: 'node', scopes: [] })
  await screen.after(800)
  expect(screen.text()).toContain('as a node')
  expect(screen.text()).toMatch(/Later +Reject +All it asks\s*$/m)
})

test('decided elsewhere it leaves, after five minutes too, and asking for more is another question', async () => {
  const script = gatewayWith()
  await using screen = await arrived(script)
  ask(script)
  ask(script, { requestId: 'q2', scopes: ['operator.read'] })
  await screen.after()
  expect(screen.text()).not.toContain('1 of 2')
  expect(screen.text()).toMatch(/asks for +read\s*$/m)
  script.book.pending = []
  script.tell('device.pair.resolved', { requestId: 'q2', deviceId: laptop.deviceId, decision: 'approved', ts: 0 })
  await screen.after()
  expect(screen.text()).not.toContain('May this device come in?')
  ask(script, { requestId: 'q3' })
  await screen.after()
  expect(screen.text()).toContain(' 5:00 ')
  await screen.after(301_000)
  expect(screen.text()).not.toContain('May this device come in?')
})

test('one that came while nobody was here is asked about; a command that waits comes first', async () => {
  const script = gatewayWith(['operator.admin'], ['device.pair.list'])
  script.book.pending = [laptop]
  await using screen = await arrived(script)
  expect(screen.text()).toContain('May this device come in?')
  script.tell('exec.approval.requested', {
    ...{ id: 'a1', request: { command: 'uptime' }, createdAtMs: 0, expiresAtMs: 120_000 },
  })
  await screen.after()
  expect(screen.text()).toContain('May this command run?')
  expect(screen.text()).not.toContain('May this device come in?')
})

test('who may not pair is neither asked nor shown anything', async () => {
  const script = gatewayWith(['operator.read', 'operator.write'])
  await using screen = await arrived(script)
  await screen.type('/devices<enter>')
  await screen.after()
  expect(called(script, 'device.pair.list')).toEqual([])
  expect(screen.text()).toContain('it lacks the scope pairing')
})

test('of another gateway it is told in the bar and in words, and ctrl+x a goes there', async () => {
  const [here, there] = [gatewayWith(), scriptedGateway({}, 'home')]
  there.hello({ features: { methods: [] }, auth: { scopes: ['operator.admin'] } })
  await using screen = await arrived(here, { others: [{ name: 'home', script: there }] })
  there.arrive()
  await screen.after()
  ask(there)
  await screen.after()
  expect(screen.text()).not.toContain('May this device come in?')
  expect(screen.text()).toContain('home new device')
  expect(screen.text()).toContain('home needs you: a new device wants in, 3f9a-01c2-77de-b410')
  await screen.type('<ctrl+x>a')
  await screen.after()
  expect(screen.text()).toContain('May this device come in?')
})
