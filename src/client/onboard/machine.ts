/** The questions as a machine: an answer goes in, the next question, a complaint or something to try comes out. Pure. */

import { Secret } from '../../shared/std/secret.ts'
import type { OnboardFacts, Problem, Tried } from './facts.ts'
import type { Answers, Choice, Found, Step, StepId, Trial, World } from './step.ts'
import { onboardSteps } from './table.ts'

export type Wizard = World & {
  /** What is asked now; `summary` when everything is answered. */
  readonly at: StepId | 'summary'
  /** What is wrong with the answer just given. */
  readonly problem: Problem | undefined
  /** Being tried; the answer counts when it works. */
  readonly trial: Trial | undefined
  /** What trying an answer has shown, by question: `gpt-4o-mini and 41 others`, `@my_bot`. */
  readonly notes: Readonly<Partial<Record<StepId, string>>>
}

export function beginOnboarding(facts: OnboardFacts): Wizard {
  const answers: Answers = {}
  const found: Found = { models: [] }
  return { facts, answers, found, at: 'role', problem: undefined, trial: undefined, notes: {} }
}

/** The questions these answers lead to, in order. */
export function routeOf(world: World): readonly Step[] {
  return onboardSteps.filter((step) => step.isAsked(world))
}

export function stepOf(wizard: Wizard): Step | undefined {
  return onboardSteps.find(({ id }) => id === wizard.at)
}

/** What can be chosen now; empty when it is written. */
export function choicesOf(wizard: Wizard): readonly Choice[] {
  return stepOf(wizard)?.choices?.(wizard) ?? []
}

/** What stands there before anything is typed: the answer that was given, else the one that is proposed. */
export function proposed(wizard: Wizard): string {
  const step = stepOf(wizard)
  if (!step || step.kind === 'secret') return ''
  const given = wizard.answers[step.id]
  const choices = choicesOf(wizard)
  const isPossible = typeof given === 'string' && (choices.length === 0 || choices.some(({ value }) => value === given))
  return isPossible ? given : step.initial(wizard)
}

/** Takes the answer to the present question, tries it, or says what is wrong with it. */
export function answered(wizard: Wizard, given: string): Wizard {
  const step = stepOf(wizard)
  if (!step) return wizard
  const pasted = step.isExact ? given : given.trim()
  const text = step.meant?.(pasted, wizard) ?? pasted
  const choices = choicesOf(wizard)
  const isKnown = choices.length === 0 || step.id === 'model' || choices.some(({ value }) => value === text)
  const unknown = { text: `It is one of ${choices.map(({ value }) => value).join(', ')}` }
  const problem = step.problem?.(text, wizard) ?? (isKnown ? undefined : unknown)
  if (problem) return { ...wizard, problem }
  const answer = step.kind === 'secret' ? new Secret(text) : text
  const next = { ...wizard, answers: { ...wizard.answers, [step.id]: answer }, problem: undefined }
  const trial = step.trial?.(text, next)
  return trial ? { ...next, trial } : advanced(next)
}

/** What came of the trial. */
export function tried(wizard: Wizard, result: Tried): Wizard {
  if (!wizard.trial || wizard.at === 'summary') return wizard
  const { at, notes, found } = wizard
  const calm = { ...wizard, trial: undefined }
  if (!result.ok) {
    const { text, remedy, isAddress } = result
    return { ...calm, problem: { text, remedy, isAddress } }
  }
  const models = result.models ?? found.models
  return advanced({ ...calm, notes: { ...notes, [at]: result.note }, found: { models } })
}

/** To the question before; an answer that is being tried is taken back. The same at the first. */
export function back(wizard: Wizard): Wizard {
  const route = routeOf(wizard)
  const at = wizard.at === 'summary' ? route.length : route.findIndex(({ id }) => id === wizard.at)
  const calm = { ...wizard, trial: undefined, problem: undefined }
  if (wizard.trial) return calm
  return { ...calm, at: route[Math.max(0, at - 1)]?.id ?? 'role' }
}

function advanced(wizard: Wizard): Wizard {
  const route = routeOf(wizard)
  const at = route.findIndex(({ id }) => id === wizard.at)
  return { ...wizard, at: route[at + 1]?.id ?? 'summary' }
}

/** How far one has come: `3 of 9`, as far as the answers so far tell. */
export function progressOf(wizard: Wizard): { readonly at: number; readonly of: number } {
  const role = wizard.answers.role ?? 'gateway'
  const route = routeOf({ ...wizard, answers: { ...wizard.answers, role } })

  const at = wizard.at === 'summary' ? route.length : route.findIndex(({ id }) => id === wizard.at)
  return { at: at + 1, of: route.length + 1 }
}
