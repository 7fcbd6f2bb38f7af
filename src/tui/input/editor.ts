/** The prompt editor: a pure text buffer. An op goes in, the next state comes out; drawing it is editor-view.ts. */
import { addChip, type Chips, cleanInput, deservesChip, expandChips, isChip } from './chips.ts'
import { moveRow } from './editor-view.ts'
import { lineEnd, type Motion, moveTo, settle } from './motions.ts'

export type Editor = {
  /** What is written; a chip is one private character (chips.ts). */
  readonly text: string
  /** UTF-16 offset, never inside a grapheme. */
  readonly caret: number
  readonly chips: Chips
  /** The column that going up and down tries to keep. */
  readonly goalColumn: number | undefined
  /** Killed texts, newest first. */
  readonly kills: readonly string[]
  /** What the last op put there from the kill ring: `yank-older` replaces it. */
  readonly yanked: { readonly from: number; readonly index: number } | undefined
  readonly undo: readonly Snapshot[]
  readonly redo: readonly Snapshot[]
  /** The kind of the last op: typing goes on in one undo step, kills in a row are one kill. */
  readonly last: 'typing' | 'deleting' | 'kill' | 'other'
}

type Snapshot = { readonly text: string; readonly caret: number }

export type EditorOp =
  | { op: 'insert'; text: string }
  | { op: 'paste'; text: string }
  | { op: 'move'; to: Motion }
  /** Up or down one row as wrapped at this width. Does nothing at the first or last: ask `canMoveRow` first. */
  | { op: 'move-row'; direction: 'up' | 'down'; width: number }
  | { op: 'delete'; to: Motion }
  /** Deletes into the kill ring. To the end of a line where it already ends: its line end. */
  | { op: 'kill'; to: Motion | 'all' }
  | { op: 'yank' }
  | { op: 'yank-older' }
  | { op: 'undo' }
  | { op: 'redo' }
  /** The chip under the caret, or just before it, becomes the text it stands for. */
  | { op: 'expand-chip' }
  /** Other text altogether (from the history, or a draft), the caret at its end. */
  | { op: 'set'; text: string }

const maxUndo = 500
const maxKills = 30

export const emptyEditor: Editor = {
  text: '',
  caret: 0,
  chips: new Map(),
  goalColumn: undefined,
  kills: [],
  yanked: undefined,
  undo: [],
  redo: [],
  last: 'other',
}

/** What is sent: the text with its chips expanded. */
export const editorText = (editor: Editor): string => expandChips(editor.text, editor.chips)

export function reduce(editor: Editor, op: EditorOp): Editor {
  switch (op.op) {
    case 'insert':
      return insert(editor, cleanInput(op.text))
    case 'paste':
      return paste(editor, cleanInput(op.text))
    case 'move':
      return { ...calm(editor), caret: moveTo(editor.text, editor.caret, op.to) }
    case 'move-row':
      return { ...calm(editor), ...moveRow(editor, op.direction, op.width) }
    case 'delete':
      return remove(editor, moveTo(editor.text, editor.caret, op.to), 'deleting')
    case 'kill':
      return kill(editor, op.to)
    case 'yank':
      return yank(editor, 0, editor.caret, editor.caret)
    case 'yank-older':
      return yankOlder(editor)
    case 'undo':
      return travel(editor, 'undo')
    case 'redo':
      return travel(editor, 'redo')
    case 'expand-chip':
      return expandChip(editor)
    case 'set':
      return edit(editor, 0, editor.text.length, cleanInput(op.text), 'other')
  }
}

/** No op in progress: the next keystroke begins an undo step of its own. */
const calm = (editor: Editor): Editor => ({ ...editor, goalColumn: undefined, yanked: undefined, last: 'other' })

/** Every change of text passes here: `from` to `to` becomes `text`, the caret behind it. */
function edit(editor: Editor, from: number, to: number, text: string, kind: Editor['last'], continues = false): Editor {
  const next = editor.text.slice(0, from) + text + editor.text.slice(to)
  if (next === editor.text) return calm(editor)
  return {
    ...calm(editor),
    text: next,
    caret: settle(next, from + text.length),
    undo: continues ? editor.undo : [...editor.undo, { text: editor.text, caret: editor.caret }].slice(-maxUndo),
    redo: [],
    last: kind,
  }
}

/** Typing is one undo step per word: a new one begins with the first letter after a space. */
function insert(editor: Editor, text: string): Editor {
  const before = editor.text[editor.caret - 1] ?? ''
  const beginsWord = /\s/.test(before) && !/^\s/.test(text)
  return edit(editor, editor.caret, editor.caret, text, 'typing', editor.last === 'typing' && !beginsWord)
}

function paste(editor: Editor, text: string): Editor {
  const chip = deservesChip(text) ? addChip(editor.chips, text) : undefined
  if (!chip) return edit(editor, editor.caret, editor.caret, text, 'other')
  return { ...edit(editor, editor.caret, editor.caret, chip.character, 'other'), chips: chip.chips }
}

function remove(editor: Editor, target: number, kind: 'deleting' | 'kill'): Editor {
  const [from, to] = target < editor.caret ? [target, editor.caret] : [editor.caret, target]
  return edit(editor, from, to, '', kind, kind === 'deleting' && editor.last === 'deleting')
}

function kill(editor: Editor, to: Motion | 'all'): Editor {
  const { text, caret } = editor
  if (to === 'all') return killRange(editor, 0, text.length, text)
  const isAtLineEnd = to === 'line-end' && lineEnd(text, caret) === caret
  const target = isAtLineEnd ? Math.min(text.length, caret + 1) : moveTo(text, caret, to)
  const [from, end] = target < caret ? [target, caret] : [caret, target]
  const killed = text.slice(from, end)
  const newest = editor.last === 'kill' ? editor.kills[0] : undefined
  if (newest === undefined) return killRange(editor, from, end, killed)
  return killRange(
    { ...editor, kills: editor.kills.slice(1) },
    from,
    end,
    target < caret ? killed + newest : newest + killed,
  )
}

function killRange(editor: Editor, from: number, to: number, killed: string): Editor {
  if (from === to) return calm(editor)
  return { ...edit(editor, from, to, '', 'kill'), kills: [killed, ...editor.kills].slice(0, maxKills) }
}

function yank(editor: Editor, index: number, from: number, to: number): Editor {
  const text = editor.kills[index]
  if (text === undefined) return calm(editor)
  return { ...edit(editor, from, to, text, 'other'), yanked: { from, index } }
}

function yankOlder(editor: Editor): Editor {
  const { yanked, kills } = editor
  if (!yanked || kills.length === 0) return editor
  return yank(editor, (yanked.index + 1) % kills.length, yanked.from, editor.caret)
}

function travel(editor: Editor, direction: 'undo' | 'redo'): Editor {
  const there = editor[direction].at(-1)
  if (!there) return calm(editor)
  const back = direction === 'undo' ? 'redo' : 'undo'
  return {
    ...calm(editor),
    ...there,
    [direction]: editor[direction].slice(0, -1),
    [back]: [...editor[back], { text: editor.text, caret: editor.caret }],
  }
}

function expandChip(editor: Editor): Editor {
  const { text, caret } = editor
  for (const at of [caret, moveTo(text, caret, 'left')]) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    const content = isChip(character) ? editor.chips.get(character) : undefined
    if (content !== undefined) return edit(editor, at, at + character.length, content, 'other')
  }
  return calm(editor)
}
