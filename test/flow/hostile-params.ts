/** Params made of the schemas, with hostile values among them, to the real handlers of a gateway process. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { methodList } from '../../src/shared/protocol/table.ts'
import { parseJson } from '../../src/shared/std/json.ts'
import { paramsOf } from '../fuzz/params.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { call, operator } from './support.ts'

/** Answered only when a run ends, somebody decides, or a time they name is over. */
const waiting = new Set(['agent', 'agent.wait', 'exec.approval.request', 'exec.approval.waitDecision', 'chat.send'])

/** What is too deep, or has a key `__proto__`, is no JSON to the gateway, and not answered (`server/gateway/peer`). */
function isRead(params: unknown): boolean {
  return parseJson(JSON.stringify({ type: 'req', id: 'r', method: 'm', params })).ok
}

/** Every method, `count` times: each answers or refuses, none fails for a reason of its own, and the gateway stays well. */
export async function expectAnswers({ seed, count }: { seed: number; count: number }): Promise<void> {
  await using gateway = await startBuiltGateway()
  for (const method of methodList) {
    if (method.role !== 'operator') continue
    using client = await operator(gateway)
    const samples = fc.sample(paramsOf(method), { seed, numRuns: count })
    const answers = samples.filter(isRead).map((params) => client.request(method.name, params))
    const named = (cause: unknown) => Promise.reject(new Error(`${method.name}, seed ${seed}`, { cause }))
    if (!waiting.has(method.name)) await Promise.all(answers).catch(named)
    else for (const answer of answers) answer.catch(() => {}) // the connection ends before some are answered
    expect(await call(client, 'health'), `after ${method.name}, seed ${seed}`).toMatchObject({ ok: true })
  }
  const logs = join(gateway.stateDir, 'logs')
  const log = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'))
  expect(log.join('\n').match(/.*failed unexpectedly.*/g) ?? []).toEqual([])
}
