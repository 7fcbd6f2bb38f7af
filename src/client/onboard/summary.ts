/** What a plan will do, in words: the last thing shown before anything is written. Pure; holds no secret. */

import { wayText } from '../profile-text.ts'
import type { OnboardFacts } from './facts.ts'
import type { OnboardPlan } from './plan.ts'
import { type Answers, said } from './step.ts'
import { builtInId } from './steps/model.ts'

export type SummaryLine = { readonly label: string; readonly text: string }

export function summaryOf(facts: OnboardFacts, answers: Answers, plan: OnboardPlan): readonly SummaryLine[] {
  if (plan.profile) {
    const { name, way, isKnown, secret } = plan.profile
    return [
      { label: 'Gateway', text: wayText(way) },
      {
        label: 'Saved as',
        text: `${name}${isKnown ? ' (in place of the one of that name)' : ''}, and used from now on`,
      },
      { label: 'Its secret', text: secret ? 'kept in a private file' : isKnown ? 'as it is' : 'none for now' },
      {
        label: 'Then',
        text: ['it is connected to, layer by layer', nodeText[plan.run]].filter(Boolean).join('; '),
      },
    ]
  }
  const files = [
    ...(plan.edits.length > 0 || plan.secret?.kind === 'password' ? [facts.configPath] : []),
    ...(plan.variables.length > 0 || plan.secret?.kind === 'token' ? [`${facts.envPath} (private)`] : []),
  ]
  return [
    { label: 'Model', text: modelText(answers) },
    ...(facts.can.telegram ? [{ label: 'Channels', text: said(answers, 'channel') }] : []),
    { label: 'Who gets in', text: authText[said(answers, 'auth')] ?? '' },
    { label: 'Reached from', text: exposureText[said(answers, 'exposure')] ?? '' },
    { label: 'Running', text: runText[plan.run] ?? '' },
    ...(plan.run === 'later' ? [] : [{ label: 'First message', text: plan.message || 'none' }]),
    { label: 'Written', text: files.length > 0 ? files.join(', ') : 'nothing: all of it is so already' },
  ]
}

const authText: Readonly<Record<string, string>> = {
  token: 'who has the new token',
  password: 'who knows the new password',
  keep: 'as it is',
}

const exposureText: Readonly<Record<string, string>> = {
  loopback: 'this machine, and others through SSH',
  serve: 'your tailnet, by Tailscale Serve',
  funnel: '⚠ the whole internet, by Tailscale Funnel',
  keep: 'as it is',
}

/** What follows for a node. */
const nodeText: Readonly<Partial<Record<OnboardPlan['run'], string>>> = {
  service: 'this machine is its node, as a service',
  here: 'this machine is its node, in this terminal',
}

const runText: Readonly<Partial<Record<OnboardPlan['run'], string>>> = {
  service: 'as a service',
  background: 'in the background, now',
  later: 'not yet',
}

/** As people say it: `openai:gpt-4o-mini`, `builtin`. */
export function modelText(answers: Answers): string {
  const provider = said(answers, 'provider')
  return provider === builtInId ? builtInId : `${provider}:${said(answers, 'model')}`
}
