/** The profile screen and its form: looking, adding, editing, trying out, deleting. */

import type { Profile } from '../../client/profile.ts'
import { errorText, Fault } from '../../shared/fault.ts'
import { oneLine } from '../layout/sanitize.ts'
import { draftOf } from '../profiles/draft.ts'
import { focusedField, isChanged, leadsElsewhere, openForm } from '../profiles/form.ts'
import type { Member } from '../store/fleet.ts'
import { membersOf } from '../store/members.ts'
import { type CommandContext, defineCommand } from './command.ts'
import { goTo } from './gateways.ts'

export const profiles = defineCommand({
  name: 'profiles',
  about: 'Show all gateways: how they stand; add, edit, test or delete one',
  run: (context) => showProfiles(context),
})

export function showProfiles({ store, fleet }: CommandContext) {
  store.dispatch({ type: 'overlay.opened', overlay: 'profiles' })
  fleet.refresh()
}

/** The chosen row. */
function chosenOne({ store }: CommandContext): Member | undefined {
  const state = store.get()
  const members = membersOf(state)
  return members[Math.min(state.overlay?.index ?? 0, members.length - 1)]
}

export function useChosen(context: CommandContext) {
  const member = chosenOne(context)
  context.store.dispatch({ type: 'overlay.closed' })
  if (member && member.id !== context.store.get().fleet.currentId) goTo(context, member.id)
}

export function addProfile({ store, saved, hidden }: CommandContext) {
  hidden.erase('all')
  store.dispatch({ type: 'form.opened', form: openForm(saved.book, undefined) })
}

export function editProfile(context: CommandContext) {
  const { store, saved, hidden, notifier } = context
  const profile = savedOf(context)
  if (!profile) return notifier.say('info', 'It was given for this visit and is not saved.')
  hidden.erase('all')
  store.dispatch({ type: 'form.opened', form: openForm(saved.book, profile) })
}

function savedOf(context: CommandContext): Profile | undefined {
  const id = chosenOne(context)?.id
  return context.saved.all.find((profile) => profile.id === id)
}

/** Connects to it, or asks it how it is when it is connected; how it goes is seen in its row. */
export async function testProfile(context: CommandContext) {
  const { fleet, notifier } = context
  const member = chosenOne(context)
  if (!member) return
  const ms = await fleet.test(member.id)
  if (ms !== undefined)
    notifier.say('success', `${oneLine(member.name)} answered in ${Math.max(1, Math.round(ms))} ms.`)
}

export async function deleteProfile(context: CommandContext) {
  const { saved, fleet, notifier } = context
  const profile = savedOf(context)
  if (!profile) return notifier.say('info', 'It is not saved, so there is nothing to delete.')
  const question = `delete ${profile.id}`
  if (!notifier.isAsking(question)) {
    return notifier.ask(question, `d again deletes ${profile.name}: its secret and what was kept of it here, too`)
  }
  notifier.close(question)
  const keepOn = fleet.stopKeeping(profile.id)
  await saved.remove(profile.name).catch((error: unknown) => {
    keepOn()
    throw error
  })
  fleet.refresh()
  notifier.say('success', `${profile.name} is deleted.`)
}

export async function turnWarm(context: CommandContext) {
  const { saved, fleet, notifier } = context
  const profile = savedOf(context)
  if (!profile) return notifier.say('info', 'Only a saved one can be kept connected.')
  await saved.setWarm(profile.name, !profile.warm)
  fleet.refresh()
}

/** Where line commands go that name no profile. */
export async function useForCommands(context: CommandContext) {
  const { saved, notifier } = context
  const profile = savedOf(context)
  if (!profile) return notifier.say('info', 'Only a saved one can be used by line commands.')
  await saved.use(profile.name)
  notifier.say('success', `Line commands go to ${profile.name} now.`)
}

/** Saves when nothing is wrong, else goes to what is. */
export async function saveForm(context: CommandContext): Promise<void> {
  const { store, saved, fleet, hidden, notifier } = context
  const filled = store.get().form
  if (filled?.isSaving) return
  const question = 'save a profile that leads elsewhere'
  if (filled && leadsElsewhere(filled) && !notifier.isAsking(question)) {
    return notifier.ask(question, 'enter again saves it and deletes what is kept of the old gateway')
  }
  notifier.close(question)
  store.dispatch({ type: 'form.tried' })
  const { form, fleet: before } = store.get()
  if (!form?.isSaving) return
  const wasHere = form.old !== undefined && form.old.id === before.currentId
  try {
    const kept = await saved.keep(draftOf(form.values), form.old?.name, hidden.length > 0 ? hidden.take() : undefined)
    store.dispatch({ type: 'form.closed' })
    if (form.old && kept.id !== form.old.id) fleet.stopKeeping(form.old.id)
    await fleet.reload()
    // One that leads elsewhere now is another gateway, with drafts and a transcript of its own.
    if (wasHere && kept.id !== form.old?.id) fleet.switchTo(kept.id)
    notifier.say('success', `${kept.name} is saved.`)
  } catch (error) {
    store.dispatch({
      type: 'form.refused',
      text: errorText(error),
      remedy: error instanceof Fault ? error.remedy : undefined,
    })
  }
}

export function closeForm({ store, notifier, hidden }: CommandContext) {
  const { form } = store.get()
  const question = 'leave the form'
  if (form && isChanged(form) && !notifier.isAsking(question)) {
    return notifier.ask(question, 'esc again leaves without saving')
  }
  notifier.close(question)
  hidden.erase('all')
  store.dispatch({ type: 'form.closed' })
}

/** A field of few choices turns; a hidden one is typed elsewhere. */
export function typeInForm({ store, hidden }: CommandContext, text: string) {
  const { form } = store.get()
  if (!form || form.isSaving) return
  const { options, isHidden } = focusedField(form)
  if (options) return text === ' ' ? store.dispatch({ type: 'form.turned', by: 1 }) : undefined
  if (!isHidden) return store.dispatch({ type: 'form.edited', op: { op: 'insert', text } })
  hidden.type(text)
  store.dispatch({ type: 'form.secret', length: hidden.length })
}

/** A secret is taken as it is; anything else is one line. */
export function pasteInForm(context: CommandContext, text: string) {
  const { form } = context.store.get()
  typeInForm(context, form && focusedField(form).isHidden ? text : oneLine(text))
}

export function eraseInForm({ store, hidden }: CommandContext, what: 'sign' | 'all') {
  const { form } = store.get()
  if (!form) return
  if (focusedField(form).isHidden) {
    hidden.erase(what)
    return store.dispatch({ type: 'form.secret', length: hidden.length })
  }
  store.dispatch({
    type: 'form.edited',
    op: what === 'sign' ? { op: 'delete', to: 'left' } : { op: 'kill', to: 'all' },
  })
}

/** Left and right: another choice, or another place in the text. */
export function sideways({ store }: CommandContext, direction: 'left' | 'right') {
  const { form } = store.get()
  if (!form) return
  if (focusedField(form).options) store.dispatch({ type: 'form.turned', by: direction === 'left' ? -1 : 1 })
  else store.dispatch({ type: 'form.edited', op: { op: 'move', to: direction } })
}
