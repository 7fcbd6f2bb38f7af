/** The end of `onboard` where the gateway runs elsewhere: it is saved, connected to and, for a node, served. */

import type { OnboardPlan } from '../client/onboard/plan.ts'
import type { SecretSource } from '../client/profile.ts'
import { chooseProfile, reviseProfile, saveProfile } from '../client/saved-profiles.ts'
import type { Secret } from '../shared/std/secret.ts'
import { AnswerMemory } from '../tunnel/ssh/answer-memory.ts'
import type { Surroundings } from './command.ts'
import { nodeRun } from './node-run.ts'
import { nodeInstall } from './node-service.ts'
import { testProfile } from './profiles-test.ts'
import { runCommand } from './run-command.ts'

type World = Surroundings & { readonly flags: Readonly<Record<string, unknown>> }
type Wanted = NonNullable<OnboardPlan['profile']>

/** Resolves with the exit code. What is saved stays, whether the gateway could be reached or not. */
export async function joinElsewhere(wanted: Wanted, { role, run }: OnboardPlan, world: World): Promise<number> {
  const { out, flags } = world
  const { name, way, isKnown, secret } = wanted
  const kept = secret ? { secret: sourceOf('token') } : {}
  if (isKnown) await reviseProfile(name, { ways: [way], ...kept }, secret, world)
  else await saveProfile({ name, ways: [way], ...kept }, secret, world)
  await chooseProfile(name, world)
  const say = flags.json ? () => {} : out
  say(`✅ Gateway ${name} saved, and used from now on\n`)
  const reached = flags['skip-trials'] ? undefined : await reach(name, secret, world, say)
  if (flags.json) {
    const test = reached && { test: reached.report }
    out(`${JSON.stringify({ ok: !reached?.fault, written: true, profile: name, role, ...test })}\n`)
  }
  if (reached?.fault) {
    say(`   It is saved all the same. When that is mended: clawdbot profiles test ${name}\n`)
    return reached.fault.exitCode
  }
  if (role !== 'node') {
    say(reached ? '   Open the terminal: clawdbot\n' : `   Try the way to it: clawdbot profiles test ${name}\n`)
    return 0
  }
  if (run === 'service') return await runCommand(nodeInstall, { profile: name }, world)
  if (run === 'here') return await runCommand(nodeRun, { profile: name }, world)
  say(`   Lend it this machine: clawdbot node run --profile ${name}\n`)
  say(`   To keep on doing so: clawdbot node install --profile ${name}\n`)
  return 0
}

const sourceOf = (secret: SecretSource['secret']): SecretSource => ({ source: 'file', secret })

/** One word is asked for, and the gateway tells whether it is a password: protocol 3 looks for that in a field of its own. */
async function reach(name: string, secret: Secret | undefined, given: Surroundings, say: (text: string) => void) {
  const world = { ...given, prompts: new AnswerMemory().over(given.prompts) }
  if (!secret) return await testProfile(name, world, say)
  let said = ''
  const first = await testProfile(name, world, (text) => (said += text))
  const { kind, isMissing } = first.fault?.details ?? {}
  if (kind !== 'password' || isMissing !== true) {
    say(said)
    return first
  }
  await reviseProfile(name, { secret: sourceOf('password') }, secret, world)
  return await testProfile(name, world, say)
}
