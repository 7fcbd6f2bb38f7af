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
import { median, report } from './report.ts'
import type { SshClientResult, SshClientTask } from './support/ssh-client.ts'
import { buildNative, copySsh2 } from './support/ssh2-native.ts'

const rounds = 9
const cipher = 'aes128-gcm@openssh.com' // the same for all, and what ours takes by itself

const folder = mkdtempSync(join(tmpdir(), 'bench-ssh-'))
const plain = await makeClient(join(folder, 'plain'))
const native = await makeClient(join(folder, 'native'))
const lacking = buildNative(join(folder, 'native'))

await using sshd = await startSshd({ settings: [`Ciphers ${cipher}`] })
const service = fork(join(import.meta.dirname, 'support/ssh-service.ts'))
const [{ port }] = (await once(service, 'message')) as [{ port: number }]

const clients: Record<string, { kind: SshClientTask['kind']; program: string }> = {
  'ssh -L': { kind: 'forward', program: plain },
  ours: { kind: 'tunnel', program: plain },
  ...(lacking === undefined ? { 'ours, native part': { kind: 'tunnel', program: native } } : {}),
}
const results = new Map(Object.keys(clients).map((name) => [name, [] as SshClientResult[]]))
for (let round = 0; round <= rounds; round++) {
  for (const [name, { kind, program }] of Object.entries(clients)) {
    const result = await run(program, kind)
    if (round > 0) results.get(name)?.push(result) // the first warms caches and disks
  }
}
service.disconnect()
rmSync(folder, { recursive: true, force: true })

const of = (name: string, figure: keyof SshClientResult) => (results.get(name) ?? []).map((result) => result[figure])
/** Of each round, so that what else the machine does weighs on both. */
const ratio = (name: string, figure: keyof SshClientResult) =>
  of(name, figure).map((value, round) => value / (of('ssh -L', figure)[round] ?? Number.NaN))

report(
  `SSH on loopback, ${cipher}${lacking === undefined ? '' : ` (without the native part: ${lacking})`}`,
  Object.keys(clients).flatMap((name) => [
    { name: `${name}: connect to the first echo`, samples: of(name, 'readyMs'), unit: 'ms' },
    { name: `${name}: round trip of 200 B`, samples: of(name, 'rttMs').map((ms) => ms * 1000), unit: 'µs' },
    { name: `${name}: download`, samples: of(name, 'bulkMBs'), unit: 'MB/s' },
  ]),
)
const best = lacking === undefined ? 'ours, native part' : 'ours'
report('Ours ÷ ssh -N -L, round by round', [
  { name: `round trip (${best})`, samples: ratio(best, 'rttMs'), unit: '×', budget: 1.1 },
  { name: `download (${best})`, samples: ratio(best, 'bulkMBs'), unit: '×', budget: 0.75, atLeast: true },
  { name: 'connect to the first echo (no native part)', samples: ratio('ours', 'readyMs'), unit: '×', budget: 1 },
  { name: 'round trip without the native part', samples: [median(of('ours', 'rttMs'))], unit: 'ms', budget: 0.5 },
  {
    name: 'download without the native part',
    samples: of('ours', 'bulkMBs'),
    unit: 'MB/s',
    budget: 100,
    atLeast: true,
  },
])

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

async function run(program: string, kind: SshClientTask['kind']): Promise<SshClientResult> {
  const known = join(sshd.home, '.ssh/known_hosts')
  const sshArgs = [
    ...['-F', 'none', '-i', join(sshd.home, '.ssh/id_ed25519'), '-o', `UserKnownHostsFile=${known}`],
    ...['-o', `Ciphers=${cipher}`, '-o', 'BatchMode=yes'],
  ]
  const way = { kind: 'ssh' as const, host: '127.0.0.1', port: sshd.port, gatewayPort: port }
  const sizes = { echoes: 1000, bulkBytes: 128 << 20, forwardPort: await freePort() }
  const task: SshClientTask = { kind, way, home: sshd.home, sshArgs, ...sizes }
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(task)])
  return JSON.parse(stdout)
}
