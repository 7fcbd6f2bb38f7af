/** What is being written: one editor for each session, the prompts written before, and the completion popup. */

import { type Editor, editorText, emptyEditor, reduce as reduceEditor } from '../input/editor.ts'
import { type History, remember, type Walk, walk } from '../input/history.ts'
import type { Action } from './action.ts'

/** A message taken back to be changed. Sent again it keeps its place; then, or when it is cleared, `aside` comes back. */
type Revision = {
  readonly at: number | undefined
  readonly aside: Editor
  /** What `aside` revises itself. */
  readonly outer: Revision | undefined
}

export type Composer = {
  readonly editors: Readonly<Record<string, Editor>>
  readonly revisions: Readonly<Record<string, Revision | undefined>>
  readonly history: History
  /** Where a walk through the history stands, while one goes on. */
  readonly walk: Walk | undefined
  /** The chosen row of the completion popup, and whether the reader closed it for this text. */
  readonly completion: { readonly index: number; readonly isClosed: boolean }
}

const openCompletion = { index: 0, isClosed: false }

export const emptyComposer: Composer = {
  editors: {},
  revisions: {},
  history: [],
  walk: undefined,
  completion: openCompletion,
}

export function editorOf(composer: Composer, key: string): Editor {
  return composer.editors[key] ?? emptyEditor
}

/** `key` is the open session: everything typed goes to its editor. */
export function reduceComposer(composer: Composer, action: Action, key: string): Composer {
  const editor = editorOf(composer, key)
  switch (action.type) {
    case 'composer.edited':
      return withEditor(composer, key, reduceEditor(editor, action.op))
    case 'composer.cleared':
      return clear(composer, key, reduceEditor(editor, { op: 'kill', to: 'all' }))
    case 'composer.revising':
      return revise(composer, key, action)
    case 'composer.remembered':
      return { ...composer, history: remember(composer.history, action.text), walk: undefined }
    case 'composer.restored':
      return restore(composer, action.drafts, action.history)
    case 'composer.walked':
      return walkHistory(composer, key, action.direction)
    case 'completion.moved':
      return { ...composer, completion: { index: composer.completion.index + action.by, isClosed: false } }
    case 'completion.closed':
      return { ...composer, completion: { index: 0, isClosed: true } }
    default:
      return composer
  }
}

function withEditor(composer: Composer, key: string, editor: Editor): Composer {
  const isSameText = editor.text === editorOf(composer, key).text
  return {
    ...composer,
    editors: { ...composer.editors, [key]: editor },
    walk: isSameText ? composer.walk : undefined,
    completion: isSameText ? composer.completion : openCompletion,
  }
}

function revise(composer: Composer, key: string, { text, at }: Action & { type: 'composer.revising' }): Composer {
  const aside = editorOf(composer, key)
  const blank = { ...emptyEditor, chips: aside.chips, kills: aside.kills }
  const revision = { at, aside, outer: composer.revisions[key] }
  const shown = withEditor(composer, key, reduceEditor(blank, { op: 'set', text }))
  return { ...shown, revisions: { ...composer.revisions, [key]: revision } }
}

/** `chips` of the one in front include those of what it put aside. */
function clear(composer: Composer, key: string, cleared: Editor): Composer {
  const revision = composer.revisions[key]
  if (!revision) return withEditor(composer, key, cleared)
  const { chips, kills, last, yanked } = cleared
  const shown = withEditor(composer, key, { ...revision.aside, chips, kills, last, yanked })
  return { ...shown, revisions: { ...composer.revisions, [key]: revision.outer } }
}

/** What was kept on disk. Words typed before it was read stay. */
function restore(composer: Composer, drafts: Readonly<Record<string, string>>, history: History): Composer {
  const editors = { ...composer.editors }
  for (const [key, text] of Object.entries(drafts)) {
    if (editorOf(composer, key).text === '') editors[key] = reduceEditor(emptyEditor, { op: 'set', text })
  }
  return { ...composer, editors, history: [...history, ...composer.history], completion: { index: 0, isClosed: true } }
}

function walkHistory(composer: Composer, key: string, direction: 'older' | 'newer'): Composer {
  const editor = editorOf(composer, key)
  const next = walk(composer.history, composer.walk ?? editorText(editor), direction)
  if (!next) return composer
  const shown = withEditor(composer, key, reduceEditor(editor, { op: 'set', text: next.text }))
  return { ...shown, walk: next, completion: { index: 0, isClosed: true } }
}
