/** The form of a profile, while it is open. */

import { edited, type Form, moved, tried, turned } from '../profiles/form.ts'
import type { Action } from './action.ts'

export function reduceForm(form: Form | undefined, action: Action): Form | undefined {
  switch (action.type) {
    case 'form.opened':
      return action.form
    case 'form.closed':
    case 'screen.left':
      return undefined
    default:
      return form && step(form, action)
  }
}

function step(form: Form, action: Action): Form {
  switch (action.type) {
    case 'form.edited':
      return edited(form, action.op)
    case 'form.moved':
      return moved(form, action.by)
    case 'form.turned':
      return turned(form, action.by)
    case 'form.secret':
      return { ...form, secretLength: action.length, refusal: undefined }
    case 'form.tried':
      return tried(form)
    case 'form.refused':
      return { ...form, isSaving: false, refusal: { text: action.text, remedy: action.remedy } }
    default:
      return form
  }
}
