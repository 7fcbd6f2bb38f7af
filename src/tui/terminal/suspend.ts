/** Lending the terminal to another program: an editor, a pager, or the shell after ctrl+z. */

import { readShellWords } from '../../shared/std/shell-words.ts'

/** Who holds the terminal on our side. All are told to let go, then to take it again, in reverse. */
export type TerminalHolder = {
  /** Lets go: raw mode off, modes off, nothing drawn any more. */
  release(): void | Promise<void>
  /** Takes the terminal again, and draws everything anew. */
  reclaim(): void | Promise<void>
}

/** Runs `task` while the terminal is its own. Whatever the task does, the terminal comes back. */
export async function lendTerminal<Result>(
  holders: readonly TerminalHolder[],
  task: () => Promise<Result>,
): Promise<Result> {
  const released: TerminalHolder[] = []
  try {
    for (const holder of holders) {
      released.push(holder)
      await holder.release()
    }
    return await task()
  } finally {
    for (const holder of released.reverse()) await holder.reclaim()
  }
}

/** What ctrl+z needs of `process`. */
export type StoppableProcess = {
  readonly pid: number
  once(event: 'SIGCONT', listener: () => void): unknown
  kill(pid: number, signal: 'SIGTSTP'): unknown
}

/** Stops this process like any shell job, and resolves once it is continued. Not for Windows, which has no job control. */
export function stopUntilContinued(process: StoppableProcess): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGCONT', resolve)
    process.kill(process.pid, 'SIGTSTP')
  })
}

/** What editing elsewhere needs: a private file and a program run in the foreground. */
export type EditorPort = {
  /** Writes a private file and gives its path. */
  writeDraft(text: string): Promise<string>
  readDraft(path: string): Promise<string>
  removeDraft(path: string): Promise<void>
  /** Runs the command with the terminal as its own; its exit code, or undefined when it could not be started. */
  run(command: string, args: readonly string[]): Promise<number | undefined>
}

export type Edited = { kind: 'edited'; text: string } | { kind: 'unchanged' } | { kind: 'failed'; reason: string }

/** The editor that a person chose: VISUAL, EDITOR, else what the system surely has. */
export function editorCommand(env: Readonly<Partial<Record<'VISUAL' | 'EDITOR', string>>>, platform: string): string[] {
  const chosen = env.VISUAL?.trim() || env.EDITOR?.trim() || (platform === 'win32' ? 'notepad' : 'vi')
  return readShellWords(chosen, { hasBackslash: platform !== 'win32' })
}

/** Opens the text in the person's editor. One line end that editors add at the end is taken away again. */
export async function editElsewhere(
  text: string,
  command: readonly string[],
  holders: readonly TerminalHolder[],
  port: EditorPort,
): Promise<Edited> {
  const [program = 'vi', ...args] = command
  const path = await port.writeDraft(text)
  try {
    const code = await lendTerminal(holders, () => port.run(program, [...args, path]))
    if (code === undefined) return { kind: 'failed', reason: `${program} could not be started; set EDITOR to another` }
    if (code !== 0) return { kind: 'failed', reason: `${program} ended with code ${code}; the text is as it was` }
    const edited = (await port.readDraft(path)).replace(/\r\n/g, '\n').replace(/\n$/, '')
    return edited === text ? { kind: 'unchanged' } : { kind: 'edited', text: edited }
  } finally {
    await port.removeDraft(path)
  }
}
