import { expect, test } from 'vitest'
import { checkExposure, checkFunnel } from '../../src/server/exposure.ts'
import { Secret } from '../../src/shared/std/secret.ts'

const token = (text: string) => ({ mode: 'token' as const, secret: new Secret(text) })
const strong = 'kettle orbit mango thimble'
const refused = expect.objectContaining({ code: 'gateway.bind-refused' })

test.each(['0.0.0.0', '100.100.1.2', '192.168.1.5', '127.0.0.1.example.com', 'localhost', '::', 'fe80::1'])(
  'TR2, AU14: on %s others may knock, so it takes a secret of 24 characters that is not guessed easily',
  (host) => {
    expect(() => checkExposure([host], undefined)).toThrow(refused)
    expect(() => checkExposure([host], token('x'.repeat(23)))).toThrow(refused)
    expect(() => checkExposure(['127.0.0.1', host], token('short'))).toThrow(refused)
    expect(() => checkExposure([host], token('a'.repeat(28)))).toThrow(refused)
    checkExposure([host], token(strong))
  },
)

test('AU14: on this machine alone a secret may be short', () => {
  checkExposure(['127.0.0.1', '::1'], token('short'))
  checkExposure(['127.0.0.1', '::1'], undefined)
})

test('AU14: the remedy is another secret of the kind that is asked for', () => {
  const remedy = (text: string) => expect.objectContaining({ remedy: expect.stringContaining(text) })
  const password = { mode: 'password' as const, secret: new Secret('hunter2') }
  expect(() => checkExposure(['0.0.0.0'], password)).toThrow(remedy('clawdbot password set (24 characters at least'))
  expect(() => checkExposure(['0.0.0.0'], password)).not.toThrow(remedy('gateway.auth.token'))
  expect(() => checkExposure(['0.0.0.0'], token('hunter2'))).toThrow(remedy('config set gateway.auth.token --stdin'))
})

test('AU14: the refusal does not repeat the secret', () => {
  expect(() => checkExposure(['0.0.0.0'], token('hunter2'))).not.toThrow(/hunter2/)
})

test('TS9: Funnel takes a password of 24 characters that is not guessed easily, and the refusal says exactly what to change', () => {
  const password = (text: string) => ({ mode: 'password' as const, secret: new Secret(text) })
  for (const shared of [
    undefined,
    token(strong),
    password('hunter2'),
    password('a'.repeat(28)),
    password('hunter2 '.repeat(4)),
  ]) {
    expect(() => checkFunnel('funnel', shared)).toThrow(
      expect.objectContaining({
        code: 'gateway.bind-refused',
        message: expect.not.stringContaining('hunter2'),
        remedy: expect.stringMatching(
          /24 characters at least.* gateway\.auth\.mode to "password" and gateway\.auth\.password/,
        ),
      }),
    )
  }
  checkFunnel('funnel', password(strong))
  checkFunnel('serve', token('short'))
  checkFunnel('off', undefined)
})
