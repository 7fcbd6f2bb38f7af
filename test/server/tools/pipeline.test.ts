import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createToolbox } from '../../../src/server/tools/pipeline.ts'
import { defineTool, type Tool, textOutcome } from '../../../src/server/tools/tool.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { openTestTools, textOf } from '../../support/tools.ts'

function toolboxOf(run: Tool['run'], refusal: (tool: Tool) => string | undefined = () => undefined) {
  const bugs: unknown[] = []
  const tool = defineTool({ name: 'echo', description: 'd', params: z.object({ text: z.string() }), risk: 'read', run })
  return { bugs, toolbox: createToolbox({ tools: [tool], refusal, onBug: (error) => bugs.push(error) }) }
}

async function contextOf() {
  await using tools = await openTestTools()
  return tools.context()
}

test('EX9: wrong names and wrong arguments are told to the model in a sentence', async () => {
  const { toolbox } = toolboxOf(async () => textOutcome('ran', {}))
  const run = async (name: string, args: Record<string, unknown>) =>
    textOf(await toolbox.run({ id: '1', name, arguments: args }, await contextOf()))
  expect(await run('ecko', {})).toBe('There is no tool "ecko"; did you mean echo? Tools: echo.')
  expect(await run('echo', {})).toMatch(/^Wrong arguments for echo: text: .*expected string/)
  expect(await run('echo', { text: 'x' })).toBe('ran')
})

test('EX9: nothing that a tool throws gets past the pipeline, and only bugs are reported as bugs', async () => {
  const thrown: [unknown, string, number][] = [
    [new Fault('tool.failed', 'It broke.', { remedy: 'Mend it.' }), 'It broke. Mend it.', 0],
    [new TypeError('x is undefined'), 'The tool echo failed: x is undefined', 1],
    ['a string', 'The tool echo failed: a string', 1],
  ]
  for (const [error, text, bugCount] of thrown) {
    const { toolbox, bugs } = toolboxOf(async () => {
      throw error
    })
    const outcome = await toolbox.run({ id: '1', name: 'echo', arguments: { text: '' } }, await contextOf())
    expect([textOf(outcome), outcome.isError, bugs.length]).toEqual([text, true, bugCount])
  }
})

test('EX9: a refused tool is refused before its arguments are looked at, for every session and agent alike', async () => {
  let runs = 0
  const { toolbox } = toolboxOf(
    async () => textOutcome(`ran ${++runs}`, {}),
    (tool) => `${tool.name} is not allowed here.`,
  )
  const context = await contextOf()
  for (const sessionKey of [
    'agent:main:main',
    'agent:main:http:x',
    'agent:main:cron:x',
    'agent:sub:telegram:1',
    'global',
  ]) {
    for (const args of [{}, { text: 'x' }]) {
      const outcome = await toolbox.run({ id: '1', name: 'echo', arguments: args }, { ...context, sessionKey })
      expect(outcome).toMatchObject({ isError: true, details: { status: 'denied' } })
    }
  }
  expect(runs).toBe(0)
})

test('EX9: only the pipeline runs tools, so there is no second way round the policy', () => {
  const root = new URL('../../../src/server/', import.meta.url).pathname
  const callers = globSync('**/*.ts', { cwd: root }).filter((path) =>
    /\btool\.run\(/.test(readFileSync(root + path, 'utf8')),
  )
  expect(callers).toEqual(['tools/pipeline.ts'])
})

test('EX8: the agent has these tools and no other: none changes configuration, approvals, policy or pairing', async () => {
  await using tools = await openTestTools()
  expect(tools.toolbox.specs.map(({ name }) => name)).toEqual([
    'exec',
    'read',
    'write',
    'edit',
    'list',
    'node_list',
    'node_run',
    'node_camera',
    'send_file',
  ])
  for (const name of ['config.patch', 'config.set', 'exec.approval.resolve', 'gateway', 'device.pair.approve']) {
    const outcome = await tools.toolbox.run({ id: '1', name, arguments: {} }, tools.context())
    expect(textOf(outcome)).toMatch(/^There is no tool/)
  }
})

test('what the tools cost every turn stays small', async () => {
  await using tools = await openTestTools()
  // One is told only where a chat service is set up.
  const specs = tools.toolbox.specs.filter(({ name }) => name !== 'send_file')
  expect(JSON.stringify(specs).length).toBeLessThan(3000)
})
