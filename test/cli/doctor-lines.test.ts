import { expect, test } from 'vitest'
import { type DoctorLine, doctorLines } from '../../src/cli/doctor-lines.ts'
import type { Looked } from '../../src/cli/doctor-look.ts'
import { factsWith } from '../client/onboard/facts.ts'

type Setup = NonNullable<Looked['setup']>
const setupWith = (now: Partial<Setup['now']> = {}): Setup => ({ ...factsWith({ now }), hasTelegram: true })

const fine: Looked = {
  config: { path: '/home/ada/.clawdbot/clawdbot.json', exists: true, problems: [], warnings: [] },
  profiles: { count: 1, problem: undefined },
  nodeVersion: '24.0.0',
  gateway: { isRunning: true, isOurs: true, port: 18789, isPortTaken: false, problem: undefined },
  report: { findings: [], checks: 60, repaired: [] },
  setup: setupWith({ model: 'openai/gpt-5' }),
  model: { ok: true, note: 'works: 9 models', atMs: 1_000_000 },
  telegram: undefined,
  clock: { now: 1_000_500, isSynchronized: true },
  tailscale: undefined,
  service: undefined,
}

const lineOf = (about: string, looked: Partial<Looked>): DoctorLine => {
  const found = doctorLines({ ...fine, ...looked }).find((line) => line.about === about)
  if (!found) throw new Error(`no line about ${about}`)
  return found
}

test('one line for each thing it is about, in this order', () => {
  expect(doctorLines(fine).map(({ about }) => about)).toEqual([
    ...[
      'Config',
      'Profiles',
      'Node',
      'Port',
      'Permissions',
      'Disk',
      'Clock',
      'SSH',
      'Tailscale',
      'Service',
      'Model',
      'Channels',
    ],
  ])
  expect(doctorLines(fine).filter(({ level }) => level === 'problem' || level === 'warning')).toEqual([])
})

const finding = (id: string, severity: 'critical' | 'warning' | 'info') => ({
  id,
  severity,
  message: `${id} is so`,
  remedy: 'Run: x',
})
const found = (...findings: ReturnType<typeof finding>[]) => ({ report: { ...fine.report, findings } })
const unreadableProfiles = {
  profiles: { count: 0, problem: { message: 'profiles.json cannot be read', remedy: 'Correct the file.' } },
}
const running = fine.gateway
const state = {
  phase: 'running',
  words: 'active',
  isEnabled: true,
  pid: 1,
  restarts: 0,
  journal: 'journalctl',
} as const
const served = {
  mode: 'serve',
  port: 443,
  placed: undefined,
  served: { kind: 'nothing' },
  others: 0,
  isGatewayRunning: true,
  isAsWanted: false,
} as const
const tailscale = (more: object) => ({
  tailscale: { command: async () => ({ kind: 'missing' }), reading: { kind: 'missing' }, ...served, ...more } as never,
})
const status = { kind: 'status', isPartial: false, status: { state: 'running' } }

test.each([
  [
    'Config',
    {
      config: {
        ...fine.config,
        problems: [
          { path: 'gateway.prot', line: 3, message: 'is unknown' },
          { path: 'x', message: 'y' },
        ],
      },
    },
    'problem',
    'cannot be used: gateway.prot (line 3) is unknown, and 1 more',
  ],
  [
    'Config',
    { config: { ...fine.config, warnings: [{ path: '', message: 'others can read it', remedy: 'chmod' }] } },
    'warning',
    'others can read it',
  ],
  ['Config', found(finding('gateway.password_missing', 'warning')), 'problem', 'gateway.password_missing is so'],
  ['Config', { config: { ...fine.config, exists: false } }, 'ok', 'every setting has its default'],
  ['Profiles', { profiles: { count: 0, problem: undefined } }, 'ok', 'none saved'],
  ['Profiles', unreadableProfiles, 'problem', 'profiles.json cannot be read'],
  ['SSH', unreadableProfiles, 'hint', 'not looked at'],
  ['Port', { gateway: { ...running, isRunning: false, isPortTaken: true } }, 'problem', 'used by another program'],
  ['Port', { gateway: { ...running, isRunning: false } }, 'problem', 'does not answer'],
  ['Port', { gateway: { ...running, isRunning: false, isOurs: false } }, 'hint', 'No gateway runs; port 18789 is free'],
  ['Port', { gateway: { ...running, isOurs: false } }, 'problem', 'not the one of this home'],
  ['Port', { gateway: { ...running, problem: 'unauthorized' } }, 'warning', 'but: unauthorized'],
  ['Port', { gateway: { ...running, isRunning: false, problem: 'broken' } }, 'problem', 'broken'],
  [
    'Permissions',
    found(finding('fs.a', 'critical'), finding('fs.b', 'warning'), finding('ssh.c', 'warning')),
    'problem',
    'fs.a is so (and 1 more: clawdbot security audit)',
  ],
  ['Disk', found(finding('durability.disk_low', 'warning')), 'warning', 'durability.disk_low is so'],
  ['SSH', found(finding('ssh.no_pq_kex', 'info')), 'ok', 'nothing to complain about'],
  ['Clock', { clock: { now: 1_000_000 + 300_000, isSynchronized: true } }, 'problem', '5 minutes fast'],
  ['Clock', { clock: { now: 1_000_000 - 300_000, isSynchronized: undefined } }, 'problem', '5 minutes slow'],
  ['Clock', { model: undefined, clock: { now: 0, isSynchronized: false } }, 'warning', 'NTP is not synchronized'],
  ['Clock', { model: undefined, clock: { now: 0, isSynchronized: undefined } }, 'ok', 'nothing here tells'],
  ['Tailscale', tailscale({ mode: 'off' }), 'ok', 'not used'],
  ['Tailscale', tailscale({}), 'problem', 'mode is serve, but: Tailscale is not installed'],
  ['Tailscale', tailscale({ reading: status }), 'warning', 'does not serve what the settings say (serve)'],
  ['Tailscale', tailscale({ reading: status, isGatewayRunning: false }), 'hint', 'begins when the gateway starts'],
  [
    'Tailscale',
    tailscale({
      reading: status,
      isAsWanted: true,
      served: { kind: 'ours', url: 'https://vps.ts.net/', isPublic: false },
    }),
    'ok',
    'https://vps.ts.net/',
  ],
  ['Service', { service: state }, 'ok', 'active'],
  ['Service', { service: { ...state, phase: 'failed', words: 'failed (exit-code)' } }, 'problem', 'failed (exit-code)'],
  ['Service', { service: { ...state, phase: 'stopped', words: 'inactive' } }, 'warning', 'Installed, but inactive'],
  ['Service', { service: { ...state, phase: 'unknown' } }, 'hint', 'no service manager answers'],
  ['Service', { service: { ...state, isEnabled: false } }, 'warning', 'does not start by itself'],
  [
    'Model',
    { model: { ok: false, text: 'OpenAI refused the key (401)', remedy: 'Copy it again.' } },
    'problem',
    'openai/gpt-5: OpenAI refused the key (401)',
  ],
  ['Model', { model: undefined, setup: setupWith() }, 'hint', 'The built-in guide answers'],
  ['Model', { setup: undefined }, 'hint', 'not looked at'],
  ['Channels', { telegram: { ok: true, note: 'works: @my_bot' } }, 'ok', 'telegram works: @my_bot'],
  [
    'Channels',
    { telegram: { ok: false, text: 'Telegram does not know the token of the bot (401)' } },
    'problem',
    'does not know the token of the bot',
  ],
  ['Channels', { setup: setupWith({ telegram: 'off' }) }, 'ok', 'turned off'],
] satisfies [string, Partial<Looked>, DoctorLine['level'], string][])(
  '%s: %j is a %s',
  (about, looked, level, text) => {
    const line = lineOf(about, looked)
    expect(line).toMatchObject({ level, text: expect.stringContaining(text) })
    // Whatever is not as it should be says what to do.
    if (level === 'problem' || level === 'warning') expect(line.remedy).toMatch(/\w{3}/)
  },
)
