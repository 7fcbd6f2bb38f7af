/** One question of `clawdbot onboard`: what it says, what can be answered, and what is wrong with an answer. Pure. */

import { Secret } from '../../shared/std/secret.ts'
import type { OnboardFacts, Problem, TriedModel } from './facts.ts'

export const stepIds = [
  ...(['role', 'way', 'profile', 'secret'] as const),
  ...(['provider', 'address', 'key', 'model'] as const),
  ...(['channel', 'telegram'] as const),
  ...(['auth', 'password', 'again', 'exposure'] as const),
  ...(['run', 'message'] as const),
] as const
export type StepId = (typeof stepIds)[number]

/** Hidden answers are `Secret`s, so that none is printed by accident. */
export type Answers = Readonly<Partial<Record<StepId, string | Secret>>>

/** What trying earlier answers has brought up. */
export type Found = { readonly models: readonly string[] }

export type World = { readonly facts: OnboardFacts; readonly answers: Answers; readonly found: Found }

export type Choice = { readonly value: string; readonly label: string; readonly hint?: string }

/** What is tried before the answer counts. */
export type Trial =
  | { readonly of: 'model'; readonly asked: TriedModel }
  | { readonly of: 'telegram'; readonly token: Secret }
  | { readonly of: 'tailscale'; readonly mode: 'serve' | 'funnel' }

export type Step = {
  readonly id: StepId
  readonly title: string
  /** Two lines at most 76 columns wide, for somebody who does this for the first time. */
  readonly about: (world: World) => readonly [string, string]
  readonly kind: 'choice' | 'text' | 'secret'
  /** Blanks at its ends belong to it, as they may to a password; elsewhere they came along when it was copied. */
  readonly isExact?: true
  /** Of a choice; none means that it is written instead. */
  readonly choices?: (world: World) => readonly Choice[]
  /** The choice that an answer stands for. */
  readonly meant?: (answer: string, world: World) => string
  readonly isAsked: (world: World) => boolean
  /** What stands there at first. */
  readonly initial: (world: World) => string
  /** An empty hidden answer keeps what there is. */
  readonly problem?: (answer: string, world: World) => Problem | undefined
  readonly trial?: (answer: string, world: World) => Trial | undefined
  /** Its flag without the dashes; that of a hidden answer names a variable, for a command line is read by others. */
  readonly flag: { readonly name: string; readonly about: string; readonly value?: string }
}

export function defineStep(step: Step): Step {
  return step
}

export function said(answers: Answers, id: StepId): string {
  const answer = answers[id]
  return answer instanceof Secret ? answer.reveal() : (answer ?? '')
}

export const isGateway = ({ answers }: World): boolean => said(answers, 'role') === 'gateway'
export const isNode = ({ answers }: World): boolean => said(answers, 'role') === 'node'
