import { expect, test } from 'vitest'
import { forwardText, parseForward, targetText } from '../../../src/client/forward/spec.ts'

test.each([
  ['8080:127.0.0.1:80', 8080, '127.0.0.1:80'],
  ['5432:db.internal:5432', 5432, 'db.internal:5432'],
  ['9000:[::1]:9000', 9000, '[::1]:9000'],
  ['9001:/run/app.sock', 9001, '/run/app.sock'],
])('%s leads from port %i to %s, and is written as it was read', (text, port, target) => {
  const spec = parseForward(text)
  expect(spec.port).toBe(port)
  expect(targetText(spec.to)).toBe(target)
  expect(forwardText(spec)).toBe(text)
})

test.each([
  ['8080', 'no place'],
  ['8080:80', 'no host'],
  ['0:a:80', 'port 0'],
  ['70000:a:80', 'no such port'],
  ['8080:a:70000', 'no such port there'],
  ['8080:-oProxyCommand=x:80', 'an option'],
  ['8080:a b:80', 'two words'],
  ['8080:a\n:80', 'two lines'],
  ['8080:$(id):80', 'a command'],
  ['0.0.0.0:8080:a:80', 'an address beyond loopback'],
  ['8080:/run/a\0b', 'a NUL'],
  ['', 'nothing'],
])('%j is none: %s', (text) => {
  expect(() => parseForward(text)).toThrow(/is no forward/)
})
