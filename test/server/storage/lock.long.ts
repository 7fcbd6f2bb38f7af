import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { lockOwner } from '../../../src/server/storage/lock.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
  path = join(folder, 'gateway.lock')
})
afterEach(() => rmSync(folder, { recursive: true }))

const module = new URL('../../../src/server/storage/lock.ts', import.meta.url).href

/** A process that tries for the lock, says `got` or `refused`, and then holds on until killed or this one ends. */
function contender() {
  const code = `
    const { takeLock } = await import(${JSON.stringify(module)})
    try { takeLock(${JSON.stringify(path)}, 0); console.log('got') } catch (error) { console.log(error.code === 'state.locked' ? 'refused' : error) }
    process.stdin.resume().on('end', () => process.exit())`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const answer = once(child.stdout, 'data').then(([data]) => String(data).trim())
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return { child, answer, kill }
}

test('DU7: of six that start at once exactly one gets the lock, and a killed one leaves nothing stale', async () => {
  const contenders = Array.from({ length: 6 }, contender)
  const answers = await Promise.all(contenders.map(({ answer }) => answer))
  expect(answers.toSorted()).toEqual(['got', ...Array.from({ length: 5 }, () => 'refused')])
  expect(lockOwner(path)?.pid).toBe(contenders[answers.indexOf('got')]?.child.pid)
  await Promise.all(contenders.map(({ kill }) => kill()))
  expect(lockOwner(path)).toBeUndefined()
})
