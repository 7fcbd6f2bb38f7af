/** The gateway's certificate: the person's own, or one made once and kept, so that its fingerprint can be pinned. */

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorText, Fault } from '../../shared/fault.ts'
import type { Config } from '../config/schema.ts'
import { expandHome } from '../storage/paths.ts'
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from '../storage/private-files.ts'
import { type CertificateText, makeCertificate } from './self-signed.ts'

export type Certificate = CertificateText & {
  /** SHA-256 as people compare it: pairs of digits and colons. */
  readonly fingerprint: string
  readonly isOwn: boolean
}

export type CertificateFacts = {
  readonly settings: Config['gateway']['tls']
  /** Where one that is made here is kept. */
  readonly folder: string
  readonly home: string
  readonly names: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Undefined when TLS is off. Throws `config.invalid` or `path.outside` for what cannot be used. */
export function loadCertificate(facts: CertificateFacts): Certificate | undefined {
  const { enabled, certPath, keyPath } = facts.settings
  if (!enabled) return undefined
  if (certPath !== undefined && keyPath !== undefined) {
    const [cert, key] = [expandHome(certPath, facts.home), expandHome(keyPath, facts.home)]
    return check({ cert: readCertificate(cert), key: readKey(key) }, cert, facts.now, false)
  }
  return kept(facts)
}

/** Made anew only when there is none, or its time is over: everybody who pinned the old one has to compare again. */
function kept({ folder, names, now }: CertificateFacts): Certificate {
  ensurePrivateFolder(folder)
  const [certPath, keyPath] = [join(folder, 'gateway-cert.pem'), join(folder, 'gateway-key.pem')]
  const [cert, key] = [readPrivateFile(certPath), readPrivateFile(keyPath)]
  if (cert !== undefined && key !== undefined && !isOver(cert, now)) return check({ cert, key }, certPath, now, true)
  const made = makeCertificate(names, now)
  writePrivateFile(keyPath, made.key)
  writePrivateFile(certPath, made.cert)
  return check(made, certPath, now, true)
}

function isOver(cert: string, now: number): boolean {
  try {
    return Date.parse(new X509Certificate(cert).validTo) <= now
  } catch {
    return false // not for us to replace: `check` says what is the matter
  }
}

function check(text: CertificateText, path: string, now: number, isOwn: boolean): Certificate {
  const parsed = attempt(path, 'is no certificate in PEM', () => new X509Certificate(text.cert))
  const key = attempt(path, 'has a key that cannot be read', () => createPrivateKey(text.key))
  if (!parsed.checkPrivateKey(key)) throw unusable(path, 'does not belong to its key')
  if (Date.parse(parsed.validTo) <= now) throw unusable(path, `was valid until ${parsed.validTo} only`)
  return { ...text, fingerprint: parsed.fingerprint256, isOwn }
}

function readCertificate(path: string): string {
  return attempt(path, 'cannot be read', () => readFileSync(path, 'utf8'))
}

function readKey(path: string): string {
  const text = readPrivateFile(path)
  if (text === undefined) throw unusable(path, 'is not there')
  return text
}

function attempt<T>(path: string, problem: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unusable(path, `${problem} (${errorText(error)})`)
  }
}

function unusable(path: string, problem: string): Fault {
  return new Fault('config.invalid', `gateway.tls: ${path} ${problem}`, {
    remedy: 'Give gateway.tls.certPath and keyPath of one pair in PEM, or neither: then the gateway makes one.',
  })
}
