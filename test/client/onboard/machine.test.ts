import { expect, test } from 'vitest'
import type { OnboardFacts } from '../../../src/client/onboard/facts.ts'
import {
  answered,
  back,
  beginOnboarding,
  choicesOf,
  progressOf,
  proposed,
  routeOf,
  stepOf,
  tried,
  type Wizard,
} from '../../../src/client/onboard/machine.ts'
import { planOf } from '../../../src/client/onboard/plan.ts'
import { said } from '../../../src/client/onboard/step.ts'
import { summaryOf } from '../../../src/client/onboard/summary.ts'
import { onboardSteps } from '../../../src/client/onboard/table.ts'
import { Secret } from '../../../src/shared/std/secret.ts'
import { factsWith } from './facts.ts'

const long = 'correct horse battery staple mauve'

/** Answers one after the other; whatever is tried works. `undefined` takes what is proposed. */
function walk(facts: OnboardFacts, ...given: (string | undefined)[]): Wizard {
  return given.reduce<Wizard>((wizard, text) => {
    const next = answered(wizard, text ?? proposed(wizard))
    return next.trial ? tried(next, { ok: true, note: 'works', models: ['gpt-4o-mini', 'gpt-5'] }) : next
  }, beginOnboarding(facts))
}

const whole = [
  ...['gateway', 'openai', 'sk-x', 'gpt-4o-mini', 'telegram', `123456:${'A'.repeat(35)}`],
  ...['password', long, long, 'funnel', 'service', 'Hello!'],
]

test('whatever is proposed leads to a summary, for each role, and nothing is left open', () => {
  for (const role of ['gateway', 'client', 'node']) {
    let wizard = walk(factsWith(), role)
    for (let i = 0; i < onboardSteps.length && wizard.at !== 'summary'; i++) {
      const next = answered(wizard, proposed(wizard) || (wizard.at === 'way' ? 'ada@vps.example.com' : ''))
      wizard = next.trial ? tried(next, { ok: true, note: '' }) : next
      expect(wizard.problem).toBeUndefined()
    }
    expect(wizard.at).toBe('summary')
  }
})

test('every answer of the longest way ends up in the plan, secrets as secrets', () => {
  const { at, answers, facts } = walk(factsWith(), ...whole)
  expect(at).toBe('summary')
  const plan = planOf(facts, answers)
  expect(plan).toMatchObject({
    role: 'gateway',
    edits: [
      { path: 'agents.defaults.model', value: 'openai/gpt-4o-mini' },
      { path: 'channels.telegram.botToken', value: ['$', '{TELEGRAM_BOT_TOKEN}'].join('') },
      { path: 'gateway.tailscale.mode', value: 'funnel' },
    ],
    variables: [{ name: 'OPENAI_API_KEY' }, { name: 'TELEGRAM_BOT_TOKEN' }],
    secret: { kind: 'password' },
    run: 'service',
    message: 'Hello!',
  })
  const shown = JSON.stringify([plan, answers, summaryOf(facts, answers, plan)])
  for (const secret of ['sk-x', 'AAAAAA', long]) expect(shown).not.toContain(secret)
  expect(plan.variables.map(({ value }) => value)).toEqual([expect.any(Secret), expect.any(Secret)])
})

test('back goes one question at a time, and what was answered stands there again', () => {
  let wizard = walk(factsWith(), ...whole)
  const asked: string[] = []
  while (wizard.at !== 'role') {
    wizard = back(wizard)
    asked.push(wizard.at)
    const { kind } = stepOf(wizard) ?? {}
    const index = routeOf(wizard).findIndex(({ id }) => id === wizard.at)
    expect(proposed(wizard)).toBe(kind === 'secret' ? '' : whole[index])
  }
  expect(asked.toReversed()).toEqual(routeOf(wizard).map(({ id }) => id))
  expect(back(wizard).at).toBe('role')
  expect(progressOf(wizard)).toEqual({ at: 1, of: 13 })
})

test.each([
  ['a key that is missing', ['gateway', 'openai', ''], 'It takes a key'],
  ['a key with a blank', ['gateway', 'openai', 'sk a'], 'no blanks'],
  ['no model', ['gateway', 'openai', 'sk', ''], 'Name a model'],
  ['an address that is none', ['gateway', 'custom', 'localhost'], 'not an address'],
  ['half a token of Telegram', ['gateway', 'builtin', 'telegram', '123456'], 'no token of a bot'],
  ['a weak password', ['gateway', 'builtin', 'none', 'password', 'hunter2'], 'Guessed too easily'],
  ['another password the second time', ['gateway', 'builtin', 'none', 'password', long, 'other'], 'not the same'],
  ['Funnel with a token', ['gateway', 'builtin', 'none', 'token', 'funnel'], 'takes a password'],
  [
    'Funnel with a short password',
    ['gateway', 'builtin', 'none', 'password', 'k7#Qw9!pLz2$', 'k7#Qw9!pLz2$', 'funnel'],
    '24 characters',
  ],
  ['no place', ['client', ' '], 'Say where it is'],
  ['plain ws:// across the network', ['client', 'ws://vps.example.com'], 'neither encrypted'],
  ['a host with a blank', ['client', 'vps example'], 'not the name of a host'],
  ['a name of two words', ['client', 'vps', 'two words'], 'cannot be a name'],
  ['the name of this machine', ['client', 'vps', 'local'], 'cannot be a name'],
  ['a choice that is none', ['gateway', 'someone'], 'It is one of openai'],
])('explained at the field, and not taken: %s', (_, given, why) => {
  const { problem, at } = walk(factsWith(), ...given)
  expect(problem?.text).toContain(why)
  const before = walk(factsWith(), ...given.slice(0, -1))
  expect(at).toBe(before.at)
})

test('what is pasted may have blanks and a line end around it; those of a password belong to it', () => {
  const token = `123456:${'A'.repeat(35)}`
  const { answers, at } = walk(factsWith(), 'gateway', 'openai', ' sk-x\n', undefined, 'telegram', `\t${token} \n`)
  expect(at).toBe('auth')
  expect([said(answers, 'key'), said(answers, 'telegram')]).toEqual(['sk-x', token])
  const spaced = walk(factsWith(), 'gateway', 'builtin', 'none', 'password', ` ${long} `, ` ${long} `)
  expect([said(spaced.answers, 'password'), spaced.at]).toEqual([` ${long} `, 'exposure'])
  expect(said(walk(factsWith(), 'client', 'vps', 'vps', ' its-token\r\n').answers, 'secret')).toBe('its-token')
})

test('the token of a stand-in is taken here as it is everywhere', () => {
  expect(walk(factsWith(), 'gateway', 'builtin', 'telegram', '1:standin').problem).toBeUndefined()
})

test('a service where none can be is refused with the reason', () => {
  const facts = factsWith({ can: { service: false } })
  const { problem } = walk(facts, 'gateway', 'builtin', 'none', 'token', 'loopback', 'service')
  expect(problem).toMatchObject({
    text: 'A service takes systemd or launchd, and an account besides root',
    remedy: expect.stringContaining('clawdbot gateway install --system'),
  })
})

test('what is tried and fails is told where it was typed; taken back, nothing is tried any more', () => {
  const trying = answered(walk(factsWith(), 'gateway', 'openai'), 'sk-bad')
  expect(trying).toMatchObject({ at: 'key', trial: { of: 'model' } })
  const failed = tried(trying, { ok: false, text: 'refused (401)', remedy: 'Copy it again.' })
  expect(failed).toMatchObject({
    at: 'key',
    trial: undefined,
    problem: { text: 'refused (401)', remedy: 'Copy it again.' },
  })
  const taken = back(trying)
  expect(taken).toMatchObject({ at: 'key', trial: undefined })
  expect(tried(taken, { ok: true, note: 'late' })).toBe(taken)
})

test('run again, it proposes what there is, and what is confirmed as it is changes nothing', () => {
  const now = {
    isConfigured: true,
    model: 'openai/gpt-5',
    telegram: 'on',
    auth: 'password',
    tailscale: 'serve',
  } as const
  const facts = factsWith({ now: { ...now, isForOthers: true }, hasKey: true, can: { service: false } })
  const wizard = walk(facts, ...Array<undefined>(7).fill(undefined), undefined, 'later')
  expect(wizard.at).toBe('summary')
  expect(planOf(facts, wizard.answers)).toMatchObject({
    edits: [{ path: 'agents.defaults.model', value: 'openai/gpt-5' }],
    variables: [],
    secret: undefined,
  })
})

test('a new token of the bot takes the place of the file that held the old one', () => {
  const facts = factsWith({ now: { telegram: 'on', hasTokenFile: true } })
  const token = `123456:${'A'.repeat(35)}`
  const plans = [token, ''].map((answer) => {
    const { answers } = walk(facts, 'gateway', 'builtin', 'telegram', answer, 'token', 'loopback', 'later')
    return planOf(facts, answers).edits.map(({ path }) => path)
  })
  const model = 'agents.defaults.model'
  expect(plans).toEqual([[model, 'channels.telegram.botToken', 'channels.telegram.tokenFile'], [model]])
})

test('a change of mind undoes what was set up before', () => {
  const now = {
    isRemote: true,
    model: 'openai/gpt-5',
    telegram: 'on',
    auth: 'password',
    hasWrittenToken: true,
    bind: 'lan',
    tailscale: 'funnel',
  } as const
  const facts = factsWith({ now })
  const { answers } = walk(facts, 'gateway', 'builtin', 'none', 'token', 'loopback', 'later')
  expect(planOf(facts, answers).edits).toEqual([
    { path: 'gateway.mode', value: 'local' },
    { path: 'agents.defaults.model', value: undefined },
    { path: 'channels.telegram.enabled', value: false },
    { path: 'gateway.auth.token', value: undefined },
    { path: 'gateway.auth.mode', value: 'token' },
    { path: 'gateway.bind', value: undefined },
    { path: 'gateway.tailscale.mode', value: undefined },
  ])
})

test.each([
  ['ada@vps.example.com:2222', { kind: 'ssh', host: 'vps.example.com', user: 'ada', port: 2222 }, 'vps'],
  ['wss://gateway.example.com', { kind: 'direct', url: 'wss://gateway.example.com' }, 'gateway'],
  ['vps-1.tail1234.ts.net', { kind: 'tailscale', peer: 'vps-1.tail1234.ts.net' }, 'vps-1'],
  ['10.0.0.7', { kind: 'ssh', host: '10.0.0.7' }, 'gateway'],
])('a gateway elsewhere, written as %s', (place, way, name) => {
  const { answers, facts } = walk(factsWith({ profiles: ['local', 'vps'] }), 'client', place, undefined)
  expect(planOf(facts, answers)).toMatchObject({ edits: [], profile: { way, name, isKnown: name === 'vps' } })
})

test('each question is explained in two lines that fit a window of 80 columns, and so is each choice', () => {
  for (const more of [
    {},
    { hasKey: true, now: { telegram: 'on', auth: 'token', bind: 'tailnet', hasCustomKey: true } as const },
  ]) {
    const facts = factsWith({ ...more, profiles: ['local', 'vps'] })
    const elsewhere = [
      ['client', 'vps', 'x', 's'],
      ['node', 'vps', 'vps', '', 'later'],
    ]
    for (const answers of [whole, ...elsewhere, ['gateway', 'custom', 'http://127.0.0.1:1/v1', 'k', 'm']]) {
      let wizard = beginOnboarding(facts)
      for (const text of answers) {
        const lines = stepOf(wizard)?.about(wizard) ?? []
        expect(lines.map((line) => line.length > 76 && line).filter(Boolean)).toEqual([])
        const widest = Math.max(0, ...choicesOf(wizard).map(({ label }) => label.length))
        for (const { hint = '' } of choicesOf(wizard)) expect(6 + widest + hint.length).toBeLessThan(77)
        const next = answered(wizard, text)
        wizard = next.trial ? tried(next, { ok: true, note: '' }) : next
      }
    }
  }
})
