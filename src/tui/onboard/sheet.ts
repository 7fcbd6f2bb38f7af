/** The wizard as it stands on the screen: the question of the machine, and the answer that is being made. Pure. */

import type { OnboardFacts, Tried } from '../../client/onboard/facts.ts'
import {
  answered,
  back,
  beginOnboarding,
  choicesOf,
  proposed,
  stepOf,
  tried,
  type Wizard,
} from '../../client/onboard/machine.ts'
import type { Choice } from '../../client/onboard/step.ts'
import type { Strength } from '../../shared/password-strength.ts'
import { type Editor, type EditorOp, editorText, emptyEditor, reduce as reduceEditor } from '../input/editor.ts'

export type Sheet = {
  readonly wizard: Wizard
  /** What is written; over a long list, its filter. */
  readonly editor: Editor
  /** Of the choices that show. */
  readonly chosen: number
  /** What is typed hidden is elsewhere; here is only how long and how strong it is. */
  readonly secretLength: number
  readonly strength: Strength | undefined
  /** Below the summary: write it, or go back. */
  readonly isGoingBack: boolean
  /** Ctrl+C was pressed once. */
  readonly isLeaving: boolean
}

/** From so many choices on a filter is of use. */
const longList = 12

export function openSheet(facts: OnboardFacts): Sheet {
  return fresh(beginOnboarding(facts))
}

/** A question that has just come: what is proposed stands there. */
function fresh(wizard: Wizard): Sheet {
  const choices = choicesOf(wizard)
  const text = proposed(wizard)
  const editor = choices.length > 0 ? emptyEditor : reduceEditor(emptyEditor, { op: 'set', text })
  const chosen = Math.max(
    0,
    choices.findIndex(({ value }) => value === text),
  )
  return { wizard, editor, chosen, secretLength: 0, strength: undefined, isGoingBack: false, isLeaving: false }
}

export type Field = 'choice' | 'text' | 'secret' | 'summary'

export function fieldOf({ wizard }: Sheet): Field {
  const step = stepOf(wizard)
  if (!step) return 'summary'
  return step.kind === 'choice' && choicesOf(wizard).length === 0 ? 'text' : step.kind
}

export function hasFilter({ wizard }: Sheet): boolean {
  return choicesOf(wizard).length >= longList
}

/** Those that match what is typed. */
export function shownChoices(sheet: Sheet): readonly Choice[] {
  const words = editorText(sheet.editor).toLowerCase().split(/\s+/)
  return choicesOf(sheet.wizard).filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
}

export function moved(sheet: Sheet, by: number): Sheet {
  if (fieldOf(sheet) === 'summary') return { ...sheet, isGoingBack: by > 0, isLeaving: false }
  const last = Math.max(0, shownChoices(sheet).length - 1)
  return { ...sheet, chosen: Math.max(0, Math.min(last, sheet.chosen + by)), isLeaving: false }
}

export function edited(sheet: Sheet, op: EditorOp): Sheet {
  const wizard = { ...sheet.wizard, problem: undefined }
  return { ...sheet, wizard, editor: reduceEditor(sheet.editor, op), chosen: 0, isLeaving: false }
}

export function typedHidden(sheet: Sheet, secretLength: number, strength: Strength | undefined): Sheet {
  return { ...sheet, wizard: { ...sheet.wizard, problem: undefined }, secretLength, strength, isLeaving: false }
}

/** Enter, with the hidden answer where one was typed. */
export function submitted(sheet: Sheet, hidden: string): Sheet {
  const { wizard, editor, chosen } = sheet
  const field = fieldOf(sheet)
  const text = field === 'secret' ? hidden : field === 'text' ? editorText(editor) : shownChoices(sheet)[chosen]?.value
  return text === undefined ? sheet : follow(sheet, answered(wizard, text))
}

export function wentBack(sheet: Sheet): Sheet {
  return follow(sheet, back(sheet.wizard))
}

export function heard(sheet: Sheet, result: Tried): Sheet {
  return follow(sheet, tried(sheet.wizard, result))
}

export function askedToLeave(sheet: Sheet): Sheet {
  return { ...sheet, isLeaving: true }
}

/** The same question keeps what is written, so that a slip can be corrected; hidden answers are typed again. */
function follow(sheet: Sheet, wizard: Wizard): Sheet {
  if (wizard.at !== sheet.wizard.at) return fresh(wizard)
  const isRefused = wizard.problem !== undefined && fieldOf(sheet) === 'secret'
  return { ...sheet, wizard, isLeaving: false, ...(isRefused ? { secretLength: 0, strength: undefined } : {}) }
}
