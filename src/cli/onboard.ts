/** `clawdbot onboard`: a machine set up by questions; nothing is written before the answers are confirmed. */

import type { OnboardFacts } from '../client/onboard/facts.ts'
import { type OnboardPlan, planOf } from '../client/onboard/plan.ts'
import { type Answers, said } from '../client/onboard/step.ts'
import { modelText, summaryOf } from '../client/onboard/summary.ts'
import { readProfiles } from '../client/profile-store.ts'
import { allProfiles } from '../client/profiles.ts'
import { Fault } from '../shared/fault.ts'
import { defineCommand, type Surroundings } from './command.ts'
import type { Setup } from './host.ts'
import { joinElsewhere } from './onboard-elsewhere.ts'
import { answerFlags, answersFromFlags } from './onboard-flags.ts'
import { canBeService, startGateway } from './onboard-start.ts'
import { onboardTrials, untried } from './onboard-trials.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

export const onboard = defineCommand({
  name: 'onboard',
  about: 'set this machine up, question by question; run again, it changes what is there',
  flags: {
    'non-interactive': { type: 'boolean', about: 'ask nothing: answers are flags, what is not said is as proposed' },
    ...answerFlags,
    'skip-trials': { type: 'boolean', about: 'with --non-interactive: try no key, no token and no way' },
    'dry-run': { type: 'boolean', about: 'with --non-interactive: show what would be written, and write nothing' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run(world) {
    const { setup } = await world.host()
    const flags: Readonly<Record<string, string | boolean | undefined>> = world.flags
    const facts = await factsOf(setup, world)
    const isAsking = !flags['non-interactive']
    if (isAsking && Object.keys(answerFlags).some((name) => flags[name] !== undefined)) {
      throw usage('Answers as flags go with --non-interactive', 'onboard')
    }
    if (isAsking && (!world.person.isThere || flags.json)) {
      throw new Fault('usage.invalid', 'There is no terminal to ask in', {
        remedy: 'Run it in a terminal, or with --non-interactive; --help lists a flag for every answer.',
      })
    }
    const trials = flags['skip-trials'] ? untried : onboardTrials(setup, world)
    const answers = isAsking
      ? await world.wizard({ facts, trials })
      : await answersFromFlags(facts, trials, { flags, env: world.env, signal: world.signal })
    if (answers === undefined) {
      world.err('Nothing was written. When you want to go on: clawdbot onboard\n')
      return 130
    }
    const plan = planOf(facts, answers)
    return flags['dry-run'] ? showPlan(facts, answers, plan, world) : await carryOut(facts, answers, plan, setup, world)
  },
})

async function factsOf(setup: Setup, world: Surroundings): Promise<OnboardFacts> {
  const { hasTelegram, ...facts } = setup.facts()
  return {
    ...facts,
    profiles: allProfiles(await readProfiles(world.paths.profiles)).map(({ name }) => name),
    can: { telegram: hasTelegram, service: await canBeService(world) },
  }
}

type World = Surroundings & { readonly flags: Readonly<Record<string, unknown>> }

function showPlan(facts: OnboardFacts, answers: Answers, plan: OnboardPlan, { out, flags }: World): number {
  const { role, edits, variables, secret, run } = plan
  const names = [...variables.map(({ name }) => name), ...(secret?.kind === 'token' ? ['CLAWDBOT_GATEWAY_TOKEN'] : [])]
  const settings = [...edits.map(({ path }) => path), ...(secret?.kind === 'password' ? ['gateway.auth.password'] : [])]
  if (flags.json)
    out(`${JSON.stringify({ ok: true, written: false, role, settings, variables: names, run }, null, 2)}\n`)
  else for (const { label, text } of summaryOf(facts, answers, plan)) out(`${label}: ${oneLine(text)}\n`)
  return 0
}

async function carryOut(
  facts: OnboardFacts,
  answers: Answers,
  plan: OnboardPlan,
  setup: Setup,
  world: World,
): Promise<number> {
  if (plan.profile) return await joinElsewhere(plan.profile, plan, world)
  const { needRestart } = await setup.write(plan)
  const { out, flags } = world
  const channels = said(answers, 'channel') === 'telegram' ? ['telegram'] : []
  const model = modelText(answers)
  if (!flags.json) {
    out('✅ Gateway configured successfully\n')
    out(channels.length > 0 ? `✅ Channels configured: ${channels.join(', ')}\n` : '✅ Channels configured: none yet\n')
    out(`✅ AI model configured: ${oneLine(model)}\n`)
  }
  // What people read goes nowhere while JSON is wanted.
  const quiet = flags.json ? { ...world, out: () => {}, err: () => {} } : world
  const started = plan.run === 'later' ? 0 : await startGateway(plan, quiet)
  if (flags.json) {
    const { configPath, envPath } = facts
    out(
      `${JSON.stringify({ ok: started === 0, written: true, configPath, envPath, channels, model, run: plan.run, needRestart }, null, 2)}\n`,
    )
    return started
  }
  if (plan.run === 'later') out('   Start it: clawdbot gateway start\n')
  return started
}
