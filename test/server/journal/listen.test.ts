import { expect, test } from 'vitest'
import type { News } from '../../../src/server/bus.ts'
import { entryOf } from '../../../src/server/journal/listen.ts'

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

test('what is no act of anybody is not written', () => {
  expect(entryOf(tool({ phase: 'start', name: 'exec' }))).toBe(undefined)
  expect(entryOf(tool({ phase: 'result', name: 'read', result: { details: {} } }))).toBe(undefined)
  expect(entryOf({ type: 'run.text', run, offset: 0, text: 'hi' })).toBe(undefined)
  expect(entryOf({ type: 'wire', event: 'presence', payload: { presence: [] } } as News)).toBe(undefined)
})
