/** Which answer is why a question was not asked. Pure. */

import { type StepId, said, type World } from './step.ts'
import { onboardSteps } from './table.ts'

type Clash = {
  /** Of the question that was answered. */
  readonly flag: string
  readonly answer: string
  /** What could be answered there instead. */
  readonly instead: readonly string[]
}

/** Undefined when no answer alone would lead to the question. */
export function clashOf(lost: string, world: World): Clash | undefined {
  const unasked = onboardSteps.filter((step) => step.flag.name === lost)
  const leads = (id: StepId, value: string) => {
    const answers = { ...world.answers, [id]: value }
    return unasked.some((step) => step.isAsked({ ...world, answers }))
  }
  for (const { id, flag, choices } of onboardSteps.filter((step) => world.answers[step.id] !== undefined)) {
    const instead = (choices?.(world) ?? []).map(({ value }) => value).filter((value) => leads(id, value))
    if (instead.length > 0) return { flag: flag.name, answer: said(world.answers, id), instead }
  }
  // What is asked of a gateway takes another answer besides.
  const role = said(world.answers, 'role')
  return role === 'gateway' ? undefined : { flag: 'role', answer: role, instead: ['gateway'] }
}
