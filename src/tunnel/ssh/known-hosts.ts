/** known_hosts: what its lines say about a host's key, as OpenSSH's `hostfile.c` reads them. Pure. */

import { createHmac } from 'node:crypto'
import type { SshHost } from './host.ts'
import { isWholeKey, keyTypeOf, signaturesOf } from './host-key.ts'
import { matchesHostList } from './patterns.ts'

export type KnownHostsLine = {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly marker: 'revoked' | 'cert-authority' | undefined
  /** Patterns joined by commas, or one hashed name. */
  readonly names: string
  readonly keyType: string
  readonly key: Buffer
}

/** What a host is called in known_hosts depends on these. */
export type HostName = Pick<SshHost, 'hostName' | 'port' | 'hostKeyAlias'>

type Place = { readonly file: string; readonly line: number }

export type HostKeyVerdict =
  | ({ readonly kind: 'known' } & Place)
  | { readonly kind: 'unknown' }
  /** The host is known by other keys only; `others` are all of them, the place is that of the one most like it. */
  | ({ readonly kind: 'changed'; readonly others: readonly KnownHostsLine[] } & Place)
  | ({ readonly kind: 'revoked' } & Place)
  /** Keys of this host are vouched for by an authority (`@cert-authority`), which only OpenSSH can check. */
  | ({ readonly kind: 'ca' } & Place)

/** Lines that are no entries (comments, damaged or unknown keys) are left out, as OpenSSH passes over them. */
export function parseKnownHosts(text: string, file: string): KnownHostsLine[] {
  const lines: KnownHostsLine[] = []
  for (const [index, source] of text.split('\n').entries()) {
    const entry = parseLine(source)
    if (entry) lines.push({ file, line: index + 1, ...entry })
  }
  return lines
}

function parseLine(source: string): Omit<KnownHostsLine, 'file' | 'line'> | undefined {
  const [, markers = '', names = '', keyType = '', encoded = ''] =
    /^[ \t]*((?:@[^ ]*[ \t]+)?)([^# \t@][^ \t]*)[ \t]+([^# \t]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t\r]|$)/.exec(
      source,
    ) ?? []
  if (encoded === '') return undefined
  const word = markers.trim()
  const marker = word === '@revoked' ? 'revoked' : word === '@cert-authority' ? 'cert-authority' : undefined
  if (word !== '' && marker === undefined) return undefined
  const key = Buffer.from(encoded, 'base64')
  if (encoded.length % 4 !== 0) return undefined
  return isWholeKey(key, keyType) ? { marker, names, keyType, key } : undefined
}

/** `vps.example`, or `[vps.example]:2222` for another port than 22; an alias stands as it is. */
export function knownHostName({ hostName, port, hostKeyAlias }: HostName): string {
  if (hostKeyAlias !== undefined) return hostKeyAlias.toLowerCase()
  return port === 22 ? hostName.toLowerCase() : `[${hostName.toLowerCase()}]:${port}`
}

/**
 * A key is known when a line of the host has it. Any other key of the host, of whatever type, makes it a changed one: ask
 * for known types first (`orderByKnown`). A host on another port may be known by its bare name.
 */
export function verifyHostKey(lines: readonly KnownHostsLine[], host: HostName, key: Buffer): HostKeyVerdict {
  const named = linesOf(lines, knownHostName(host))
  const bare = host.hostKeyAlias === undefined && host.port !== 22 ? linesOf(lines, host.hostName.toLowerCase()) : []
  const revoked = [...named, ...bare].find((entry) => entry.marker === 'revoked' && entry.key.equals(key))
  if (revoked) return { kind: 'revoked', ...placeOf(revoked) }
  const plain = named.filter(isPlain)
  const known = plain.find((entry) => entry.key.equals(key))
  if (known) return { kind: 'known', ...placeOf(known) }
  if (plain.length > 0) return { kind: 'changed', others: plain, ...placeOf(mostAlike(plain, key)) }
  const authority = named.find((entry) => entry.marker === 'cert-authority')
  if (authority) return { kind: 'ca', ...placeOf(authority) }
  const knownBare = bare.find((entry) => isPlain(entry) && entry.key.equals(key))
  return knownBare ? { kind: 'known', ...placeOf(knownBare) } : { kind: 'unknown' }
}

/** An authority vouches for this host's keys. */
export function hasAuthority(lines: readonly KnownHostsLine[], host: HostName): boolean {
  return linesOf(lines, knownHostName(host)).some((entry) => entry.marker === 'cert-authority')
}

/** Algorithms for host keys, those first by which the host is known (TU4); the order is kept otherwise. */
export function orderByKnown(
  algorithms: readonly string[],
  lines: readonly KnownHostsLine[],
  host: HostName,
): string[] {
  const known = new Set(knownKeyTypes(lines, host).flatMap(signaturesOf))
  return [...algorithms.filter((name) => known.has(name)), ...algorithms.filter((name) => !known.has(name))]
}

/** Types of the keys a host is known by. */
export function knownKeyTypes(lines: readonly KnownHostsLine[], host: HostName): string[] {
  const named = linesOf(lines, knownHostName(host)).filter(isPlain)
  const isBare = named.length === 0 && host.hostKeyAlias === undefined
  const found = isBare ? linesOf(lines, host.hostName.toLowerCase()).filter(isPlain) : named
  return [...new Set(found.map(({ keyType }) => keyType))]
}

/** Lines whose names mean this host, in the order of the files. */
export function linesOf(lines: readonly KnownHostsLine[], name: string): KnownHostsLine[] {
  return lines.filter(({ names }) => (names.startsWith('|') ? isHashOf(names, name) : matchesHostList(name, names)))
}

function isHashOf(hashed: string, name: string): boolean {
  const [, encoded = ''] = /^\|1\|([^|]+)\|/.exec(hashed) ?? []
  const salt = Buffer.from(encoded, 'base64')
  return salt.length === saltBytes && hashName(name, salt) === hashed
}

const saltBytes = 20

/** A name as `HashKnownHosts` writes it: `|1|salt|HMAC-SHA1`. */
export function hashName(name: string, salt: Buffer): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

function isPlain({ marker }: KnownHostsLine): boolean {
  return marker === undefined
}

function mostAlike(lines: readonly KnownHostsLine[], key: Buffer): KnownHostsLine {
  const type = keyTypeOf(key)
  return lines.find(({ keyType }) => keyType === type) ?? (lines[0] as KnownHostsLine)
}

function placeOf({ file, line }: KnownHostsLine): Place {
  return { file, line }
}
