import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isAlive } from '../../src/tunnel/process-alive.ts'

test('a process is there until it has ended, also where its parent never collects it', async () => {
  // What `sleep` replaces has a child, which `sleep` does not know of.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(parent, 'exit')
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const child = Number(line.toString())
  expect(isAlive(parent.pid ?? 0)).toBe(true)
  await expect.poll(() => isAlive(child)).toBe(false)
  expect(() => process.kill(child, 0)).not.toThrow()
  parent.kill('SIGKILL')
  await ended
  expect(isAlive(parent.pid ?? 0)).toBe(false)
  expect(isAlive(1)).toBe(true)
})
