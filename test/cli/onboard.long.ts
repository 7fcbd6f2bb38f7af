import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { clawdbot } from './world.ts'

test('in the background: the gateway runs as it was set up, and answers the first message without asking again', async () => {
  await using home = await Home.make()
  const env = {
    ...{
      PATH: process.env.PATH,
      HOME: home.dir,
      CLAWDBOT_STATE_DIR: home.paths.stateDir,
      PW: 'correct horse battery staple mauve',
    },
    ...{ CLAWDBOT_GATEWAY_PORT: String(await freePort()), ...compiledOnce },
  }
  const serverProgram = built('clawdbot-server')
  const flags = '--auth password --password-env PW --run background --message Hi'.split(' ')
  const { code, out, err } = await clawdbot(home, ['onboard', '--non-interactive', ...flags], { env, serverProgram })
  expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('password') })
  expect(out).toMatch(/configured: builtin\n✅ Running on port \d+[\s\S]*💬 Hi\n[\s\S]*\w/)
  expect((await clawdbot(home, ['gateway', 'status'], { env })).out).toMatch(/Auth mode: +password/)
  expect((await clawdbot(home, ['gateway', 'stop'], { env, serverProgram })).code).toBe(0)
  expect(await readFile(join(home.paths.stateDir, 'logs', 'gateway-background.log'), 'utf8')).toContain(
    'Auth mode: password',
  )
})
