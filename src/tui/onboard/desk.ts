/** Runs the wizard: keys in, the sheet changed, what has to be tried tried, and the answers out when they are confirmed. */

import type { OnboardFacts, Trials } from '../../client/onboard/facts.ts'
import type { Answers } from '../../client/onboard/step.ts'
import { carryOut } from '../../client/onboard/try.ts'
import { passwordStrength } from '../../shared/password-strength.ts'
import { editingOps } from '../commands/editing.ts'
import { keymap } from '../commands/keymap.ts'
import { HiddenLine } from '../gateway/hidden-line.ts'
import type { InputEvent } from '../input/event.ts'
import { oneLine } from '../layout/sanitize.ts'
import { type WizardKey, wizardKeymap } from './keymap.ts'
import {
  askedToLeave,
  edited,
  fieldOf,
  hasFilter,
  heard,
  moved,
  openSheet,
  type Sheet,
  submitted,
  typedHidden,
  wentBack,
} from './sheet.ts'

export type WizardDeskParts = {
  readonly facts: OnboardFacts
  readonly trials: Trials
  /** Confirmed, or undefined when the person left. */
  readonly onDone: (answers: Answers | undefined) => void
  readonly redraw: () => void
}

/** By how much each key moves in a list. */
const steps: Readonly<Partial<Record<WizardKey, number>>> = { up: -1, down: 1, 'page-up': -8, 'page-down': 8 }

export class WizardDesk {
  readonly #parts: WizardDeskParts
  readonly #hidden = new HiddenLine()
  readonly #listeners = new Set<() => void>()
  #sheet: Sheet
  #trying = new AbortController()

  constructor(parts: WizardDeskParts) {
    this.#parts = parts
    this.#sheet = openSheet(parts.facts)
  }

  get sheet(): Sheet {
    return this.#sheet
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly onEvents = (events: readonly InputEvent[]): void => {
    for (const event of events) {
      if (event.kind === 'key') this.#key(event.key)
      else if (event.kind === 'text') this.#text(event.text)
      else if (event.kind === 'paste') this.#text(event.text)
    }
  }

  #key(key: string): void {
    const field = fieldOf(this.#sheet)
    const found = wizardKeymap.lookup([key], [field])
    if (found.kind === 'found') this.#do(found.binding.id)
    else if (field === 'text' || hasFilter(this.#sheet)) this.#edit(key)
  }

  #edit(key: string): void {
    const found = keymap.lookup([key], ['chat'])
    const id = found.kind === 'found' ? found.binding.id : undefined
    if (id !== undefined && Object.hasOwn(editingOps, id)) {
      this.#set(edited(this.#sheet, editingOps[id as keyof typeof editingOps]))
    }
  }

  #text(text: string): void {
    if (this.#sheet.wizard.trial) return
    const field = fieldOf(this.#sheet)
    if (field === 'secret') {
      // A password manager may paste the line end along.
      this.#hidden.type(text.replace(/^\n+/, ''))
      this.#retype()
    } else if (field === 'text' || hasFilter(this.#sheet)) {
      this.#set(edited(this.#sheet, { op: 'insert', text: text.includes('\n') ? oneLine(text) : text }))
    }
  }

  #do(id: WizardKey): void {
    if (id === 'next' && !this.#sheet.wizard.trial) this.#next()
    if (id === 'back') this.#back()
    if (id === 'leave') this.#leave()
    if (id === 'redraw') this.#parts.redraw()
    const by = steps[id]
    if (by !== undefined) this.#set(moved(this.#sheet, by))
    if (id !== 'erase' && id !== 'erase-all') return
    this.#hidden.erase(id === 'erase' ? 'sign' : 'all')
    this.#retype()
  }

  #next(): void {
    if (fieldOf(this.#sheet) === 'summary') {
      if (this.#sheet.isGoingBack) this.#back()
      else this.#parts.onDone(this.#sheet.wizard.answers)
      return
    }
    this.#set(submitted(this.#sheet, this.#hidden.take().reveal()))
    const { trial } = this.#sheet.wizard
    if (!trial) return
    const { signal } = this.#trying
    carryOut(trial, this.#parts.trials, signal).then(
      (result) => signal.aborted || this.#set(heard(this.#sheet, result)),
      (error: unknown) => signal.aborted || this.#set(heard(this.#sheet, { ok: false, text: String(error) })),
    )
  }

  #back(): void {
    this.#trying.abort()
    this.#trying = new AbortController()
    this.#hidden.erase('all')
    this.#set(wentBack(this.#sheet))
  }

  #leave(): void {
    if (!this.#sheet.isLeaving) {
      this.#set(askedToLeave(this.#sheet))
      return
    }
    this.#trying.abort()
    this.#parts.onDone(undefined)
  }

  /** How strong it is is told where a password is chosen, and nowhere else. */
  #retype(): void {
    const isChosen = this.#sheet.wizard.at === 'password' && this.#hidden.length > 0
    const strength = isChosen ? passwordStrength(this.#hidden.peek().reveal()) : undefined
    this.#set(typedHidden(this.#sheet, this.#hidden.length, strength))
  }

  #set(sheet: Sheet): void {
    if (sheet === this.#sheet) return
    this.#sheet = sheet
    for (const listener of [...this.#listeners]) listener()
  }
}
