/** What the keys of the keymap that edit text do to an editor, wherever one writes. */

import type { EditorOp } from '../input/editor.ts'

export const editingOps = {
  left: { op: 'move', to: 'left' },
  right: { op: 'move', to: 'right' },
  'word-left': { op: 'move', to: 'word-left' },
  'word-right': { op: 'move', to: 'word-right' },
  'line-start': { op: 'move', to: 'line-start' },
  'line-end': { op: 'move', to: 'line-end' },
  backspace: { op: 'delete', to: 'left' },
  delete: { op: 'delete', to: 'right' },
  'kill-word-left': { op: 'kill', to: 'word-left' },
  'kill-word-right': { op: 'kill', to: 'word-right' },
  'kill-line-start': { op: 'kill', to: 'line-start' },
  'kill-line-end': { op: 'kill', to: 'line-end' },
  yank: { op: 'yank' },
  'yank-older': { op: 'yank-older' },
  undo: { op: 'undo' },
  redo: { op: 'redo' },
} as const satisfies Readonly<Record<string, EditorOp>>
