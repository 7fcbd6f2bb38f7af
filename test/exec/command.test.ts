import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Command, type CommandRequest, Permit, prepareCommand } from '../../src/exec/command.ts'

let workspace: string
beforeAll(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'clawdbot-command-')))
})
afterAll(() => rm(workspace, { recursive: true }))

async function prepare(request: CommandRequest, sessionKey = 'agent:main:main'): Promise<Command> {
  const prepared = await prepareCommand(request, { workspace, sessionKey, env: { PATH: '/usr/bin:/bin' } })
  if (prepared.kind === 'impossible') throw new Error(prepared.reason)
  return prepared.command
}

test('EX1: a permit is good once, in time, and for exactly the words, folder and session it was given for', async () => {
  const command = await prepare({ command: 'ls' })
  const cases: [string, Command, number, string][] = [
    ['the same', await prepare({ command: 'ls' }), 100, 'valid'],
    ['a trailing blank', await prepare({ command: 'ls ' }), 0, 'changed'],
    ['another word', await prepare({ command: 'ls -a' }), 0, 'changed'],
    ['the same words as a vector', await prepare({ argv: ['ls', ''] }), 0, 'changed'],
    ['another folder', await prepare({ command: 'ls', cwd: '/' }), 0, 'changed'],
    ['another session', await prepare({ command: 'ls' }, 'agent:main:other'), 0, 'changed'],
    ['too late', command, 101, 'expired'],
  ]
  for (const [name, later, now, expected] of cases) {
    expect([name, new Permit(command, 100).redeem(later, now)]).toEqual([name, expected])
  }
  const permit = new Permit(command, 100)
  expect([permit.redeem(command, 0), permit.redeem(command, 0)]).toEqual(['valid', 'used'])
})

test('EX1: a permit that met a changed command is used up', async () => {
  const command = await prepare({ command: 'ls' })
  const permit = new Permit(command, 100)
  permit.redeem(await prepare({ command: 'ls -a' }), 0)
  expect(permit.redeem(command, 0)).toBe('used')
})

test('the current folder and relative parts of the search path never decide which program runs', async () => {
  await writeFile(join(workspace, 'ls'), '#!/bin/sh\n', { mode: 0o700 })
  const context = { workspace, sessionKey: 's', env: { PATH: `:.:${'relative'}:/usr/bin:/bin` } }
  const prepared = await prepareCommand({ command: 'ls' }, context)
  expect(prepared).toMatchObject({ kind: 'ready', command: { program: { path: await realpath('/bin/ls') } } })
})

test.each([
  [{ command: '   ' }, 'The command is empty.'],
  [{ command: 'ls', cwd: 'not-there' }, 'There is no folder not-there.'],
  [{ argv: ['./not-there'] }, 'There is no program ./not-there on this machine.'],
  [{ command: '/etc/passwd' }, 'There is no program /etc/passwd on this machine.'],
])('%j is impossible, in a sentence', async (request, reason) => {
  expect(await prepareCommand(request, { workspace, sessionKey: 's', env: { PATH: '/bin' } })).toEqual({
    kind: 'impossible',
    reason,
  })
})
