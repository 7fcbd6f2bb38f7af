import { expect, test } from 'vitest'
import { partItem, wholeTextItems } from '../../../../src/server/gateway/outlet/run-items.ts'

const run = { runId: 'r', sessionKey: 'main', canonicalKey: 'agent:main:main', agentId: 'main' }
const moment = { run, seq: 1, ts: 2 }

test('the text repeated whole for older peers is not kept, so it pushes out nothing that a reattaching peer needs', () => {
  for (const dialect of ['v3', 'v4'] as const) {
    expect(wholeTextItems(moment, dialect, 'all of it', 'it').map(({ isKept }) => isKept)).toEqual([false, false])
  }
  expect(partItem(moment, 7, 'it').isKept).toBe(true)
})
