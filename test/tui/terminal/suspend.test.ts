import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { editorPrograms } from '../../../src/tui/terminal/programs.ts'
import { editElsewhere, editorCommand, lendTerminal, stopUntilContinued } from '../../../src/tui/terminal/suspend.ts'

function holders(log: string[]) {
  return ['keys', 'screen'].map((name) => ({
    release: () => void log.push(`${name} release`),
    reclaim: () => void log.push(`${name} reclaim`),
  }))
}

/** A person's editor, which is outside our control: it appends a word and a line end. */
function fakeEditor(code: number | undefined) {
  const files = new Map<string, string>()
  return {
    files,
    writeDraft: async (text: string) => {
      files.set('/draft.md', text)
      return '/draft.md'
    },
    readDraft: async (path: string) => files.get(path) ?? '',
    removeDraft: async (path: string) => void files.delete(path),
    run: async (_: string, args: readonly string[]) => {
      const path = args.at(-1) ?? ''
      if (code === 0) files.set(path, `${files.get(path)} more\n`)
      return code
    },
  }
}

test('the terminal is taken back in reverse, also when the task fails', async () => {
  const log: string[] = []
  await expect(lendTerminal(holders(log), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(log).toEqual(['keys release', 'screen release', 'screen reclaim', 'keys reclaim'])
})

test('a text edited elsewhere comes back without the line end that editors add, and its file is gone', async () => {
  const port = fakeEditor(0)
  expect(await editElsewhere('draft', ['vi'], holders([]), port)).toEqual({ kind: 'edited', text: 'draft more' })
  expect(port.files.size).toBe(0)
})

test('an editor that cannot start or fails leaves the text and says so', async () => {
  expect(await editElsewhere('a', ['nope'], [], fakeEditor(undefined))).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('EDITOR'),
  })
  expect(await editElsewhere('a', ['vi'], [], fakeEditor(1))).toMatchObject({ kind: 'failed' })
})

test('VISUAL comes before EDITOR, before what the system has', () => {
  expect(editorCommand({ VISUAL: 'code --wait', EDITOR: 'nano' }, 'linux')).toEqual(['code', '--wait'])
  expect(editorCommand({ EDITOR: `sh -c "exit 3"` }, 'linux')).toEqual(['sh', '-c', 'exit 3'])
  expect(editorCommand({ EDITOR: `"C:\\Program Files\\Vim\\gvim.exe" -f` }, 'win32')).toEqual([
    'C:\\Program Files\\Vim\\gvim.exe',
    '-f',
  ])
  expect(editorCommand({}, 'linux')).toEqual(['vi'])
  expect(editorCommand({}, 'win32')).toEqual(['notepad'])
})

test('ctrl+z stops this process and returns when it goes on', async () => {
  const sent: string[] = []
  let carryOn = () => {}
  const stopped = stopUntilContinued({
    pid: 7,
    once: (_, listener) => {
      carryOn = listener
    },
    kill: (pid, signal) => void sent.push(`${signal} ${pid}`),
  })
  expect(sent).toEqual(['SIGTSTP 7'])
  carryOn()
  await stopped
})

test('a real editor works on a private file, which is gone afterwards', async () => {
  let path = ''
  const port = {
    ...editorPrograms,
    run: async (command: string, args: readonly string[]) => {
      path = args.at(-1) ?? ''
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
      return editorPrograms.run(command, args)
    },
  }
  const edited = await editElsewhere('draft', ['sh', '-c', 'echo " more" >> "$0"'], [], port)
  expect(edited).toEqual({ kind: 'edited', text: 'draft more' })
  expect(existsSync(dirname(path))).toBe(false)
  expect(await editElsewhere('a', ['no-such-editor'], [], editorPrograms)).toMatchObject({ kind: 'failed' })
})
