/** The person's editor for a line command: a private copy, opened in the foreground, read back, removed. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { editorPrograms } from '../tui/terminal/programs.ts'
import { editorCommand } from '../tui/terminal/suspend.ts'

/** Undefined when the editor could not be started or ended with an error. `name` tells an editor what kind of text it is. */
export async function editText(
  text: string,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const path = await keepText(text, name)
  try {
    const [program = 'vi', ...args] = editorCommand(env, process.platform)
    return (await editorPrograms.run(program, [...args, path])) === 0 ? await readFile(path, 'utf8') : undefined
  } finally {
    await rm(dirname(path), { recursive: true, force: true })
  }
}

/** In a folder of its own, so that the name may be what it likes. The result is its path. */
export async function keepText(text: string, name: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'clawdbot-edit-')), name)
  await writeFile(path, text, { mode: 0o600 })
  return path
}
