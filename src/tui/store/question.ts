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
  /** Another question has another one; the next try at the same has the same. */
  readonly id: number
  readonly question: Question
  /** None where the answer is yes or no. */
  readonly fields: readonly AskedField[]
  readonly focus: number
  /** Which answer is marked where it is yes or no; no at first. */
  readonly isYes: boolean
  /** How many more wait behind this one. */
  readonly more: number
  /** It was answered, and what comes of it is not known yet. */
  readonly isChecking: boolean
}

const titles: Readonly<Record<Question['kind'], string>> = {
  'host-key': 'Is this the right server?',
  passphrase: 'This key is locked',
  password: 'The server asks for a password',
  server: 'The server asks',
  'gateway-secret': 'The gateway asks for its secret',
  'pair-code': 'This device waits for approval',
}

export const questionTitle = ({ kind }: Question): string => titles[kind]
