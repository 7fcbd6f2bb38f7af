/** What every key does, as one table. The footer and the help are drawn from it; keys.ts carries it out. */

import { type Binding, defineKeymap } from '../input/bindings.ts'

/**
 * Where a key holds. `chat` is the conversation with its composer; the others lie over it. `beside` is the composer while
 * a command waits for a decision.
 */
export type Context =
  | 'chat'
  | 'completion'
  | 'offline'
  | 'list'
  | 'outbox'
  | 'profiles'
  | 'connection'
  | 'form'
  | 'text'
  | 'approval'
  | 'beside'
  | 'device'
  | 'devices'
  | 'trust'
  | 'answer'

export const bindings = [
  { id: 'send', keys: ['enter'], when: 'chat', title: 'Send the message' },
  { id: 'newline', keys: ['shift+enter', 'alt+enter', 'ctrl+j'], when: 'chat', title: 'Begin a new line' },
  { id: 'escape', keys: ['escape'], when: 'chat', title: 'Stop the reply; twice: clear the draft' },
  { id: 'interrupt', keys: ['ctrl+c'], when: 'chat', title: 'Clear the draft, stop the reply; twice: leave' },
  { id: 'end-of-input', keys: ['ctrl+d'], when: 'chat', title: 'Delete forward; on an empty line: leave' },
  { id: 'take-back', keys: ['alt+up'], when: 'chat', title: 'Take the last waiting message back' },
  { id: 'external-editor', keys: ['ctrl+x e'], when: 'chat', title: 'Write in your own editor' },

  { id: 'gateways', keys: ['ctrl+g', 'f2'], when: 'always', title: 'Go to another gateway' },
  { id: 'profiles', keys: ['ctrl+x g'], when: 'always', title: 'Show the profiles of all gateways' },
  { id: 'previous-gateway', keys: ['ctrl+x -'], when: 'always', title: 'Go back to the gateway before' },
  { id: 'next-approval', keys: ['ctrl+x a'], when: 'always', title: 'Go to the command that waits longest' },
  { id: 'sessions', keys: ['ctrl+o'], when: 'chat', title: 'Choose a session' },
  { id: 'models', keys: ['ctrl+x m'], when: 'chat', title: 'Choose a model' },
  { id: 'prompts', keys: ['ctrl+r'], when: 'chat', title: 'Search earlier prompts' },
  { id: 'find', keys: ['ctrl+f'], when: 'chat', title: 'Find in this conversation' },
  { id: 'connection', keys: ['ctrl+x n'], when: 'always', title: 'Show the connection, layer by layer' },
  { id: 'outbox', keys: ['ctrl+x o'], when: 'chat', title: 'Show messages that wait' },
  { id: 'status', keys: ['ctrl+x s'], when: 'chat', title: 'Show gateway, model and tokens' },
  { id: 'help', keys: ['f1', 'ctrl+x h'], when: 'chat', title: 'Show keys and commands' },
  { id: 'toggle-tools', keys: ['ctrl+t'], when: 'chat', title: 'Unfold or fold tool calls' },
  { id: 'toggle-thoughts', keys: ['ctrl+x t'], when: 'chat', title: 'Unfold or fold thoughts' },
  { id: 'copy', keys: ['ctrl+x y'], when: 'chat', title: 'Copy the last reply' },
  { id: 'copy-code', keys: ['ctrl+x c'], when: 'chat', title: 'Copy its last block of code' },
  { id: 'redraw', keys: ['ctrl+l'], when: 'always', title: 'Draw the screen anew' },
  { id: 'suspend', keys: ['ctrl+z'], when: 'always', title: 'Suspend to the shell' },

  { id: 'page-up', keys: ['pageup'], when: 'chat', title: 'Scroll up a page' },
  { id: 'page-down', keys: ['pagedown'], when: 'chat', title: 'Scroll down a page' },
  { id: 'scroll-up', keys: ['shift+up'], when: 'chat', title: 'Scroll up' },
  { id: 'scroll-down', keys: ['shift+down'], when: 'chat', title: 'Scroll down' },
  { id: 'scroll-top', keys: ['ctrl+home'], when: 'chat', title: 'Go to the beginning' },
  { id: 'scroll-bottom', keys: ['ctrl+end'], when: 'chat', title: 'Go to the end' },

  { id: 'up', keys: ['up', 'ctrl+p'], when: 'chat', title: 'Up, or an earlier prompt' },
  { id: 'down', keys: ['down', 'ctrl+n'], when: 'chat', title: 'Down, or a later prompt' },
  { id: 'left', keys: ['left', 'ctrl+b'], when: 'chat', title: 'Left' },
  { id: 'right', keys: ['right'], when: 'chat', title: 'Right' },
  { id: 'word-left', keys: ['alt+b', 'ctrl+left', 'alt+left'], when: 'chat', title: 'A word left' },
  { id: 'word-right', keys: ['alt+f', 'ctrl+right', 'alt+right'], when: 'chat', title: 'A word right' },
  { id: 'line-start', keys: ['home', 'ctrl+a'], when: 'chat', title: 'To the start of the line' },
  { id: 'line-end', keys: ['end', 'ctrl+e'], when: 'chat', title: 'To the end of the line' },
  { id: 'backspace', keys: ['backspace', 'ctrl+h', 'shift+backspace'], when: 'chat', title: 'Delete backward' },
  { id: 'delete', keys: ['delete'], when: 'chat', title: 'Delete forward' },
  {
    id: 'kill-word-left',
    keys: ['ctrl+w', 'alt+backspace', 'ctrl+backspace'],
    when: 'chat',
    title: 'Cut the word before',
  },
  { id: 'kill-word-right', keys: ['alt+d', 'alt+delete', 'ctrl+delete'], when: 'chat', title: 'Cut the word after' },
  { id: 'kill-line-start', keys: ['ctrl+u'], when: 'chat', title: 'Cut to the start of the line' },
  { id: 'kill-line-end', keys: ['ctrl+k'], when: 'chat', title: 'Cut to the end of the line' },
  { id: 'yank', keys: ['ctrl+y'], when: 'chat', title: 'Put back what was cut' },
  { id: 'yank-older', keys: ['alt+y'], when: 'chat', title: 'Put back what was cut before that' },
  { id: 'undo', keys: ['ctrl+_', 'ctrl+/'], when: 'chat', title: 'Undo' },
  { id: 'redo', keys: ['alt+_', 'alt+/'], when: 'chat', title: 'Redo' },
  { id: 'expand-paste', keys: ['ctrl+x p'], when: 'chat', title: 'Show the pasted text under the caret' },

  { id: 'completion-up', keys: ['up', 'ctrl+p'], when: 'completion', title: 'Previous' },
  { id: 'completion-down', keys: ['down', 'ctrl+n'], when: 'completion', title: 'Next' },
  { id: 'completion-take', keys: ['tab'], when: 'completion', title: 'Complete' },
  { id: 'completion-enter', keys: ['enter'], when: 'completion', title: 'Run' },
  { id: 'completion-close', keys: ['escape'], when: 'completion', title: 'Close' },

  { id: 'retry', keys: ['ctrl+r'], when: 'offline', title: 'Connect now' },

  { id: 'list-up', keys: ['up', 'ctrl+p', 'shift+tab'], when: 'list', title: 'Up' },
  { id: 'list-down', keys: ['down', 'ctrl+n', 'tab'], when: 'list', title: 'Down' },
  { id: 'list-page-up', keys: ['pageup'], when: 'list', title: 'A page up' },
  { id: 'list-page-down', keys: ['pagedown'], when: 'list', title: 'A page down' },
  { id: 'list-choose', keys: ['enter'], when: 'list', title: 'Choose' },
  { id: 'list-close', keys: ['escape', 'ctrl+c'], when: 'list', title: 'Close' },
  { id: 'filter-backspace', keys: ['backspace', 'ctrl+h'], when: 'list', title: 'Delete' },
  { id: 'filter-clear', keys: ['ctrl+u', 'ctrl+w'], when: 'list', title: 'Clear' },

  { id: 'outbox-edit', keys: ['enter'], when: 'outbox', title: 'Take it back and edit it' },
  { id: 'outbox-delete', keys: ['ctrl+d', 'delete'], when: 'outbox', title: 'Delete it' },

  { id: 'profile-up', keys: ['up', 'k'], when: 'profiles', title: 'Up' },
  { id: 'profile-down', keys: ['down', 'j', 'tab'], when: 'profiles', title: 'Down' },
  { id: 'profile-use', keys: ['enter'], when: 'profiles', title: 'Go there' },
  { id: 'profile-add', keys: ['a'], when: 'profiles', title: 'Add one' },
  { id: 'profile-edit', keys: ['e'], when: 'profiles', title: 'Edit it' },
  { id: 'profile-test', keys: ['t', 'r'], when: 'profiles', title: 'Try it out now' },
  { id: 'profile-warm', keys: ['w'], when: 'profiles', title: 'Keep it connected, or not' },
  { id: 'profile-commands', keys: ['u'], when: 'profiles', title: 'Use it for line commands' },
  { id: 'profile-delete', keys: ['d', 'delete'], when: 'profiles', title: 'Delete it; twice' },
  { id: 'profiles-close', keys: ['escape', 'q', 'ctrl+c'], when: 'profiles', title: 'Close' },

  { id: 'connection-retry', keys: ['r'], when: 'connection', title: 'Connect now' },
  { id: 'connection-profiles', keys: ['p'], when: 'connection', title: 'Show the profiles' },
  { id: 'connection-close', keys: ['escape', 'q', 'enter', 'ctrl+c'], when: 'connection', title: 'Close' },

  { id: 'form-save', keys: ['enter'], when: 'form', title: 'Save, or go to what is missing' },
  { id: 'form-next', keys: ['tab', 'down'], when: 'form', title: 'Next field' },
  { id: 'form-previous', keys: ['shift+tab', 'up'], when: 'form', title: 'Field before' },
  { id: 'form-left', keys: ['left'], when: 'form', title: 'Left, or another choice' },
  { id: 'form-right', keys: ['right'], when: 'form', title: 'Right, or another choice' },
  { id: 'form-backspace', keys: ['backspace', 'ctrl+h'], when: 'form', title: 'Delete' },
  { id: 'form-clear', keys: ['ctrl+u', 'ctrl+w'], when: 'form', title: 'Clear' },
  { id: 'form-close', keys: ['escape', 'ctrl+c'], when: 'form', title: 'Leave without saving' },

  { id: 'text-up', keys: ['up', 'k'], when: 'text', title: 'Up' },
  { id: 'text-down', keys: ['down', 'j'], when: 'text', title: 'Down' },
  { id: 'text-page-up', keys: ['pageup', 'b'], when: 'text', title: 'A page up' },
  { id: 'text-page-down', keys: ['pagedown', 'space'], when: 'text', title: 'A page down' },
  { id: 'text-close', keys: ['escape', 'q', 'enter', 'ctrl+c', 'f1', '?'], when: 'text', title: 'Close' },

  { id: 'approve-once', keys: ['o', 'y'], when: 'approval', title: 'Allow once' },
  { id: 'approve-always', keys: ['a'], when: 'approval', title: 'Allow always' },
  { id: 'deny', keys: ['d', 'n', 'escape'], when: 'approval', title: 'Deny' },
  { id: 'deny-stop', keys: ['ctrl+c'], when: 'approval', title: 'Deny, and stop the reply that asks' },
  { id: 'turn-to-composer', keys: ['tab'], when: 'approval', title: 'Write; the question waits' },
  { id: 'approval-left', keys: ['left'], when: 'approval', title: 'Previous choice' },
  { id: 'approval-right', keys: ['right'], when: 'approval', title: 'Next choice' },
  { id: 'approval-choose', keys: ['enter'], when: 'approval', title: 'Choose what is marked' },
  { id: 'approval-page-down', keys: ['pagedown', 'down', 'space'], when: 'approval', title: 'Read on' },
  { id: 'approval-page-up', keys: ['pageup', 'up'], when: 'approval', title: 'Read back' },

  { id: 'turn-to-question', keys: ['tab'], when: 'beside', title: 'Turn to the command that waits' },

  { id: 'device-later', keys: ['l', 'escape', 'ctrl+c'], when: 'device', title: 'Decide later' },
  { id: 'device-reject', keys: ['n', 'd'], when: 'device', title: 'Refuse it' },
  { id: 'device-read', keys: ['o'], when: 'device', title: 'Let it in for reading only' },
  { id: 'device-all', keys: ['y'], when: 'device', title: 'Let it in with all it asks for' },
  { id: 'device-left', keys: ['left', 'shift+tab'], when: 'device', title: 'Previous choice' },
  { id: 'device-right', keys: ['right', 'tab'], when: 'device', title: 'Next choice' },
  { id: 'device-choose', keys: ['enter'], when: 'device', title: 'Choose what is marked' },

  { id: 'devices-up', keys: ['up', 'k'], when: 'devices', title: 'Up' },
  { id: 'devices-down', keys: ['down', 'j', 'tab'], when: 'devices', title: 'Down' },
  { id: 'devices-decide', keys: ['enter'], when: 'devices', title: 'Decide about one that waits' },
  { id: 'devices-rotate', keys: ['r'], when: 'devices', title: 'Replace its token; twice' },
  { id: 'devices-revoke', keys: ['d', 'delete'], when: 'devices', title: 'Revoke it; twice' },
  { id: 'devices-close', keys: ['escape', 'q', 'ctrl+c'], when: 'devices', title: 'Close' },

  { id: 'trust-yes', keys: ['y'], when: 'trust', title: 'Yes, this is the server' },
  { id: 'trust-no', keys: ['n', 'escape', 'ctrl+c'], when: 'trust', title: 'No' },
  { id: 'trust-move', keys: ['left', 'right', 'tab', 'shift+tab'], when: 'trust', title: 'The other choice' },
  { id: 'trust-choose', keys: ['enter'], when: 'trust', title: 'Choose what is marked' },

  { id: 'answer-send', keys: ['enter'], when: 'answer', title: 'Answer' },
  { id: 'answer-next', keys: ['tab', 'down'], when: 'answer', title: 'Next field' },
  { id: 'answer-previous', keys: ['shift+tab', 'up'], when: 'answer', title: 'Field before' },
  { id: 'answer-backspace', keys: ['backspace', 'ctrl+h'], when: 'answer', title: 'Delete' },
  { id: 'answer-clear', keys: ['ctrl+u', 'ctrl+w'], when: 'answer', title: 'Clear' },
  { id: 'answer-decline', keys: ['escape', 'ctrl+c'], when: 'answer', title: 'Do not answer' },
] as const satisfies readonly Binding<string, Context>[]

export type KeyId = (typeof bindings)[number]['id']

export const keymap = defineKeymap<KeyId, Context>(bindings)

const spelled: Readonly<Record<string, string>> = {
  escape: 'esc',
  pageup: 'pgup',
  pagedown: 'pgdn',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
}

/** A chord as people write it: `ctrl+x m`, `esc`, `alt+↑`. */
export function spellChord(chord: string): string {
  return chord.replace(/[a-z0-9]+$/, (key) => spelled[key] ?? key)
}

/** The first chord of a binding, spelled. */
export function keyOf(id: KeyId): string {
  const binding = bindings.find((candidate) => candidate.id === id)
  return spellChord(binding?.keys[0] ?? '')
}
