import { expect, test } from 'vitest'
import type { News } from '../../../src/server/bus.ts'
import { commandEntry, entryOf } from '../../../src/server/journal/listen.ts'

const run = { runId: 'r', sessionKey: 'main', canonicalKey: 'agent:main:main', agentId: 'main' }
const tool = (data: object) => ({ type: 'run.tool', run, data }) as News

test('a command that ran is written with where it ran and how it ended; one that was denied as such', () => {
  const details = { command: 'uptime', cwd: '/w', where: 'gateway vps', status: 'completed', exitCode: 0 }
  const result = { phase: 'result', name: 'exec', toolCallId: 't', result: { details } }
  expect(entryOf(tool(result))).toEqual({
    what: 'exec.ran',
    facts: { runId: 'r', sessionKey: 'agent:main:main', ...details },
  })
  const denied = { ...result, result: { details: { ...details, status: 'denied', exitCode: null } } }
  expect(entryOf(tool(denied))?.what).toBe('exec.denied')
})

test('OP7: what never ran is not called run, and what was cut off by a crash is told as that', () => {
  const kind = (details: Record<string, unknown>) =>
    commandEntry({ runId: 'r', key: 'agent:main:main', name: 'exec', details: { command: 'uptime', ...details } })?.what
  expect(kind({ status: 'aborted' })).toBe('exec.ran')
  expect(kind({ status: 'aborted', didRun: false })).toBe('exec.not-run')
  expect(kind({ status: 'failed', didRun: false })).toBe('exec.not-run')
  expect(kind({ status: 'interrupted' })).toBe('exec.interrupted')
  expect(kind({ status: 'interrupted', didRun: false })).toBe('exec.not-run')
})

test('OP7: an approval that nobody gave is not called answered', () => {
  const resolved = (resolvedBy: string | null) =>
    entryOf({
      type: 'wire',
      event: 'exec.approval.resolved',
      payload: { id: 'a', decision: 'deny', resolvedBy, ts: 1 },
    })
  expect(resolved('ada')).toEqual({ what: 'approval.answered', facts: { id: 'a', decision: 'deny', by: 'ada' } })
  expect(resolved(null)).toEqual({ what: 'approval.unanswered', facts: { id: 'a', decision: 'deny' } })
})

test('what is no act of anybody is not written', () => {
  expect(entryOf(tool({ phase: 'start', name: 'exec' }))).toBe(undefined)
  expect(entryOf(tool({ phase: 'result', name: 'read', result: { details: {} } }))).toBe(undefined)
  expect(entryOf({ type: 'run.text', run, offset: 0, text: 'hi' })).toBe(undefined)
  expect(entryOf({ type: 'wire', event: 'presence', payload: { presence: [] } } as News)).toBe(undefined)
})
