/** A writer of conversations, killed again and again with -9 while it works, and what must hold afterwards. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openSessions } from '../../src/server/sessions/sessions.ts'
import { openDatabase } from '../../src/server/storage/database.ts'
import type { Message } from '../../src/shared/model/message.ts'
import { systemClock } from '../../src/shared/std/clock.ts'

const writer = new URL('./session-writer.ts', import.meta.url).pathname

/** Starts the writer, kills it a little after its second run began, and returns what it said. */
async function killedWriter(path: string, generation: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, path, String(generation)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (data) => {
    said += String(data)
  })
  // The second run begins when the first has ended, so each writer leaves one of each kind however slow the disk is.
  while ((said.match(/^begun /gm)?.length ?? 0) < 2) await once(child.stdout, 'data')
  // Moments spread over a few turns of its loop; the writer's own speed varies enough to hit every step.
  await new Promise((resolve) => setTimeout(resolve, (generation * 7) % 23))
  child.kill('SIGKILL')
  await once(child, 'close')
  return said.split('\n').slice(0, -1)
}

function wellFormed(messages: readonly Message[]): boolean {
  return messages.every((message, i) => {
    if (message.role !== 'assistant') return true
    const calls = message.content.filter((part) => part.type === 'toolCall').map(({ id }) => id)
    const results = messages
      .slice(i + 1, i + 1 + calls.length)
      .map((next) => (next.role === 'toolResult' ? next.toolCallId : ''))
    return calls.every((id) => results.includes(id))
  })
}

/** Nothing acknowledged is lost or doubled, and every history is valid. */
export async function expectWholeAfter(kills: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'))
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
  const path = join(folder, 'x.db')
  const said: string[] = []
  for (let generation = 0; generation < kills; generation++) said.push(...(await killedWriter(path, generation)))

  using db = openDatabase({ path, onDamaged: () => expect.unreachable() })
  const sessions = openSessions({ db, clock: systemClock, defaultAgentId: 'main' })
  sessions.recover()
  const histories = [0, 1, 2].map((n) => sessions.modelHistory(`agent:main:s${n}`))
  const users = histories.flat().flatMap((message) => (message.role === 'user' ? [String(message.content)] : []))

  const begun = said.filter((line) => line.startsWith('begun ')).map((line) => line.slice(6))
  expect(begun.length).toBeGreaterThan(kills)
  expect(begun.filter((runId) => !users.includes(`message ${runId}`))).toEqual([])
  expect(new Set(users).size).toBe(users.length)
  const statuses = begun.map((runId) => sessions.run(runId)?.status)
  expect(new Set(statuses)).toEqual(new Set(['ok', 'interrupted']))
  const ended = said.filter((line) => line.startsWith('ended ')).map((line) => line.slice(6))
  expect(ended.filter((runId) => sessions.run(runId)?.status !== 'ok')).toEqual([])
  expect(histories.filter((messages) => !wellFormed(messages))).toEqual([])
  // Every piece of text that was acknowledged is in the reply of its run, once.
  const replies = replyTexts(db.all('SELECT run_id, message FROM entries ORDER BY seq'))
  for (const line of said.filter((text) => text.startsWith('streamed '))) {
    const [, runId = '', piece] = line.split(' ')
    expect(replies.get(runId)?.split(`p${piece}`)).toHaveLength(2)
  }
  expect(db.get('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' })
}

function replyTexts(rows: readonly Record<string, unknown>[]): Map<string, string> {
  const replies = new Map<string, string>()
  for (const row of rows) {
    const message = JSON.parse(String(row.message)) as Message
    if (message.role !== 'assistant') continue
    const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
    replies.set(String(row.run_id), (replies.get(String(row.run_id)) ?? '') + text)
  }
  return replies
}
