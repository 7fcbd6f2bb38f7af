/** A profile being added or edited. The secret is typed elsewhere (hidden-line.ts): here is only how long it is. */

import type { Profile, ProfileBook } from '../../client/profile.ts'
import { leadsToSame, localName } from '../../client/profiles.ts'
import { type Editor, type EditorOp, emptyEditor, reduce as reduceEditor } from '../input/editor.ts'
import { type Beside, problemsOf } from './checks.ts'
import { draftOf, valuesOf } from './draft.ts'
import { emptyValues, type Field, fieldsOf, type Values } from './fields.ts'

export type Form = {
  readonly book: ProfileBook
  /** What is edited; undefined for a new one. */
  readonly old: Profile | undefined
  readonly values: Values
  /** Id of the field one writes in, and its text as an editor. */
  readonly focus: string
  readonly editor: Editor
  readonly secretLength: number
  /** Saving was tried: what is missing is shown as wrong. */
  readonly wasTried: boolean
  readonly isSaving: boolean
  /** Why it could not be saved. */
  readonly refusal: { readonly text: string; readonly remedy: string | undefined } | undefined
}

export function openForm(book: ProfileBook, old: Profile | undefined): Form {
  const values = old ? valuesOf(old) : emptyValues
  const blank = { editor: emptyEditor, secretLength: 0, wasTried: false, isSaving: false, refusal: undefined }
  return focusOn({ book, old, values, focus: 'name', ...blank }, 'name')
}

/** What is wrong with it now, by field. */
export const formProblems = (form: Form): ReturnType<typeof problemsOf> => problemsOf(form.values, besideOf(form))

const besideOf = ({ book, old, secretLength }: Form): Beside => ({ book, old, hasSecret: secretLength > 0 })

/** The field one writes in. */
export function focusedField({ values, focus }: Form): Field {
  const fields = fieldsOf(values)
  return fields.find(({ id }) => id === focus) ?? (fields[0] as Field)
}

function focusOn(form: Form, id: string): Form {
  return { ...form, focus: id, editor: reduceEditor(emptyEditor, { op: 'set', text: form.values[id] ?? '' }) }
}

export function edited(form: Form, op: EditorOp): Form {
  const editor = reduceEditor(form.editor, op)
  return { ...form, editor, values: { ...form.values, [form.focus]: editor.text }, refusal: undefined }
}

/** Round and round. */
export function moved(form: Form, by: number): Form {
  const fields = fieldsOf(form.values)
  const at = fields.findIndex(({ id }) => id === form.focus)
  return focusOn(form, fields.at((at + by) % fields.length)?.id ?? 'name')
}

export function turned(form: Form, by: number): Form {
  const { id, options } = focusedField(form)
  if (!options) return form
  const at = Math.max(0, options.indexOf(form.values[id] ?? ''))
  const value = options.at((at + by) % options.length) ?? ''
  return { ...form, values: { ...form.values, [id]: value }, refusal: undefined }
}

/** Wants to be saved: goes to the first field that is wrong, if one is. */
export function tried(form: Form): Form {
  const problems = formProblems(form)
  const first = fieldsOf(form.values).find(({ id }) => problems[id] !== undefined)
  const isWrong = Object.keys(problems).length > 0
  return { ...(first ? focusOn(form, first.id) : form), wasTried: true, isSaving: !isWrong }
}

/** Saved like this it is another gateway, and what is kept of the old one on this machine goes. */
export function leadsElsewhere(form: Form): boolean {
  const { old, values } = form
  if (!old || old.id === localName || Object.keys(formProblems(form)).length > 0) return false
  return !leadsToSame(old.ways, draftOf(values).ways)
}

/** Something would be lost by leaving it. */
export function isChanged({ book, old, values, secretLength }: Form): boolean {
  return secretLength > 0 || JSON.stringify(values) !== JSON.stringify(openForm(book, old).values)
}
