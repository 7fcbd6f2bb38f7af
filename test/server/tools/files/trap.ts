/** A workspace that is easily left, and somebody who tries. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openTestTools, textOf } from '../../../support/tools.ts'

/** A workspace beside secrets, with links of every kind out of it. */
export async function openTrap() {
  const tools = await openTestTools()
  const { folder, stateDir, workspace } = tools
  const canary = 'CANARY-DO-NOT-READ'
  await mkdir(join(workspace, 'sub/deep'), { recursive: true })
  await mkdir(join(folder, 'etc'))
  for (const path of ['secret', 'etc/passwd']) await writeFile(join(folder, path), canary)
  for (const path of ['clawdbot.json', 'clawdbot.db']) await writeFile(join(stateDir, path), canary)
  await writeFile(join(workspace, 'ok.txt'), 'fine')
  const links: [string, string][] = [
    [folder, 'out'],
    ['../..', 'sub/out'],
    ['out', 'chain'],
    ['../etc', 'deep-link'],
    ['../secret', 'file-link'],
    ['file-link', 'chain-file'],
    ['../new-file', 'dangling'],
    ['../new-folder', 'dangling-folder'],
    [stateDir, 'state-link'],
    ['/proc', 'proc'],
    ['loop', 'loop'],
  ]
  for (const [target, name] of links) await symlink(target, join(workspace, name))
  execFileSync('/usr/bin/mkfifo', [join(workspace, 'fifo')])
  const socket = createServer().listen(join(workspace, 'socket'))
  return {
    ...tools,
    canary,
    at: (path: string) => path.replaceAll('@', folder),
    [Symbol.asyncDispose]: async () => {
      socket.close()
      await tools[Symbol.asyncDispose]()
    },
  }
}

/** Exchanges a folder for a link and back as fast as it can, in a process of its own. */
const exchanger = `
const fs = require('node:fs')
const [folder, target] = process.argv.slice(1)
console.log('begun')
const attempt = (step) => { try { step() } catch {} } // a write may make the folder anew in between
for (;;) {
  attempt(() => fs.renameSync(folder, folder + '-kept'))
  attempt(() => fs.symlinkSync(target, folder))
  attempt(() => fs.rmSync(folder, { recursive: true, force: true }))
  attempt(() => fs.renameSync(folder + '-kept', folder))
}`

/** A folder exchanged for a link between check and use is noticed, however often it is tried. */
export async function expectNoticed(tries: number): Promise<void> {
  await using trap = await openTrap()
  const folder = join(trap.workspace, 'swapped')
  await mkdir(folder)
  await writeFile(join(folder, 'secret'), 'fine')
  const child = spawn(process.execPath, ['-e', exchanger, folder, trap.folder], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  const stopped = once(child, 'exit')
  const seen = new Set<string>()
  for (let i = 0; i < tries || (seen.size < 2 && i < 20 * tries); i++) {
    const read = await trap.run('read', { path: 'swapped/secret' })
    seen.add(textOf(read).includes(trap.canary) ? 'canary' : read.isError ? 'refused' : 'fine')
    if (i % 3 === 0) await trap.run('write', { path: 'swapped/secret', content: 'fine' })
  }
  child.kill('SIGKILL')
  await stopped
  expect([...seen].sort()).toEqual(['fine', 'refused'])
  expect(await readFile(join(trap.folder, 'secret'), 'utf8')).toBe(trap.canary)
}
