/** A home folder with an SSH configuration of the test's own. */

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type SshHome = AsyncDisposable & { readonly home: string; path(name: string): string }

/** `files`: path below `.ssh` → text. */
export async function sshHome(files: Readonly<Record<string, string>>): Promise<SshHome> {
  const home = await mkdtemp(join(tmpdir(), 'ssh-home-'))
  const path = (name: string) => join(home, '.ssh', name)
  await mkdir(join(home, '.ssh'), { mode: 0o700 })
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(path(name)), { recursive: true })
    await writeFile(path(name), text)
    await chmod(path(name), 0o600)
  }
  return { home, path, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }) }
}
