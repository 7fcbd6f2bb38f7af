/** Carries out what the keymap names: one small function for each key id. */

import { tooLong } from '../../client/message-limit.ts'
import { type EditorOp, editorText } from '../input/editor.ts'
import { canMoveRow } from '../input/editor-view.ts'
import { editorWidth } from '../screens/composer-rows.ts'
import { completionIndex, openCompletions } from '../screens/frame.ts'
import { editorOf } from '../store/composer.ts'
import { isReadOnly } from '../store/rights.ts'
import type { State } from '../store/state.ts'
import { currentTranscript } from '../store/state.ts'
import { runningRun } from '../store/transcript.ts'
import { answer, chooseApproval, moveApproval, turn } from './approvals.ts'
import { type CommandContext, refuse } from './command.ts'
import { askAgain, chooseDevice, decideDevice, endToken, moveDeviceChoice, moveDeviceRow } from './devices.ts'
import { editingOps } from './editing.ts'
import { entriesOf } from './entries.ts'
import type { Entry } from './entry.ts'
import { chooseGateway, goBack, goTo, goToApproval } from './gateways.ts'
import type { KeyId } from './keymap.ts'
import { deleteWaiting, editWaiting, takeBack } from './outbox.ts'
import {
  addProfile,
  closeForm,
  deleteProfile,
  editProfile,
  eraseInForm,
  saveForm,
  showProfiles,
  sideways,
  testProfile,
  turnWarm,
  useChosen,
  useForCommands,
} from './profiles.ts'
import { status } from './run.ts'
import { runSlash } from './run-slash.ts'
import { goToItem, openHit } from './seek.ts'
import { parseSlash } from './slash.ts'
import { slashCommands } from './table.ts'
import { copyReply } from './view.ts'

type Deed = (context: CommandContext) => void | Promise<void>

const editor = ({ store }: CommandContext) => editorOf(store.get().composer, store.get().sessions.key)
const edit =
  (op: EditorOp): Deed =>
  ({ store }) =>
    store.dispatch({ type: 'composer.edited', op })

const revisionOf = ({ store }: CommandContext) => store.get().composer.revisions[store.get().sessions.key]

/** A message that was taken back and emptied is given up: what was being written before comes back. */
function giveUp(context: CommandContext): boolean {
  if (editor(context).text !== '' || !revisionOf(context)) return false
  context.store.dispatch({ type: 'composer.cleared' })
  return true
}

const readOnlyRemedy = 'Who may pair lets it write: clawdbot devices pair there, clawdbot profiles pair here.'

/** Sends what is written, or runs it when it is a command of ours. */
function submit(context: CommandContext) {
  const { store, intents } = context
  const text = editorText(editor(context)).trim()
  if (text === '') return void giveUp(context)
  const slash = parseSlash(text, slashCommands)
  if (!slash && isReadOnly(store.get().connection)) {
    // What was written stays: nobody here may send it.
    return context.notifier.say('warning', 'This device may only read here.', readOnlyRemedy)
  }
  if (slash?.args && slash.command.usage === '') {
    const [word = ''] = text.split(/\s/)
    return void refuse(context, `${word} takes no words.`, `Write ${word} alone.`)
  }
  const long = tooLong(slash ? slash.args : text, 'This message')
  if (long) return context.notifier.say('warning', long.message, long.remedy) // and stays where it is
  const place = revisionOf(context)?.at
  store.dispatch({ type: 'composer.remembered', text })
  store.dispatch({ type: 'composer.cleared' })
  if (slash) return runSlash(context, slash, text)
  intents.send(text, place)
}

/** `\` before Enter begins a new line, for keyboards and terminals that have no other way. */
function send(context: CommandContext) {
  const { text, caret } = editor(context)
  if (text[caret - 1] !== '\\') return submit(context)
  context.store.dispatch({ type: 'composer.edited', op: { op: 'delete', to: 'left' } })
  context.store.dispatch({ type: 'composer.edited', op: { op: 'insert', text: '\n' } })
}

function leaveOrStop(context: CommandContext) {
  const { store, intents, notifier } = context
  const state = store.get()
  if (state.notices.length > 0 && notifier.isAsking('clear')) {
    notifier.close('clear')
    return store.dispatch({ type: 'composer.cleared' })
  }
  if (runningRun(currentTranscript(state))) return intents.stop()
  const notice = state.notices.at(-1)
  if (notice) return store.dispatch({ type: 'notice.closed', id: notice.id })
  if (editor(context).text !== '') return notifier.ask('clear', 'esc again clears the draft; ctrl+y brings it back')
  if (!giveUp(context)) store.dispatch({ type: 'view.scrolled', anchor: { kind: 'bottom' } })
}

function interrupt(context: CommandContext) {
  const { store, intents, notifier, screen } = context
  if (editor(context).text !== '') {
    store.dispatch({ type: 'composer.cleared' })
    return notifier.say('info', 'Draft cleared; ctrl+y brings it back.')
  }
  if (giveUp(context)) return
  if (notifier.isAsking('leave')) return screen.quit()
  if (runningRun(currentTranscript(store.get()))) intents.stop()
  notifier.ask('leave', 'ctrl+c again leaves; the gateway keeps working')
}

function endOfInput(context: CommandContext) {
  if (editor(context).text !== '') return edit({ op: 'delete', to: 'right' })(context)
  if (!giveUp(context)) context.screen.quit()
}

/** Up and down move in the text first, then through earlier prompts. */
function vertical(direction: 'up' | 'down'): Deed {
  return (context) => {
    const { store } = context
    const width = editorWidth(store.get().view.columns)
    const isWalking = store.get().composer.walk !== undefined
    if (!isWalking && canMoveRow(editor(context), direction, width)) {
      return store.dispatch({ type: 'composer.edited', op: { op: 'move-row', direction, width } })
    }
    store.dispatch({ type: 'composer.walked', direction: direction === 'up' ? 'older' : 'newer' })
  }
}

async function externalEditor(context: CommandContext): Promise<void> {
  const { store } = context
  const text = await context.screen.edit(editorText(editor(context)))
  if (text !== undefined) store.dispatch({ type: 'composer.edited', op: { op: 'set', text } })
}

function takeCompletion(context: CommandContext): boolean {
  const list = openCompletions(context.store.get())
  const chosen = list[completionIndex(context.store.get(), list.length)]
  if (!chosen) return false
  context.store.dispatch({ type: 'composer.edited', op: { op: 'set', text: chosen.text } })
  return chosen.isWhole
}

function enterCompletion(context: CommandContext) {
  const { text } = editor(context)
  const isTyped = parseSlash(text, slashCommands) !== undefined && !/\s$/.test(text)
  const isMoved = context.store.get().composer.completion.index !== 0
  if (isTyped && !isMoved) return submit(context)
  if (takeCompletion(context)) return submit(context)
}

function choose(context: CommandContext) {
  const { store, intents } = context
  const state = store.get()
  if (state.overlay?.kind === 'search' && state.overlay.query !== state.overlay.filter) {
    return intents.search(state.overlay.filter)
  }
  const entry = entriesOf(state)[state.overlay?.index ?? 0]
  if (!entry) return
  store.dispatch({ type: 'overlay.closed' })
  follow(entry, context)
}

function follow({ choice }: Entry, context: CommandContext) {
  const { store, intents } = context
  switch (choice.kind) {
    case 'gateway':
      return goTo(context, choice.id)
    case 'waiting':
      return editWaiting(context, choice)
    case 'session':
      return intents.openSession(choice.key)
    case 'new-session':
      return intents.newSession()
    case 'model':
      return void intents.setModel(choice.model)
    case 'item':
      return goToItem(context, choice.id, choice.words)
    case 'hit':
      return openHit(context, choice.hit)
    case 'prompt':
      return store.dispatch({ type: 'composer.edited', op: { op: 'set', text: choice.text } })
  }
}

const moveList =
  (by: (state: State) => number): Deed =>
  ({ store }) =>
    store.dispatch({ type: 'overlay.moved', by: by(store.get()), count: entriesOf(store.get()).length })

const moveProfile =
  (by: number): Deed =>
  ({ store }) =>
    store.dispatch({ type: 'overlay.moved', by, count: store.get().fleet.members.length })

const page = (state: State): number => Math.max(1, state.view.rows - 8)

const open =
  (overlay: 'connection' | 'outbox' | 'sessions' | 'models' | 'prompts' | 'find' | 'help'): Deed =>
  ({ store }) =>
    store.dispatch({ type: 'overlay.opened', overlay })

const editingDeeds = Object.fromEntries(Object.entries(editingOps).map(([id, op]) => [id, edit(op)])) as Record<
  keyof typeof editingOps,
  Deed
>

export const deeds: Readonly<Record<KeyId, Deed>> = {
  send,
  newline: edit({ op: 'insert', text: '\n' }),
  escape: leaveOrStop,
  interrupt,
  'end-of-input': endOfInput,
  'take-back': takeBack,
  'external-editor': externalEditor,

  gateways: (context) => chooseGateway(context),
  profiles: showProfiles,
  'previous-gateway': goBack,
  'next-approval': goToApproval,
  sessions: open('sessions'),
  models: open('models'),
  prompts: open('prompts'),
  find: open('find'),
  help: open('help'),
  connection: open('connection'),
  outbox: open('outbox'),
  status: async (context) => void (await status.run(context, '')),
  'toggle-tools': ({ store }) => store.dispatch({ type: 'view.toggled', what: 'tools' }),
  'toggle-thoughts': ({ store }) => store.dispatch({ type: 'view.toggled', what: 'thoughts' }),
  copy: (context) => copyReply(context),
  'copy-code': (context) => copyReply(context, true),
  redraw: ({ screen }) => screen.redraw(),
  suspend: ({ screen }) => screen.suspend(),

  'page-up': ({ screen }) => screen.scroll({ pages: -1 }),
  'page-down': ({ screen }) => screen.scroll({ pages: 1 }),
  'scroll-up': ({ screen }) => screen.scroll({ rows: -1 }),
  'scroll-down': ({ screen }) => screen.scroll({ rows: 1 }),
  'scroll-top': ({ screen }) => screen.scroll('top'),
  'scroll-bottom': ({ screen }) => screen.scroll('bottom'),

  up: vertical('up'),
  down: vertical('down'),
  ...editingDeeds,
  'expand-paste': edit({ op: 'expand-chip' }),

  'completion-up': ({ store }) => store.dispatch({ type: 'completion.moved', by: -1 }),
  'completion-down': ({ store }) => store.dispatch({ type: 'completion.moved', by: 1 }),
  'completion-take': (context) => void takeCompletion(context),
  'completion-enter': enterCompletion,
  'completion-close': ({ store }) => store.dispatch({ type: 'completion.closed' }),

  retry: ({ intents }) => intents.retry(),

  'list-up': moveList(() => -1),
  'list-down': moveList(() => 1),
  'list-page-up': moveList((state) => -page(state)),
  'list-page-down': moveList(page),
  'list-choose': choose,
  'list-close': ({ store }) => store.dispatch({ type: 'overlay.closed' }),
  'filter-backspace': ({ store }) => filter(store.get().overlay?.filter.replace(/\P{M}\p{M}*$/u, ''), store.dispatch),
  'filter-clear': ({ store }) => filter('', store.dispatch),

  'outbox-edit': choose,
  'outbox-delete': deleteWaiting,

  'profile-up': moveProfile(-1),
  'profile-down': moveProfile(1),
  'profile-use': useChosen,
  'profile-add': addProfile,
  'profile-edit': editProfile,
  'profile-test': testProfile,
  'profile-warm': turnWarm,
  'profile-commands': useForCommands,
  'profile-delete': deleteProfile,
  'profiles-close': ({ store }) => store.dispatch({ type: 'overlay.closed' }),

  'connection-retry': ({ intents }) => intents.retry(),
  'connection-profiles': showProfiles,
  'connection-close': ({ store }) => store.dispatch({ type: 'overlay.closed' }),

  'form-save': saveForm,
  'form-next': ({ store }) => store.dispatch({ type: 'form.moved', by: 1 }),
  'form-previous': ({ store }) => store.dispatch({ type: 'form.moved', by: -1 }),
  'form-left': (context) => sideways(context, 'left'),
  'form-right': (context) => sideways(context, 'right'),
  'form-backspace': (context) => eraseInForm(context, 'sign'),
  'form-clear': (context) => eraseInForm(context, 'all'),
  'form-close': closeForm,

  'text-up': ({ screen }) => screen.turnPage(-1),
  'text-down': ({ screen }) => screen.turnPage(1),
  'text-page-up': ({ screen, store }) => screen.turnPage(-page(store.get())),
  'text-page-down': ({ screen, store }) => screen.turnPage(page(store.get())),
  'text-close': ({ store }) => store.dispatch({ type: 'overlay.closed' }),

  'approve-once': answer('allow-once'),
  'approve-always': answer('allow-always'),
  deny: answer('deny'),
  'deny-stop': ({ intents }) => intents.denyAndStop(),
  'turn-to-composer': turn('composer'),
  'turn-to-question': turn('question'),
  'approval-left': moveApproval(-1),
  'approval-right': moveApproval(1),
  'approval-choose': chooseApproval,
  'approval-page-down': ({ screen }) => screen.turnCommand(1),
  'approval-page-up': ({ screen }) => screen.turnCommand(-1),
  'device-later': decideDevice('later'),
  'device-reject': decideDevice('reject'),
  'device-read': decideDevice('read'),
  'device-all': decideDevice('all'),
  'device-left': moveDeviceChoice(-1),
  'device-right': moveDeviceChoice(1),
  'device-choose': chooseDevice,
  'devices-up': moveDeviceRow(-1),
  'devices-down': moveDeviceRow(1),
  'devices-decide': askAgain,
  'devices-rotate': endToken('rotate'),
  'devices-revoke': endToken('revoke'),
  'devices-close': ({ store }) => store.dispatch({ type: 'overlay.closed' }),
  'trust-yes': ({ asker }) => asker.choose(true),
  'trust-no': ({ asker }) => asker.choose(false),
  'trust-move': ({ asker }) => asker.move(1),
  'trust-choose': ({ asker }) => asker.submit(),

  'answer-send': ({ asker }) => asker.submit(),
  'answer-next': ({ asker }) => asker.move(1),
  'answer-previous': ({ asker }) => asker.move(-1),
  'answer-backspace': ({ asker }) => asker.erase('sign'),
  'answer-clear': ({ asker }) => asker.erase('all'),
  'answer-decline': ({ asker }) => asker.decline(),
}

function filter(text: string | undefined, dispatch: CommandContext['store']['dispatch']): void {
  if (text !== undefined) dispatch({ type: 'overlay.filtered', filter: text })
}
