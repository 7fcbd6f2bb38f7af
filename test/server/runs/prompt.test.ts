import { expect, test } from 'vitest'
import { aiSdkProvider } from '../../../src/server/providers/ai-sdk/provider.ts'
import type { ToolSpec } from '../../../src/server/providers/provider.ts'
import { type PromptFacts, systemPrompt } from '../../../src/server/runs/prompt.ts'
import { execTool } from '../../../src/server/tools/exec/exec-tool.ts'
import { toolSpec } from '../../../src/server/tools/tool.ts'
import type { Message } from '../../../src/shared/model/message.ts'
import { ask, collect } from '../../contract/provider.ts'
import { fixture, vendorServer } from '../../support/vendor-server.ts'
import { serviceAt, vendors } from '../providers/ai-sdk/vendors.ts'

const facts: PromptFacts = {
  host: 'vps-1',
  platform: 'linux',
  workspace: '/home/me/clawd',
  tools: ['exec', 'read', 'write', 'edit', 'list'],
  execPolicy: 'ask',
  day: '2026-01-27',
}

test('it says where commands run, and that this need not be the machine of the owner', () => {
  const prompt = systemPrompt(facts)
  expect(prompt).toContain('gateway host "vps-1"')
  expect(prompt).toContain('/home/me/clawd')
  expect(prompt).toContain('need not be the machine the owner sits at')
})

test('another day changes nothing but the end', () => {
  const [today, tomorrow] = [systemPrompt(facts), systemPrompt({ ...facts, day: '2026-01-28' })]
  expect(today.endsWith('Today is 2026-01-27.')).toBe(true)
  expect(tomorrow.startsWith(today.slice(0, -'2026-01-27.'.length))).toBe(true)
})

test('tools that a session does not have are not spoken of', () => {
  expect(systemPrompt({ ...facts, tools: ['read'] })).not.toContain('exec')
  expect(systemPrompt({ ...facts, tools: [] })).toContain('only answer in words')
})

/** Only the description is taken; nothing of what would run it is there. */
const execSpec = toolSpec(execTool(Object.create(null)))

test.each(vendors)('a trivial turn over $api is at most 6 KB, tools and all', async (vendor) => {
  const body = await fixture(`${vendor.api}/answer.sse`)
  await using server = await vendorServer(() => ({ body }))
  // Five tools, each as long as `exec`, which is the longest.
  const tools = facts.tools.map((name): ToolSpec => ({ ...execSpec, name }))
  const request = { ...ask('test-model', 'hello'), system: systemPrompt(facts), tools }
  await collect(aiSdkProvider(serviceAt(vendor, server.url)).stream(request, new AbortController().signal))
  expect(JSON.stringify(server.requests[0]?.body).length).toBeLessThanOrEqual(6 * 1024)
})

test.each(vendors)('the next turn over $api begins with the bytes of the one before', async (vendor) => {
  const body = await fixture(`${vendor.api}/answer.sse`)
  await using server = await vendorServer(() => ({ body }))
  const provider = aiSdkProvider(serviceAt(vendor, server.url))
  const first = { ...ask('test-model', 'hello'), system: systemPrompt(facts) }
  const answer: Message = { role: 'assistant', content: [{ type: 'text', text: 'Hi' }], timestamp: 0 }
  const second = { ...first, messages: [...first.messages, answer, ...ask('', 'and now?').messages] }
  for (const request of [first, second]) await collect(provider.stream(request, new AbortController().signal))
  const [before, after] = server.requests.map((request) => JSON.stringify(withoutMarks(request.body)))
  const ofMessages = (json: string | undefined) => json?.slice(0, json.indexOf('hello') + 'hello'.length)
  expect(ofMessages(after)).toBe(ofMessages(before))
})

/** Cache marks move with the end of the conversation and are no part of what is cached. */
function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'cache_control')
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutMarks(inner)]))
}
