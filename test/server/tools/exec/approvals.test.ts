import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBus, type News } from '../../../../src/server/bus.ts'
import {
  type Approval,
  type ApprovalEvent,
  Approvals,
  defaultAskMs,
  maxWaiting,
  stepApproval,
} from '../../../../src/server/tools/exec/approvals.ts'
import { ManualClock } from '../../../support/clock.ts'
import { runs } from '../../../support/runs.ts'

function setUp() {
  const clock = new ManualClock()
  const news: News[] = []
  const bus = createBus((error) => {
    throw error
  })
  bus.subscribe((piece) => news.push(piece))
  return { clock, news, approvals: new Approvals({ bus, clock }) }
}

const never = new AbortController().signal

test('a question goes out, one answer settles it, and both are announced', async () => {
  const { approvals, news, clock } = setUp()
  const answer = approvals.ask({ id: 'a', command: 'ls', sessionKey: 'agent:main:main' }, never)
  expect(news).toMatchObject([
    {
      event: 'exec.approval.requested',
      payload: {
        id: 'a',
        request: { command: 'ls', cwd: null, host: null, security: null, ask: null, agentId: null, resolvedPath: null },
        createdAtMs: clock.now(),
        expiresAtMs: clock.now() + 120_000,
      },
    },
  ])
  expect(approvals.list().map(({ id }) => id)).toEqual(['a'])
  expect(approvals.resolve('a', 'allow-once', 'phone')).toBe('settled')
  expect(await answer).toMatchObject({ id: 'a', decision: 'allow-once', reason: 'answered', by: 'phone' })
  expect(news[1]).toMatchObject({
    event: 'exec.approval.resolved',
    payload: { decision: 'allow-once', resolvedBy: 'phone' },
  })
  expect([approvals.list(), clock.waiting]).toEqual([[], 0])
})

test('EX7: without an answer in time it is a no, and a late yes is refused', async () => {
  const { approvals, news, clock } = setUp()
  const answer = approvals.ask({ id: 'a', command: 'ls' }, never)
  clock.advance(defaultAskMs)
  expect(await answer).toMatchObject({ decision: 'deny', reason: 'expired', by: null })
  expect(approvals.resolve('a', 'allow-once', 'phone')).toBe('unknown')
  expect(news.at(-1)).toMatchObject({ event: 'exec.approval.resolved', payload: { id: 'a', decision: 'deny' } })
})

test('EX7: whoever asked is gone: no', async () => {
  const { approvals } = setUp()
  const asker = new AbortController()
  const answer = approvals.ask({ id: 'a', command: 'ls' }, asker.signal)
  asker.abort()
  expect(await answer).toMatchObject({ decision: 'deny', reason: 'withdrawn' })
  expect(await approvals.ask({ command: 'ls' }, asker.signal)).toMatchObject({ decision: 'deny', reason: 'withdrawn' })
})

test('EX7: the gateway stops: no to everything, and nothing waits on disk for the next one', async () => {
  const { approvals } = setUp()
  const answers = ['a', 'b'].map((id) => approvals.ask({ id, command: 'ls' }, never))
  approvals[Symbol.dispose]()
  expect(await Promise.all(answers)).toMatchObject([
    { decision: 'deny', reason: 'stopped' },
    { decision: 'deny', reason: 'stopped' },
  ])
})

test.each(['', 'yes', 'ALLOW-ONCE', 'allow', ' allow-once', 'allow-once ', 'true', 'constructor', '__proto__'])(
  'EX7: %j is no answer',
  (decision) => {
    const { approvals } = setUp()
    void approvals.ask({ id: 'a', command: 'ls' }, never)
    expect(approvals.resolve('a', decision, 'phone')).toBe('invalid')
    expect(approvals.has('a')).toBe(true)
    expect(stepApproval({ kind: 'waiting' }, { type: 'answered', decision, by: 'x' })).toMatchObject({
      decision: 'deny',
    })
  },
)

test('more questions than a person can oversee are denied at once', async () => {
  const { approvals } = setUp()
  for (let i = 0; i < maxWaiting; i++) void approvals.ask({ command: 'ls' }, never)
  expect(await approvals.ask({ command: 'ls' }, never)).toMatchObject({ decision: 'deny', reason: 'crowded' })
  expect(approvals.list()).toHaveLength(maxWaiting)
})

test('E13: whatever happens in whatever order, the first event decides and only a known yes allows', () => {
  const event: fc.Arbitrary<ApprovalEvent> = fc.oneof(
    fc.constantFrom<ApprovalEvent>({ type: 'expired' }, { type: 'withdrawn' }, { type: 'stopped' }),
    fc
      .oneof(fc.constantFrom('allow-once', 'allow-always', 'deny'), fc.string())
      .map((decision): ApprovalEvent => ({ type: 'answered', decision, by: 'x' })),
  )
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
      const end = events.reduce<Approval>(stepApproval, { kind: 'waiting' })
      const [first] = events
      const isYes = first?.type === 'answered' && /^allow-(once|always)$/.test(first.decision)
      expect(end).toMatchObject({ kind: 'settled', decision: isYes ? first.decision : 'deny' })
    }),
    { numRuns: runs(5000) },
  )
})
