/** One thing the audit looks for: a pure function from facts to what is wrong and what to do about it. */

import type { AuditFacts } from './facts.ts'

export type Severity = 'critical' | 'warning' | 'info'

/** A change so safe that the audit may make it when asked: access taken away from others, a setting put back, a secret moved to `gateway.env`. */
export type Repair =
  | { readonly kind: 'mode'; readonly path: string; readonly mode: number }
  | { readonly kind: 'setting'; readonly path: string; readonly value: string }
  | { readonly kind: 'secret'; readonly path: string }

export type Problem = {
  /** The facts, in a sentence. Holds no secret, as the facts hold none. */
  readonly message: string
  /** What to do about exactly this one, with the command. */
  readonly remedy: string
  /** Where it weighs less than the check says. */
  readonly severity?: Severity
  readonly repair?: Repair
}

export type Check = {
  /** Stable; names of the ecosystem where the meaning is the same. */
  readonly id: string
  readonly severity: Severity
  /** What it finds and why that matters, for its entry in docs/audit.md. */
  readonly about: string
  /** What to do, in general. */
  readonly remedy: string
  readonly run: (facts: AuditFacts) => readonly Problem[]
}

export function defineCheck(check: Check): Check {
  return check
}
