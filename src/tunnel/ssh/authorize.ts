/** Lets a key of this person in to a server, and proves that it is let in. */

import { Fault } from '../../shared/fault.ts'
import type { TunnelContext } from '../tunnel.ts'
import type { SshWay } from '../way.ts'
import { type Authorized, authorizeScript, readAuthorized } from './authorize-script.ts'
import { harmless, placeOf } from './faults.ts'
import type { SshHost } from './host.ts'
import { keyTypeOf } from './host-key.ts'
import { connectThrough } from './jump.ts'
import { fileKey } from './keys.ts'
import { keyComment } from './make-key.ts'
import { resolveHost } from './resolve.ts'
import { resolveRoute } from './route.ts'
import { copyIdCommand, sshCommand } from './typed.ts'

export type OwnKey = {
  readonly path: string
  /** Undefined where there is no such key yet. */
  readonly publicLine: string | undefined
}

/** The key a server is to let in: the named one, else the first there is, else one that is yet to be made. Throws `ssh.config`, `usage.invalid`. */
export async function ownKey(way: SshWay, context: TunnelContext): Promise<OwnKey> {
  const host = await resolveHost(way, context)
  const paths = way.identity === undefined ? host.identityFiles : host.identityFiles.slice(0, 1)
  for (const path of paths) {
    const file = await fileKey(path, context.prompts)
    if ('key' in file && !file.key.isPublicOnly) return { path, publicLine: lineOf(file.key.blob, context) }
    if ('problem' in file && file.problem !== undefined && way.identity !== undefined)
      throw unusable(path, file.problem)
  }
  const [named] = paths
  return {
    path: way.identity !== undefined && named ? named : `${context.home}/.ssh/id_ed25519`,
    publicLine: undefined,
  }
}

function lineOf(blob: Buffer, { env }: TunnelContext): string {
  return `${keyTypeOf(blob)} ${blob.toString('base64')} ${keyComment(env)}`
}

function unusable(path: string, problem: string): Fault {
  return new Fault('usage.invalid', `The key ${path} cannot be used: ${problem}`, {
    remedy: 'Name another one with --identity, or leave it out.',
  })
}

/**
 * Logs in by whatever means the server takes: this key, those it is usually reached with, the password. Then adds the
 * key. Rejects with a `Fault`.
 */
export async function authorizeKey(
  { identity: _, ...way }: SshWay,
  { path, publicLine }: { readonly path: string; readonly publicLine: string },
  wantsToken: boolean,
  context: TunnelContext,
): Promise<Authorized> {
  const { route, host } = await passable(way, path, context)
  const others = host.identityFiles.filter((file) => file !== path)
  const any: SshHost = { ...host, identityFiles: [path, ...others] }
  await using connection = await connectThrough([...route.slice(0, -1), any], context).catch((error: unknown) => {
    throw takesOnlyKeys(error) ? closedDoor(host, publicLine, error) : error
  })
  const { code, stdout, stderr } = await connection.run('sh', authorizeScript(publicLine, wantsToken), context.signal)
  const authorized = code === 0 ? readAuthorized(stdout) : undefined
  if (authorized) return authorized
  const said = harmless(stderr || stdout) || `exit code ${code ?? 'none'}`
  throw new Fault('ssh.unsupported', `${placeOf(host)} did not take the key (${said})`, {
    remedy: `Add this line to ~/.ssh/authorized_keys of ${host.user} there by hand: ${publicLine}`,
  })
}

/** None of ours was let in, and there is nothing else that the server would begin with. */
function takesOnlyKeys(error: unknown): boolean {
  if (!(error instanceof Fault) || error.code !== 'ssh.unauthorized') return false
  const methods = error.details?.methods
  return Array.isArray(methods) && methods.length === 1 && methods[0] === 'publickey'
}

function closedDoor(host: SshHost, publicLine: string, cause: unknown): Fault {
  return new Fault('ssh.unauthorized', `${placeOf(host)} lets in nobody without a key it knows already`, {
    remedy: `Have somebody who gets in add this line to ~/.ssh/authorized_keys of ${host.user} there, then run it again: ${publicLine}`,
    cause,
  })
}

/** Logs in with this key, which an agent may hold, and nothing else. Rejects with what the server says when it does not let it in. */
export async function proveKey(way: SshWay, path: string, context: TunnelContext): Promise<void> {
  const { route, host } = await passable(way, path, context)
  const only: SshHost = {
    ...host,
    ...{ identityFiles: [path], areIdentitiesNamed: true, identitiesOnly: true },
    ...{ pubkey: true, password: false, keyboardInteractive: false, preferredAuthentications: undefined },
  }
  try {
    await using _connection = await connectThrough([...route.slice(0, -1), only], context)
  } catch (error) {
    if (isHalfWay(error)) return
    if (!(error instanceof Fault) || error.code !== 'ssh.unauthorized') throw error
    throw new Fault('ssh.unauthorized', `${placeOf(host)} took the key into authorized_keys, but does not let it in`, {
      remedy: `See its log (journalctl -u ssh). Often others may write to the home folder there: ${sshCommand({ ...host.typed, identity: undefined }, ['chmod', 'go-w', '~'])}`,
      cause: error,
    })
  }
}

/** The key was accepted, and the server wants something else besides: it no longer lists keys among what it takes. */
function isHalfWay(error: unknown): boolean {
  if (!(error instanceof Fault) || error.code !== 'ssh.unauthorized') return false
  const methods = error.details?.methods
  return Array.isArray(methods) && methods.length > 0 && !methods.includes('publickey')
}

async function passable(
  way: SshWay,
  path: string,
  context: TunnelContext,
): Promise<{ route: readonly SshHost[]; host: SshHost }> {
  const route = await resolveRoute(way, context)
  const host = route.at(-1) as SshHost
  const command = route.find(({ proxyCommand }) => proxyCommand !== undefined)
  if (command === undefined) return { route, host }
  throw new Fault('ssh.unsupported', `${command.alias} is reached by a ProxyCommand, which setup does not run`, {
    remedy: `Install the key with: ${copyIdCommand({ ...host.typed, identity: path })}`,
  })
}
