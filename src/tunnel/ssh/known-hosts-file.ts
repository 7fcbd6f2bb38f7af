/** Reads the known_hosts files of a host, and adds a line to one: whole or not at all, whoever else writes meanwhile. */

import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorText } from '../../shared/fault.ts'
import { lockFile } from '../file-lock.ts'
import type { TunnelContext } from '../tunnel.ts'
import { configFault } from './config-fault.ts'
import type { SshHost } from './host.ts'
import { keyTypeOf } from './host-key.ts'
import {
  type HostName,
  hashName,
  type KnownHostsLine,
  knownHostName,
  parseKnownHosts,
  verifyHostKey,
} from './known-hosts.ts'

/** Missing files are empty; one that is there and may not be read throws `ssh.config`, as it may hold a revoked key. */
export async function readKnownHosts({ knownHostsFiles }: Pick<SshHost, 'knownHostsFiles'>): Promise<KnownHostsLine[]> {
  const files = [...knownHostsFiles.user, ...knownHostsFiles.global]
  const texts = await Promise.all(files.map(readText))
  return texts.flatMap((text, index) => parseKnownHosts(text, files[index] as string))
}

/**
 * Adds a host's key. One line is one write at the end of the file, so that nothing is lost that ssh itself adds at the
 * same time, and a link stays one; our own writers take turns. The file becomes private, as ssh makes it when it
 * rewrites it. Resolves with what kept the line from being written, as ssh goes on then too.
 */
export async function addKnownHost(
  path: string,
  host: HostName & Pick<SshHost, 'hashKnownHosts'>,
  key: Buffer,
  { clock, signal }: Pick<TunnelContext, 'clock' | 'signal'>,
): Promise<string | undefined> {
  if (await isDevice(path)) return undefined // /dev/null: nothing is to be remembered
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await using _lock = await lockFile(`${path}.lock`, clock, signal)
    await append(path, host, key)
    return undefined
  } catch (error) {
    if (signal.aborted) throw error
    return `The key could not be added to ${path} (${errorText(error)})`
  }
}

async function append(path: string, host: HostName & Pick<SshHost, 'hashKnownHosts'>, key: Buffer): Promise<void> {
  await using file = await open(path, 'a+', 0o600)
  const { size, uid } = await file.stat()
  const text = await file.readFile('utf8')
  if (verifyHostKey(parseKnownHosts(text, path), host, key).kind === 'known') return
  if (uid === process.getuid?.()) await file.chmod(0o600)
  const line = Buffer.from(`${text === '' || text.endsWith('\n') ? '' : '\n'}${lineFor(host, key)}\n`)
  await writeWhole(file, line, size)
}

/** A disk that fills up in the middle leaves the file as it was. */
async function writeWhole(file: FileHandle, line: Buffer, size: number): Promise<void> {
  try {
    const { bytesWritten } = await file.write(line)
    if (bytesWritten < line.length) throw new Error('the disk is full')
    await file.datasync()
  } catch (error) {
    await file.truncate(size)
    throw error
  }
}

function lineFor(host: HostName & Pick<SshHost, 'hashKnownHosts'>, key: Buffer): string {
  const name = knownHostName(host)
  const shown = host.hashKnownHosts ? hashName(name, randomBytes(20)) : name
  return `${shown} ${keyTypeOf(key)} ${key.toString('base64')}`
}

async function readText(path: string): Promise<string> {
  if (await isDevice(path)) return ''
  try {
    await using file = await open(path)
    return await file.readFile('utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return ''
    throw configFault(path, undefined, `it may not be read (${code})`, error)
  }
}

/** Something that is no file: reading it may never end, and writing to it keeps nothing. */
async function isDevice(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => !found.isFile(),
    () => false,
  )
}
