import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { configSchema } from '../../../src/server/config/schema.ts'
import { loadCertificate } from '../../../src/server/tls/certificate.ts'
import { makeCertificate } from '../../../src/server/tls/self-signed.ts'

const now = Date.parse('2026-11-25T12:00:00Z')
const years = (count: number) => count * 366 * 86_400_000

function world() {
  const home = mkdtempSync(join(tmpdir(), 'certificate-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const load = (tls: object, at = now) => {
    const { gateway } = configSchema.parse({ gateway: { tls } })
    return loadCertificate({ settings: gateway.tls, folder: join(home, 'tls'), home, names: ['localhost'], now: at })
  }
  const keep = (name: string, text: string) => writeFileSync(join(home, name), text, { mode: 0o600 })
  return { home, load, keep }
}

test('off is none; on makes one, privately, and keeps it so that its fingerprint stays', () => {
  const { home, load } = world()
  expect(load({})).toBeUndefined()
  const made = load({ enabled: true })
  expect(made?.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  const modes = ['tls', 'tls/gateway-key.pem'].map((name) => statSync(join(home, name)).mode & 0o777)
  expect(modes).toEqual([0o700, 0o600])
  expect(load({ enabled: true })?.fingerprint).toBe(made?.fingerprint)
  expect(load({ enabled: true }, now + years(5))?.fingerprint).toBe(made?.fingerprint)
  expect(load({ enabled: true }, now + years(11))?.fingerprint).not.toBe(made?.fingerprint)
})

test('a pair of one’s own is taken as it is', () => {
  const { load, keep } = world()
  const { cert, key } = makeCertificate(['gw.example'], now)
  keep('cert.pem', cert)
  keep('key.pem', key)
  expect(load({ enabled: true, certPath: '~/cert.pem', keyPath: '~/key.pem' })).toMatchObject({
    cert,
    key,
    isOwn: false,
  })
})

test('what cannot be used is told with its file, and nothing secret of it', () => {
  const { home, load, keep } = world()
  const [one, other] = [makeCertificate(['a'], now), makeCertificate(['b'], now)]
  keep('cert.pem', one.cert)
  keep('key.pem', one.key)
  keep('other.pem', other.key)
  keep('nonsense.pem', 'hello')
  const own =
    (certPath: string, keyPath: string, at = now) =>
    () =>
      load({ enabled: true, certPath, keyPath }, at)
  const told = (sentence: string) => expect.objectContaining({ message: expect.stringContaining(sentence) })
  expect(own('~/cert.pem', '~/other.pem')).toThrow(told('does not belong to its key'))
  expect(own('~/nonsense.pem', '~/key.pem')).toThrow(told('nonsense.pem is no certificate in PEM'))
  expect(own('~/cert.pem', '~/nonsense.pem')).toThrow(told('has a key that cannot be read'))
  expect(own('~/nowhere.pem', '~/key.pem')).toThrow(told('nowhere.pem cannot be read'))
  expect(own('~/cert.pem', '~/nowhere.pem')).toThrow(told('nowhere.pem is not there'))
  expect(own('~/cert.pem', '~/key.pem', now + years(11))).toThrow(told('was valid until'))
  keep('tight.pem', one.key)
  chmodSync(home, 0o777)
  expect(own('~/cert.pem', '~/tight.pem')).toThrow(expect.objectContaining({ code: 'path.outside' }))
  const half = configSchema.safeParse({ gateway: { tls: { certPath: '~/cert.pem' } } })
  expect(half.error?.issues[0]?.path).toEqual(['gateway', 'tls', 'keyPath'])
})
