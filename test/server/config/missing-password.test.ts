import { expect, test } from 'vitest'
import { checkPasswordThere } from '../../../src/server/config/missing-password.ts'
import { configSchema } from '../../../src/server/config/schema.ts'

const check = (auth: object, flags = {}, env = {}) =>
  checkPasswordThere({ config: configSchema.parse({ gateway: { auth } }), env }, flags)

test.each([
  ['by the settings', { mode: 'password' }, {}, 'gateway.auth.mode is', 'clawdbot config set gateway.auth.mode token'],
  ['and a placeholder is there', { mode: 'password', password: 'changeme' }, {}, 'gateway.auth.mode is', 'mode token'],
  [
    'by a flag, and a token is set',
    { token: 'a-token' },
    { auth: 'password' },
    '--auth is',
    'leave out --auth password',
  ],
])(
  'AU14: where a password is wanted %s, none is a fault that says how to set one',
  (_, auth, flags, what, otherwise) => {
    expect(() => check(auth, flags)).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        message: `${what} "password", but no password is set`,
        remedy: expect.stringMatching(new RegExp(`^Run: clawdbot password set\\..*${otherwise}$`)),
      }),
    )
  },
)

test('where one is there, or a token is asked for, nothing is wrong', () => {
  check({ mode: 'password', password: 'hunter2' })
  check({ mode: 'password' }, {}, { CLAWDBOT_GATEWAY_PASSWORD: 'hunter2' })
  check({ mode: 'password' }, { password: 'hunter2' })
  check({ mode: 'password' }, { auth: 'token' })
  check({})
})
