import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tellServiceManager } from '../../src/server/service-notice.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { until } from '../client/support.ts'
import { ManualClock } from '../support/clock.ts'

function noticing(env: Record<string, string>, hasFailed = false) {
  const sent: string[] = []
  const failures: unknown[] = []
  const clock = new ManualClock()
  const manager = tellServiceManager({
    ...{ env, clock, status: 'listening on ws://127.0.0.1:1' },
    onFailed: (error) => failures.push(error),
    send: async (assignments) => {
      sent.push(assignments.join(' '))
      if (hasFailed) throw new Error('no such socket')
    },
  })
  return { sent, failures, clock, manager }
}

const socket = { NOTIFY_SOCKET: '/run/systemd/notify' }
const ready = 'READY=1 WATCHDOG=1 STATUS=listening on ws://127.0.0.1:1'

test('it is ready at once, gives three signs of life in the time allowed, and says that it stops', () => {
  const { sent, clock, manager } = noticing({ ...socket, WATCHDOG_USEC: '90000000', WATCHDOG_PID: String(process.pid) })
  expect(sent).toEqual([ready])
  clock.advance(90_000)
  expect(sent).toEqual([ready, ready, ready, ready])
  manager.stopping()
  clock.advance(90_000)
  expect(sent.slice(4)).toEqual(['STOPPING=1'])
  expect(clock.waiting).toBe(0)
})

test('without a watchdog, or one for another process, it is ready and then silent; without a manager always', () => {
  for (const watchdog of [{}, { WATCHDOG_USEC: '3000000', WATCHDOG_PID: '1' }]) {
    const { sent, clock } = noticing({ ...socket, ...watchdog })
    clock.advance(90_000)
    expect(sent).toEqual([ready])
  }
  const alone = noticing({ WATCHDOG_USEC: '3000000' })
  alone.clock.advance(90_000)
  alone.manager.stopping()
  expect(alone.sent).toEqual([])
})

test('a manager that cannot be told is a warning, once', async () => {
  const { failures, clock, sent } = noticing({ ...socket, WATCHDOG_USEC: '3000000' }, true)
  clock.advance(9_000)
  await Promise.resolve()
  expect([sent.length, failures.length]).toEqual([10, 1])
})

test('systemd-notify is told, found where the service looks for programs, with nothing else in its environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'notice-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const said = join(folder, 'said')
  writeFileSync(
    join(folder, 'systemd-notify'),
    `#!/bin/sh\n{ echo "$@"; env; } > '${said}.new'\nmv '${said}.new' '${said}'\n`,
  )
  chmodSync(join(folder, 'systemd-notify'), 0o755)
  const env = { NOTIFY_SOCKET: '/x', PATH: `${folder}:/usr/bin:/bin`, OPENAI_API_KEY: 'hidden' }
  using _manager = tellServiceManager({ env, clock: systemClock, status: 'here', onFailed: () => {} })
  let text = ''
  await until(() => {
    try {
      text = readFileSync(said, 'utf8')
    } catch {}
    return text !== ''
  })
  expect(text).toMatch(/^READY=1 WATCHDOG=1 STATUS=here\n/)
  expect(text).toContain('NOTIFY_SOCKET=/x\n')
  expect(text).not.toContain('hidden')
})
