/** A question that only the person can answer before a connection goes on. What is typed as an answer is not in here. */

import type { Question } from '../../tunnel/prompts.ts'

/** One line to fill in. */
export type AskedField = {
  /** In the words of whoever asks, raw. */
  readonly label: string
  /** What is typed, or a dot for each sign of it. */
  readonly shown: string
}

export type Asked = {
  /** Another question has another one. */
  readonly id: number
  readonly question: Question
  /** None where the answer is yes or no. */
  readonly fields: readonly AskedField[]
  readonly focus: number
  /** Which answer is marked where it is yes or no; no at first. */
  readonly isYes: boolean
  /** How many more wait behind this one. */
  readonly more: number
}
