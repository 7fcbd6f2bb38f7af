/** What every key of the wizard does; those that edit text are the conversation's. */

import { type Binding, defineKeymap } from '../input/bindings.ts'
import type { Field } from './sheet.ts'

export const wizardBindings = [
  { id: 'next', keys: ['enter'], when: 'always', title: 'next' },
  { id: 'back', keys: ['escape', 'shift+tab'], when: 'always', title: 'back' },
  { id: 'leave', keys: ['ctrl+c'], when: 'always', title: 'leave' },
  { id: 'redraw', keys: ['ctrl+l'], when: 'always', title: 'draw the screen anew' },
  { id: 'up', keys: ['up', 'ctrl+p'], when: 'choice', title: 'choose' },
  { id: 'down', keys: ['down', 'ctrl+n', 'tab'], when: 'choice', title: 'choose' },
  { id: 'page-up', keys: ['pageup'], when: 'choice', title: 'a page up' },
  { id: 'page-down', keys: ['pagedown'], when: 'choice', title: 'a page down' },
  { id: 'up', keys: ['left', 'up'], when: 'summary', title: 'choose' },
  { id: 'down', keys: ['right', 'down', 'tab'], when: 'summary', title: 'choose' },
  { id: 'erase', keys: ['backspace', 'ctrl+h'], when: 'secret', title: 'delete' },
  { id: 'erase-all', keys: ['ctrl+u', 'ctrl+w'], when: 'secret', title: 'clear' },
] as const satisfies readonly Binding<string, Field>[]

export type WizardKey = (typeof wizardBindings)[number]['id']

export const wizardKeymap = defineKeymap<WizardKey, Field>(wizardBindings)
