/** Whoever starts the program through the bootstrap must not notice the bootstrap: same output, exit code, signals. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const launcher = pathToFileURL(join(import.meta.dirname, '../../../scripts/bootstrap/launch.mjs')).href

/** Launches `program` in this Node's process, or with `otherNode` as a child of it. */
async function start(folder: string, program: string, otherNode: boolean): Promise<ChildProcess> {
  const node = otherNode ? join(folder, 'other-node') : process.execPath
  await writeFile(join(folder, 'other-node'), `#!/bin/sh\nexec ${process.execPath} "$@"\n`)
  await chmod(join(folder, 'other-node'), 0o755)
  await writeFile(join(folder, 'program.mjs'), program)
  const call = `await launch(${JSON.stringify(node)}, ${JSON.stringify(join(folder, 'program.mjs'))}, ['a b', '--c'])`
  await writeFile(join(folder, 'main.mjs'), `import { launch } from '${launcher}'\n${call}\n`)
  return spawn(process.execPath, [join(folder, 'main.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function ending(child: ChildProcess): Promise<{ output: string; code: number | null; signal: string | null }> {
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  const [code, signal] = await once(child, 'close')
  return { output, code, signal }
}

const ways = [
  ['in the same process', false],
  ['as a child', true],
] as const

test.each(ways)('%s: arguments arrive whole and the exit code comes back', async (_way, otherNode) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'launch-'))
  const program = 'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7'
  const child = await start(folder.path, program, otherNode)
  expect(await ending(child)).toEqual({ output: '["a b","--c"]\n', code: 7, signal: null })
})

test.each(ways)('%s: a program may end SIGTERM its own way', async (_way, otherNode) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'launch-'))
  const program = `process.on('SIGTERM', () => { console.log('bye'); process.exit(3) }); setInterval(() => {}, 1000); console.log('up')`
  const child = await start(folder.path, program, otherNode)
  child.stdout?.once('data', () => child.kill('SIGTERM'))
  expect(await ending(child)).toEqual({ output: 'up\nbye\n', code: 3, signal: null })
})

test.each(ways)('%s: a program that dies of a signal is seen to', async (_way, otherNode) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'launch-'))
  const child = await start(folder.path, `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`, otherNode)
  expect(await ending(child)).toMatchObject({ code: null, signal: 'SIGTERM' })
})
