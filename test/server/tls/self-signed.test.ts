import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeCertificate } from '../../../src/server/tls/self-signed.ts'

const now = Date.parse('2026-11-25T12:00:00Z')
const names = ['localhost', 'laptop.tail1234.ts.net', '127.0.0.1', '::1', 'fd7a:115c:a1e0::101:102', '::ffff:10.0.0.1']

test('is what Node reads as its own: names, addresses, time, key, and a signature that holds', () => {
  const { cert, key } = makeCertificate([...names, 'localhost'], now)
  const parsed = new X509Certificate(cert)
  expect(parsed.checkHost('laptop.tail1234.ts.net')).toBe('laptop.tail1234.ts.net')
  expect(parsed.checkHost('desktop.tail1234.ts.net')).toBeUndefined()
  for (const address of ['127.0.0.1', '::1', 'fd7a:115c:a1e0::101:102']) expect(parsed.checkIP(address)).toBe(address)
  expect(parsed.subjectAltName?.match(/localhost/g)).toHaveLength(1)
  expect(parsed.ca).toBe(false)
  expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(parsed.verify(parsed.publicKey)).toBe(true)
  expect([Date.parse(parsed.validFrom), Date.parse(parsed.validTo)]).toEqual([
    now - 86_400_000,
    now + 3650 * 86_400_000,
  ])
})
