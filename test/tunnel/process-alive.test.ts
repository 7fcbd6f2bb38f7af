import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { isAlive } from '../../src/tunnel/process-alive.ts'

test('a process is there until it has ended, also where its parent never collects it', async () => {
  // What `sleep` replaces has a child, which `sleep` does not know of. It ends when it may, not while the shell is there.
  const command = 'cat <&3 & echo $!; exec sleep 600'
  const parent = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] })
  const ended = once(parent, 'exit')
  const pid = parent.pid ?? 0
  const [line] = (await once(parent.stdout as Readable, 'data')) as [Buffer]
  const child = Number(line.toString())
  await expect.poll(() => readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('sleep\n')
  expect([isAlive(pid), isAlive(child), isAlive(1)]).toEqual([true, true, true])
  ;(parent.stdio[3] as Writable).end()
  await expect.poll(() => isAlive(child)).toBe(false)
  expect(() => process.kill(child, 0)).not.toThrow()
  parent.kill('SIGKILL')
  await ended
  expect(isAlive(pid)).toBe(false)
})
