/** What the person's SSH is like for the gateways saved here: for the audit, which only looks. No key is opened. */

import { readFile, stat } from 'node:fs/promises'
import { Fault } from '../shared/fault.ts'
import type { SshHost } from '../tunnel/ssh/host.ts'
import { knownKeyTypes } from '../tunnel/ssh/known-hosts.ts'
import { readKnownHosts } from '../tunnel/ssh/known-hosts-file.ts'
import { type ResolveContext, resolveHost } from '../tunnel/ssh/resolve.ts'
import { hasNativePart } from '../tunnel/ssh/ssh2-inside.ts'
import type { SshWay } from '../tunnel/way.ts'
import { readProfiles } from './profile-store.ts'

export type SshHostLook = {
  /** The profile that goes there. */
  readonly profile: string
  /** As the person or the configuration names it. */
  readonly alias: string
  readonly strictHostKeyChecking: SshHost['strictHostKeyChecking']
  /** Whether any key of this host is known. */
  readonly isKnown: boolean
  /** Where keys of hosts are looked for; `/dev/null` and the like keep none. */
  readonly knownHostsFiles: readonly string[]
  readonly forwardAgent: boolean
  readonly engine: 'ssh2' | 'system'
}

export type SshKeyLook = {
  readonly path: string
  readonly mode: number | undefined
  readonly isEncrypted: boolean
}

export type SshLook = {
  readonly hosts: readonly SshHostLook[]
  readonly keys: readonly SshKeyLook[]
  /** Why the saved gateways are not known, and what to do about it. */
  readonly problem?: { readonly message: string; readonly remedy: string } | undefined
  /** Whether ssh2 has its native part. */
  readonly hasNativePart: boolean
}

/** Undefined where no saved gateway is reached through SSH. Hosts whose configuration cannot be read are left out: connecting says why. */
export async function lookAtSsh(profilesPath: string, context: ResolveContext): Promise<SshLook | undefined> {
  const book = await readProfiles(profilesPath).catch((error: unknown) => {
    if (error instanceof Fault) return error
    throw error
  })
  if (book instanceof Fault) {
    const { message, remedy = '' } = book
    return { hosts: [], keys: [], hasNativePart: hasNativePart(), problem: { message, remedy } }
  }
  const { profiles } = book
  const ways = profiles.flatMap(({ name, ways }) =>
    ways.flatMap((way) => (way.kind === 'ssh' ? [{ profile: name, way }] : [])),
  )
  if (ways.length === 0) return undefined
  const resolved = await Promise.all(ways.map((each) => lookAt(each, context)))
  const found = resolved.filter((look) => look !== undefined)
  const paths = new Set(found.flatMap(({ host }) => host.identityFiles))
  const keys = await Promise.all([...paths].map(lookAtKey))
  return {
    hosts: found.map(({ look }) => look),
    keys: keys.filter((key) => key !== undefined),
    hasNativePart: hasNativePart(),
  }
}

async function lookAt(
  { profile, way }: { profile: string; way: SshWay },
  context: ResolveContext,
): Promise<{ host: SshHost; look: SshHostLook } | undefined> {
  try {
    const host = await resolveHost(way, context)
    const { alias, strictHostKeyChecking, knownHostsFiles, forwardAgent } = host
    const isKnown = knownKeyTypes(await readKnownHosts(host), host).length > 0
    const engine = way.engine === 'system' ? 'system' : 'ssh2'
    const files = knownHostsFiles.user
    return {
      host,
      look: { profile, alias, strictHostKeyChecking, isKnown, knownHostsFiles: files, forwardAgent, engine },
    }
  } catch (error) {
    if (context.signal.aborted) throw error
    return undefined
  }
}

/** Undefined for what is not there or holds only the public half. */
async function lookAtKey(path: string): Promise<SshKeyLook | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  if (!text.includes('PRIVATE KEY-----')) return undefined
  const { mode } = await stat(path)
  return { path, mode: process.platform === 'win32' ? undefined : mode & 0o777, isEncrypted: isEncrypted(text) }
}

/** PEM says so in words; OpenSSH's own format names the cipher first (its `PROTOCOL.key`). */
function isEncrypted(text: string): boolean {
  const [, encoded] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+)-----END/.exec(text) ?? []
  if (encoded === undefined) return /ENCRYPTED/.test(text)
  const data = Buffer.from(encoded, 'base64')
  const at = 'openssh-key-v1\0'.length
  return data.length >= at + 8 && data.toString('latin1', at + 4, at + 8) !== 'none'
}
