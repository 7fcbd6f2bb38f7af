/** `onboard --non-interactive`: every answer as a flag, asked of the same machine in the same order. */

import { clashOf } from '../client/onboard/clash.ts'
import type { OnboardFacts, Trials } from '../client/onboard/facts.ts'
import {
  answered,
  beginOnboarding,
  choicesOf,
  proposed,
  stepOf,
  tried,
  type Wizard,
} from '../client/onboard/machine.ts'
import type { Answers, Step } from '../client/onboard/step.ts'
import { address } from '../client/onboard/steps/model.ts'
import { onboardSteps } from '../client/onboard/table.ts'
import { carryOut } from '../client/onboard/try.ts'
import { Fault } from '../shared/fault.ts'
import type { Flag } from './command.ts'
import { usage } from './parse.ts'

/** Two questions may share one, as a password and its repetition do. */
export const answerFlags: Readonly<Record<string, Flag>> = Object.fromEntries(
  onboardSteps.map(({ flag: { name, ...flag } }) => [name, { type: 'string' as const, ...flag }]),
)

export type GivenAnswers = {
  readonly flags: Readonly<Record<string, string | number | boolean | undefined>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Throws `usage.invalid` for the first answer that cannot be taken, with the flag it belongs to. */
export async function answersFromFlags(facts: OnboardFacts, trials: Trials, given: GivenAnswers): Promise<Answers> {
  let wizard = beginOnboarding(facts)
  for (let step = stepOf(wizard); step; step = stepOf(wizard)) {
    const next = await take(wizard, step, trials, given)
    if (next.problem || next.at === wizard.at) throw refused(step, next)
    wizard = next
  }
  refuseUnasked(wizard, given)
  return wizard.answers
}

async function take(wizard: Wizard, step: Step, trials: Trials, { flags, env, signal }: GivenAnswers): Promise<Wizard> {
  const flag = flags[step.flag.name]
  const text = flag === undefined ? undefined : String(flag)
  const answer = step.kind === 'secret' ? fromVariable(step, text, env) : (text ?? proposed(wizard))
  const next = answered(wizard, answer)
  if (step.kind === 'secret' && flag === undefined && next.problem) throw missing(step)
  return next.trial ? tried(next, await carryOut(next.trial, trials, signal)) : next
}

function fromVariable({ flag }: Step, name: string | undefined, env: GivenAnswers['env']): string {
  if (name === undefined) return ''
  const value = env[name]?.trim()
  if (value) return value
  throw usage(`--${flag.name} names ${name}, which is not set here`, 'onboard')
}

/** What is hidden has no answer that could be proposed. */
function missing({ flag: { name } }: Step): Fault {
  return new Fault('usage.invalid', `--${name} is missing: the name of a ${answerFlags[name]?.about}`, {
    remedy: `For example: read -rs SECRET && export SECRET, then add --${name} SECRET`,
  })
}

function refused(step: Step, wizard: Wizard): Fault {
  const flag = wizard.problem?.isAddress ? address.flag : step.flag
  const choices = choicesOf(wizard)
    .map(({ value }) => value)
    .slice(0, 12)
  const { text = 'it cannot be taken', remedy } = wizard.problem ?? {}
  // One that names no choice there is has been told them.
  const all = remedy !== undefined && choices.length > 0 ? `It can be: ${choices.join(', ')}.` : undefined
  return new Fault('usage.invalid', `--${flag.name}: ${text}`, {
    remedy: [remedy, all].filter(Boolean).join('\n   ') || 'Every answer: clawdbot onboard --help',
  })
}

/** An answer to a question that these other answers do not lead to is a mistake, not a wish. */
function refuseUnasked(wizard: Wizard, { flags }: GivenAnswers): void {
  const { answers } = wizard
  const asked = new Set(onboardSteps.filter(({ id }) => answers[id] !== undefined).map(({ flag }) => flag.name))
  const lost = Object.keys(answerFlags).find((name) => flags[name] !== undefined && !asked.has(name))
  if (lost === undefined) return
  const clash = clashOf(lost, wizard)
  if (!clash) throw usage(`--${lost} does not go with the other answers`, 'onboard')
  const unsaid = flags[clash.flag] === undefined ? ', which is what is proposed' : ''
  throw new Fault('usage.invalid', `--${lost} does not go with --${clash.flag} ${clash.answer}${unsaid}`, {
    remedy: `Leave it out, or choose --${clash.flag} ${clash.instead.join(' or ')}`,
  })
}
