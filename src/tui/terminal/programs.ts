/** Other programs that the terminal starts: the person's editor in the foreground, and tools that take a clipboard's text. */

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { EditorPort } from './suspend.ts'

export const editorPrograms: EditorPort = {
  async writeDraft(text) {
    const path = join(await mkdtemp(join(tmpdir(), 'clawdbot-draft-')), 'message.md')
    await writeFile(path, text, { mode: 0o600 })
    return path
  },
  readDraft: (path) => readFile(path, 'utf8'),
  removeDraft: (path) => rm(dirname(path), { recursive: true, force: true }),
  run: (command, args) =>
    new Promise((resolve) => {
      const child = spawn(command, args, { stdio: 'inherit' })
      child.on('error', () => resolve(undefined))
      child.on('exit', (code) => resolve(code ?? 1))
    }),
}

/** Runs a tool with this text on its stdin. True when it ended well within two seconds. */
export function pipeTo(command: string, args: readonly string[], text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], timeout: 2_000 })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
    child.stdin.on('error', () => {}) // it ended without reading; its exit code tells
    child.stdin.end(text)
  })
}
