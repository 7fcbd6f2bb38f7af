/** Writes a `Host` block into `~/.ssh/config`, and sees to it that it means there what it says. */

import { chmod, mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { lockFile } from '../file-lock.ts'
import type { TunnelContext } from '../tunnel.ts'
import type { SshHost } from './host.ts'
import { addHostBlock, type HostBlock, hasHost } from './host-block.ts'
import { resolveHost } from './resolve.ts'

/** `added`, or `there` when the alias means this already. Rejects with `ssh.config` when it means something else. */
export async function writeHostBlock(block: HostBlock, context: TunnelContext): Promise<'added' | 'there'> {
  const link = join(context.home, '.ssh', 'config')
  await mkdir(dirname(link), { recursive: true, mode: 0o700 })
  const path = await realpath(link).catch(() => link) // a link of somebody's dotfiles stays one
  await using _lock = await lockFile(`${path}.lock`, context.clock, context.signal)
  const before = await readFile(path, 'utf8').catch(orNothing)
  if (hasHost(before ?? '', block.alias) || (await isNamedElsewhere(block, context))) {
    if (means(await resolveHost({ host: block.alias }, context), block)) return 'there'
    throw taken(block.alias, link)
  }
  await replace(path, addHostBlock(before ?? '', block))
  if (means(await resolveHost({ host: block.alias }, context), block)) return 'added'
  if (before === undefined) await rm(path)
  else await replace(path, before)
  throw new Fault('ssh.config', `A "Host ${block.alias}" in ${link} would not mean what it says`, {
    remedy: 'Some setting of the system goes before it. Leave --host-block out: the profile needs none.',
  })
}

/** An included file may say where the alias leads. */
async function isNamedElsewhere({ alias }: HostBlock, context: TunnelContext): Promise<boolean> {
  return (await resolveHost({ host: alias }, context)).hostName !== alias.toLowerCase()
}

function means(host: SshHost, { hostName, user, port }: HostBlock): boolean {
  return host.hostName === hostName.toLowerCase() && host.user === user && host.port === port
}

function taken(alias: string, path: string): Fault {
  return new Fault('ssh.config', `${alias} means another host in ${path} already`, {
    remedy: 'Choose another name with --host-block, or correct it there.',
  })
}

async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`
  try {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(text)
    await file.sync()
    await rename(draft, path)
    await chmod(path, 0o600)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

function orNothing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}
