/** Compares our resolver with the system's on generated configurations. */

import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { errorText } from '../../src/shared/fault.ts'
import { chooseAlgorithms } from '../../src/tunnel/ssh/algorithms.ts'
import { evaluateConfig } from '../../src/tunnel/ssh/config.ts'
import { readConfigFiles } from '../../src/tunnel/ssh/config-file.ts'
import type { SshHost } from '../../src/tunnel/ssh/host.ts'
import { parseSystemConfig } from '../../src/tunnel/ssh/system-config.ts'
import { toSshHost } from '../../src/tunnel/ssh/to-ssh-host.ts'
import { askSsh, caseFolders, mayMount, sshAlgorithms, sshDefaults, writeCase } from './ssh-answers.ts'
import { type ConfigCase, configCase } from './ssh-config-cases.ts'

export type Disagreement = { seed: number; differences: string[]; files: ConfigCase }

/**
 * Resolves one host in each of `count` configurations both ways; also returns how many hosts both resolved. Where this
 * account may not mount, the configurations are single files.
 */
export async function compareResolvers(count: number): Promise<{ disagreements: Disagreement[]; resolved: number }> {
  await using temporary = await mkdtempDisposable(join(tmpdir(), 'ssh-agreement-'))
  const folder = temporary.path
  const isMounted = mayMount()
  const first = Math.floor(Math.random() * 2 ** 31)
  const cases = Array.from({ length: count }, (_, index) => configCase(first + index, isMounted))
  await Promise.all(cases.map((files, index) => writeCase(folder, index, files)))

  const account = isMounted ? { username: 'root', homedir: '/root' } : userInfo()
  const env = {
    HOME: account.homedir,
    CASE_SOCK: '/run/case.sock',
    CASE_NAME: 'case',
    SSH_AUTH_SOCK: '/run/agent.sock',
  }
  const local = { home: account.homedir, env, localUser: account.username, localHost: 'here.example', uid: 0 }
  const answers = await askSsh(folder, cases, isMounted, env)
  const defaults = await sshDefaults()
  const compared = comparable(defaults, await sshAlgorithms())

  const disagreements: Disagreement[] = []
  let resolved = 0
  for (const [index, files] of cases.entries()) {
    const way = { host: files.host, user: files.user }
    const { stdout, stderr } = answers[index] ?? { stdout: '', stderr: '' }
    const theirs = await outcome(async () => {
      if (stdout === '') throw new Error(stderr)
      return toSshHost(
        way,
        { settings: parseSystemConfig(stdout, defaults), unevaluated: [], isFromSystem: true },
        local,
      )
    })
    const { home, system } = caseFolders(folder, index)
    const ours = await outcome(async () => {
      const read = await readConfigFiles({ home, env, systemFile: join(system, 'ssh_config') })
      return toSshHost(way, evaluateConfig(read, { ...way, localUser: local.localUser }), local)
    })
    const differences = differencesOf(compared(ours), compared(theirs))
    if (differences.length > 0) disagreements.push({ seed: first + index, differences, files })
    if (typeof ours !== 'string') resolved++
  }
  return { disagreements, resolved }
}

type Outcome = SshHost | string

async function outcome(resolve: () => Promise<SshHost>): Promise<Outcome> {
  return resolve().catch(errorText)
}

/** Algorithms are compared as the lists they come to: `ssh -G` prints those and we keep what was written. */
function comparable(defaults: string, known: readonly string[]): (outcome: Outcome) => Record<string, unknown> {
  const printed = new Map(
    defaults.split('\n').map((line) => [line.split(' ')[0] ?? '', line.split(' ')[1]?.split(',') ?? []]),
  )
  return (outcome) => {
    if (typeof outcome === 'string') return { refused: true }
    const chosen = (keyword: 'hostKeyAlgorithms' | 'kexAlgorithms' | 'ciphers' | 'macs') => {
      return chooseAlgorithms(outcome[keyword], printed.get(keyword.toLowerCase()) ?? [], known)
    }
    return {
      ...outcome,
      hostKeyAlgorithms: chosen('hostKeyAlgorithms'),
      kexAlgorithms: chosen('kexAlgorithms'),
      ciphers: chosen('ciphers'),
      macs: chosen('macs'),
    }
  }
}

function differencesOf(ours: Record<string, unknown>, theirs: Record<string, unknown>): string[] {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
  return names.flatMap((name) => {
    const [own, other] = [JSON.stringify(ours[name]), JSON.stringify(theirs[name])]
    return own === other ? [] : [`${name}: ours ${own}, ssh's ${other}`]
  })
}
