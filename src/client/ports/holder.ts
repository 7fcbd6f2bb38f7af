/** Says who holds a port of this machine, as far as the system tells this account, and which one is free instead. */

import { readdir, readFile, readlink } from 'node:fs/promises'
import { Fault } from '../../shared/fault.ts'
import { isPortFree } from '../probe.ts'
import type { AskProgram } from '../system-programs.ts'
import { accountOf, type ListeningSocket, listenersIn, parseLsof, programName } from './listeners.ts'

export type PortHolder = {
  readonly pid: number | undefined
  readonly program: string | undefined
  /** Of another account; undefined when it is ours, or not told. */
  readonly account: string | undefined
}

/** Undefined when the system does not tell, which is no proof that nobody does. */
export async function portHolder(port: number, ask: AskProgram): Promise<PortHolder | undefined> {
  return process.platform === 'linux' ? await askProc(port) : await askLsof(port, ask)
}

/** `node clawdbot.js (process 4711)`, `a program of the account root`, `another program`. */
export function holderName(holder: PortHolder | undefined): string {
  if (holder?.program !== undefined && holder.pid !== undefined) {
    const owner = holder.account === undefined ? '' : ` of the account ${holder.account}`
    return `${holder.program} (process ${holder.pid})${owner}`
  }
  return holder?.account === undefined ? 'another program' : `a program of the account ${holder.account}`
}

/** How far to look for a free port. */
const portsTried = 50

/** The nearest free one above `port` that is not in `taken`. */
export async function nextFreePort(port: number, taken: readonly number[] = []): Promise<number | undefined> {
  for (let next = port + 1; next <= Math.min(port + portsTried, 65_535); next++) {
    if (!taken.includes(next) && (await isPortFree(next))) return next
  }
  return undefined
}

/** For a port somebody wants and cannot have. `instead` says how to take another one. */
export function portTaken(port: number, holder: PortHolder | undefined, instead: string): Fault {
  return new Fault('tunnel.port-taken', `Port ${port} of this machine is held by ${holderName(holder)}`, {
    remedy: `End that program, or ${instead}.`,
    details: { port, pid: holder?.pid, program: holder?.program, account: holder?.account },
  })
}

async function askProc(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(textOf))
  const [socket] = tables.flatMap((table) => listenersIn(table, port))
  if (socket === undefined) return undefined
  const account = isOurs(socket.uid) ? undefined : accountOf(socket.uid, await textOf('/etc/passwd'))
  const pid = await ownerOf(socket)
  const argv = pid === undefined ? '' : await textOf(`/proc/${pid}/cmdline`)
  return { pid, account, program: argv === '' ? undefined : programName(argv.split('\0').slice(0, -1)) }
}

/** The process with that socket among its open files; those of other accounts cannot be looked into. */
async function ownerOf({ inode }: ListeningSocket): Promise<number | undefined> {
  const wanted = `socket:[${inode}]`
  const pids = (await namesIn('/proc')).filter((name) => /^\d+$/.test(name))
  const owners = await Promise.all(
    pids.map(async (pid) => {
      const files = await namesIn(`/proc/${pid}/fd`)
      const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')))
      return links.includes(wanted) ? Number(pid) : undefined
    }),
  )
  return owners.find((pid) => pid !== undefined)
}

/** Where there is no /proc; a slow or missing `lsof` only means that nothing is told. */
export async function askLsof(port: number, ask: AskProgram): Promise<PortHolder | undefined> {
  const { stdout } = await ask('lsof', ['-nP', '+c0', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpcu'])
  const [found] = parseLsof(stdout)
  if (found === undefined) return undefined
  const { pid, program, uid } = found
  const account = uid === undefined || isOurs(uid) ? undefined : accountOf(uid, await textOf('/etc/passwd'))
  return { pid, program, account }
}

function isOurs(uid: number): boolean {
  return uid === process.getuid?.()
}

/** Empty where there is nothing to read, or nothing for this account. */
async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '')
}

async function namesIn(path: string): Promise<string[]> {
  return await readdir(path).catch(() => [])
}
