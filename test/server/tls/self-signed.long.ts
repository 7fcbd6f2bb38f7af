import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeCertificate } from '../../../src/server/tls/self-signed.ts'

const now = Date.parse('2026-11-25T12:00:00Z')
const names = ['localhost', 'laptop.tail1234.ts.net', '127.0.0.1', '::1', 'fd7a:115c:a1e0::101:102', '::ffff:10.0.0.1']

test('is what OpenSSL reads too, whatever the day; no two are alike', () => {
  const days = [now, Date.parse('2039-12-31T23:59:59Z'), Date.parse('2049-06-01T00:00:00Z')]
  const all = days.map((day) => makeCertificate(names, day))
  for (const { cert } of all) {
    const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: cert }).toString()
    expect(text).toContain('ecdsa-with-SHA256')
    expect(text).toContain('TLS Web Server Authentication')
    expect(text).toContain('IP Address:FD7A:115C:A1E0:0:0:0:101:102')
  }
  const parsed = all.map(({ cert }) => new X509Certificate(cert))
  expect(new Set(parsed.map(({ serialNumber }) => serialNumber)).size).toBe(days.length)
  expect(parsed.map(({ validTo }) => new Date(validTo).getUTCFullYear())).toEqual([2036, 2049, 2059])
})
