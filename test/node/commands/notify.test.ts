import { expect, test } from 'vitest'
import { notify } from '../../../src/node/commands/notify.ts'
import type { InvokeContext, Machine } from '../../../src/node/node-command.ts'

/** Stands in for a desktop, which no test machine has: keeps what it was asked to show. */
function desktop(more: Partial<Machine> = {}) {
  const asked: (readonly string[])[] = []
  const machine: Machine = {
    ...{ platform: 'linux', env: { DISPLAY: ':0' }, home: '/home/ada', names: async () => [] },
    find: async (program) => `/usr/bin/${program}`,
    ask: async (program, words) => {
      asked.push([program, ...words])
      return { code: 0, stdout: '', stderr: '' }
    },
    ...more,
  }
  return { machine, asked, context: { machine } as InvokeContext }
}

test('words travel as words, whatever they look like', async () => {
  const linux = desktop()
  expect(await notify.run({ title: '--help', body: '$(id)' }, linux.context)).toEqual({ ok: true })
  expect(linux.asked).toEqual([['notify-send', '--app-name=Clawdbot', '--', '--help', '$(id)']])
  const mac = desktop({ platform: 'darwin' })
  await notify.run({ title: 'a" & "b', body: 'c' }, mac.context)
  expect(mac.asked[0]?.slice(-2)).toEqual(['a" & "b', 'c'])
  await expect(notify.run({ title: '', body: ' ' }, mac.context)).rejects.toThrow('give a title or a body')
})

test('what cannot be shown is said', async () => {
  const dead = desktop({ ask: async () => ({ code: 1, stdout: '', stderr: 'no server\nmore' }) })
  await expect(notify.run({ body: 'x' }, dead.context)).rejects.toThrow('it could not be shown: no server')
})

test.each([
  [desktop(), { kind: 'able' }],
  [desktop({ env: {} }), { kind: 'unable', why: 'there is no desktop session' }],
  [desktop({ env: {}, platform: 'darwin' }), { kind: 'able', detail: '/usr/bin/osascript' }],
  [desktop({ find: async () => undefined }), { kind: 'unable', why: 'there is no notify-send' }],
])('it is offered where it works: %#', async ({ machine }, expected) => {
  expect(await notify.look(machine)).toMatchObject(expected)
})
