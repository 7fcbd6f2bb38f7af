/** The person's editor for a line command: a private copy, opened in the foreground, read back, removed. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { editorPrograms } from '../tui/terminal/programs.ts'
import { editorCommand } from '../tui/terminal/suspend.ts'

/** Undefined when the editor could not be started or ended with an error. `name` tells an editor what kind of text it is. */
export async function editText(
  text: string,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'clawdbot-edit-'))
  try {
    const path = join(folder, name)
    await writeFile(path, text, { mode: 0o600 })
    const [program = 'vi', ...args] = editorCommand(env, process.platform)
    return (await editorPrograms.run(program, [...args, path])) === 0 ? await readFile(path, 'utf8') : undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
