/** What the system's `ssh -G` answers about many hosts, each with configuration files of its own. */

import { execFile, spawnSync } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { requireProgram } from './programs.ts'
import type { ConfigCase } from './ssh-config-cases.ts'

const run = promisify(execFile)

export type SshAnswer = { readonly stdout: string; readonly stderr: string }

/** Whether this account may put folders of its own over the home and `/etc/ssh`, for its own processes only. */
export function mayMount(): boolean {
  return spawnSync('unshare', ['-rm', 'true']).status === 0
}

/** Where `writeCase` puts the person's and the system's files of one case. */
export function caseFolders(folder: string, index: number): { home: string; system: string } {
  return { home: join(folder, String(index), 'home'), system: join(folder, String(index), 'system') }
}

export async function writeCase(folder: string, index: number, { own, system }: ConfigCase): Promise<void> {
  const places = caseFolders(folder, index)
  const texts = [
    ...Object.entries(own).map(([path, text]) => [join(places.home, '.ssh', path), text] as const),
    ...Object.entries(system).map(([path, text]) => [join(places.system, path), text] as const),
  ]
  for (const [path, text] of texts) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { mode: 0o600 })
  }
}

/** What `ssh` takes when nothing is configured. */
export async function sshDefaults(): Promise<string> {
  return (await run(requireProgram('ssh'), ['-G', '-T', '-F', 'none', '--', 'web'])).stdout
}

/** Every algorithm `ssh` knows. */
export async function sshAlgorithms(): Promise<string[]> {
  const kinds = ['cipher', 'mac', 'kex', 'HostKeyAlgorithms']
  const lists = await Promise.all(kinds.map((kind) => run(requireProgram('ssh'), ['-Q', kind])))
  return lists.flatMap(({ stdout }) => stdout.trim().split('\n'))
}

/**
 * Asks about every case, in as many shells as there are cores. With `isMounted` each has mounts of its own: the home of
 * root, which it is in there, and `/etc/ssh` lead through a link to the case at hand.
 */
export async function askSsh(
  folder: string,
  cases: readonly ConfigCase[],
  isMounted: boolean,
  env: Readonly<Record<string, string>>,
): Promise<SshAnswer[]> {
  const workers = availableParallelism()
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      const share = [...cases.keys()].filter((index) => index % workers === worker)
      const script = isMounted ? await mountedScript(folder, worker, share, cases) : plainScript(folder, share, cases)
      const path = join(folder, `worker-${worker}.sh`)
      await writeFile(path, script)
      const [program, ...args] = isMounted ? ['unshare', '-rm', 'sh', path] : ['sh', path]
      await run(program, args, { env: { PATH: process.env.PATH ?? '', ...env } })
    }),
  )
  const read = (index: number, what: string) => readFile(join(folder, `${index}.${what}`), 'utf8')
  return Promise.all(
    cases.map(async (_, index) => ({ stdout: await read(index, 'out'), stderr: await read(index, 'err') })),
  )
}

async function mountedScript(folder: string, worker: number, share: readonly number[], cases: readonly ConfigCase[]) {
  const place = join(folder, `worker-${worker}`)
  await mkdir(join(place, 'home'), { recursive: true })
  await mkdir(join(place, 'etc'))
  await symlink(`${place}/now/home/.ssh`, join(place, 'home/.ssh'))
  for (const name of ['ssh_config', 'ssh_config.d'])
    await symlink(`${place}/now/system/${name}`, join(place, 'etc', name))
  const steps = share.map((index) => `ln -sfn ${folder}/${index} ${place}/now; ${question(folder, index, '', cases)}`)
  return `mount --bind ${place}/home /root && mount --bind ${place}/etc /etc/ssh || exit 9\n${steps.join('\n')}\nexit 0\n`
}

function plainScript(folder: string, share: readonly number[], cases: readonly ConfigCase[]): string {
  const config = (index: number) => `-F ${caseFolders(folder, index).home}/.ssh/config`
  return `${share.map((index) => question(folder, index, config(index), cases)).join('\n')}\nexit 0\n`
}

function question(folder: string, index: number, option: string, cases: readonly ConfigCase[]): string {
  const { host, user } = cases[index] as ConfigCase
  const who = user === undefined ? '' : `-l ${user}`
  const ssh = requireProgram('ssh')
  return `${ssh} -G -T ${option} ${who} -- ${host} >${folder}/${index}.out 2>${folder}/${index}.err`
}
