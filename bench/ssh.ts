/** Our SSH tunnel beside `ssh -N -L` in the same run: round trip, bulk and time to connect, with and without ssh2's native part. */

import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { freePort } from '../test/support/free-port.ts'
import { startSshd } from '../test/support/sshd.ts'
import { type Figure, report } from './report.ts'
import type { SshClientResult, SshClientTask } from './support/ssh-client.ts'
import { buildNative, copySsh2 } from './support/ssh2-native.ts'

const rounds = 9
/** Processes that compare both: on which core each end of a connection runs decides as much as the way does. */
const comparisons = 7
const cipher = 'aes128-gcm@openssh.com' // the same for all, and what ours takes by itself

const folder = mkdtempSync(join(tmpdir(), 'bench-ssh-'))
const plain = await makeClient(join(folder, 'plain'))
const native = await makeClient(join(folder, 'native'))
const lacking = buildNative(join(folder, 'native'))

await using sshd = await startSshd({ settings: [`Ciphers ${cipher}`] })
const service = fork(join(import.meta.dirname, 'support/ssh-service.ts'))
const [{ port }] = (await once(service, 'message')) as [{ port: number }]

const ready = { ours: [] as number[], theirs: [] as number[], config: [] as number[] }
for (let round = 0; round <= rounds; round++) {
  const times = [
    (await run(plain, 'tunnel')).readyMs,
    (await run(plain, 'forward')).readyMs,
    await askConfig(),
  ] as const
  if (round === 0) continue // warms caches and disks
  ready.ours.push(times[0])
  ready.theirs.push(times[1])
  ready.config.push(times[2])
}
const without = await compare(plain)
const withNative = lacking === undefined ? await compare(native) : undefined
service.disconnect()
rmSync(folder, { recursive: true, force: true })

const ratios = (list: readonly { ours: number; theirs: number }[]) => list.map(({ ours, theirs }) => ours / theirs)
const compared = (name: string, { rtt, bulk }: Pick<SshClientResult, 'rtt' | 'bulk'>): Figure[] => [
  { name: `${name}: round trip of 200 B`, samples: rtt.map(({ ours }) => ours), unit: 'ms', budget: 0.5 },
  { name: `${name}: download`, samples: bulk.map(({ ours }) => ours), unit: 'MB/s' },
  { name: `ssh -L beside it: round trip of 200 B`, samples: rtt.map(({ theirs }) => theirs), unit: 'ms' },
  { name: `ssh -L beside it: download`, samples: bulk.map(({ theirs }) => theirs), unit: 'MB/s' },
]
const best = withNative ?? without
const how = withNative ? 'native part' : `no native part: ${lacking}`

report(`SSH on loopback, ${cipher}`, [
  { name: 'connect to the first echo', samples: ready.ours, unit: 'ms' },
  { name: 'the same with ssh -N -L', samples: ready.theirs, unit: 'ms' },
  { name: 'asking ssh -G twice at once, which comes on top', samples: ready.config, unit: 'ms' },
  ...compared('no native part', without),
  ...(withNative ? compared('native part', withNative) : []),
])
report('Ours ÷ ssh -N -L, pair by pair', [
  {
    ...{ name: 'connect to the first echo', unit: '×', budget: 1 },
    samples: ready.ours.map((ms, i) => ms / (ready.theirs[i] ?? Number.NaN)),
  },
  { name: `round trip (${how})`, samples: ratios(best.rtt), unit: '×', budget: 1.1 },
  { name: `download (${how})`, samples: ratios(best.bulk), unit: '×', budget: 0.75, atLeast: true },
  ...(withNative
    ? [
        { name: 'round trip (no native part)', samples: ratios(without.rtt), unit: '×' },
        { name: 'download (no native part)', samples: ratios(without.bulk), unit: '×' },
      ]
    : []),
])

/** How the configuration of a host is asked where ssh reads the account's own. */
async function askConfig(): Promise<number> {
  const from = performance.now()
  const ask = (...args: string[]) => promisify(execFile)('ssh', ['-G', ...args, '--', '127.0.0.1'])
  await Promise.all([ask('-T'), ask('-T', '-F', 'none')])
  return performance.now() - from
}

/** The client as it ships: bundled, with ssh2 beside it. */
async function makeClient(into: string): Promise<string> {
  copySsh2(into)
  const program = join(into, 'client.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'support/ssh-client.ts')],
    outdir: into,
    outExtension: { '.js': '.mjs' },
    entryNames: 'client',
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'es2023', external: ['ssh2'] },
  })
  return program
}

async function compare(program: string): Promise<Pick<SshClientResult, 'rtt' | 'bulk'>> {
  const results: SshClientResult[] = []
  for (let i = 0; i < comparisons; i++) results.push(await run(program, 'both'))
  return { rtt: results.flatMap(({ rtt }) => rtt), bulk: results.flatMap(({ bulk }) => bulk) }
}

async function run(program: string, kind: SshClientTask['kind']): Promise<SshClientResult> {
  const known = join(sshd.home, '.ssh/known_hosts')
  const sshArgs = [
    ...['-F', 'none', '-i', join(sshd.home, '.ssh/id_ed25519'), '-o', `UserKnownHostsFile=${known}`],
    ...['-o', `Ciphers=${cipher}`, '-o', 'BatchMode=yes'],
  ]
  const way = { kind: 'ssh' as const, host: '127.0.0.1', port: sshd.port, gatewayPort: port }
  const task: SshClientTask = { kind, way, home: sshd.home, sshArgs, forwardPort: await freePort() }
  // Node 24 hung at its exit once in some hundred runs, after everything was said: its last thread is then not waited for.
  const limit = { timeout: 60_000, killSignal: 'SIGKILL' } as const
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(task)], limit).catch(
    (error: { killed?: boolean; stdout?: string }) => {
      if (error.killed && error.stdout?.endsWith('}\n')) return { stdout: error.stdout }
      throw error
    },
  )
  return JSON.parse(stdout)
}
