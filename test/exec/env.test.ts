import { expect, test } from 'vitest'
import { childEnvironment } from '../../src/exec/env.ts'
import { openTestTools, textOf } from '../support/tools.ts'
import { gateway, hostile } from './hostile-environment.ts'

const harmless = ['PATH', 'HOME', 'LANG', 'TERM', 'CLAWDBOT_RUN_ID']

test('EX5: a process is given exactly the listed names', async () => {
  await using tools = await openTestTools({ answer: () => 'allow-once', environment: gateway })
  const printed = textOf(await tools.run('exec', { argv: ['/usr/bin/env'] }))
  expect(
    printed
      .split('\n')
      .map((line) => line.split('=', 1)[0])
      .sort(),
  ).toEqual([...harmless].sort())
})

test('EX5: the owner can pass further variables on, but no loader, option or secret', () => {
  const child = childEnvironment({ ...gateway, DISPLAY: ':0' }, ['DISPLAY', ...Object.keys(hostile)])
  const passed = Object.keys(hostile).filter((name) => name in child)
  expect(child.DISPLAY).toBe(':0')
  expect(passed.sort()).toEqual(['HTTP_PROXY', 'SSH_AUTH_SOCK', 'XDG_CONFIG_HOME'])
})

test('relative and empty parts of the search path are left out', () => {
  expect(childEnvironment({ PATH: ':.:bin:/usr/bin::/bin:' }).PATH).toBe('/usr/bin:/bin')
  expect(childEnvironment({}).PATH).toContain('/usr/bin')
})
