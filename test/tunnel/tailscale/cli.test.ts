import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findTailscale, tailscaleCommand } from '../../../src/tunnel/tailscale/cli.ts'
import { standInTailscale } from '../../support/tailscale/stand-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'clawdbot-tailscale-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const signal = new AbortController().signal

/** A `tailscale` that does this. */
function program(script: string) {
  writeFileSync(join(folder, 'tailscale'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'tailscale'), 0o755)
  return tailscaleCommand({ PATH: `${folder}:/usr/bin:/bin`, HOME: '/home/ada', CLAWDBOT_GATEWAY_TOKEN: 'hunter2' }, [])
}

test('TS2: the program is an absolute one; a relative folder on the path is never searched', async () => {
  using standIn = standInTailscale()
  const path = join(standIn.env.PATH, 'tailscale')
  expect(findTailscale({ PATH: `/nowhere${delimiter}${standIn.env.PATH}` }, [])).toBe(path)
  expect(findTailscale({ PATH: relative(process.cwd(), standIn.env.PATH) }, [])).toBeUndefined()
  expect(findTailscale({ PATH: '' }, [])).toBeUndefined()
  expect(findTailscale({}, ['/nowhere/tailscale', path])).toBe(path)
  expect(await tailscaleCommand({}, [])(['status'], { signal })).toEqual({ kind: 'missing' })
})

test('TS2: arguments arrive as they are, whatever a shell would make of them; no secret of ours is in the environment', async () => {
  const words = ['a b', '$(id)', '"', "'", ';', '*', '']
  const result = await program('for word in "$@"; do echo "[$word]"; done; env')(words, { signal })
  expect(result).toMatchObject({ kind: 'exited', code: 0, stderr: '' })
  const { stdout } = result as { stdout: string }
  expect(stdout.split('\n').slice(0, words.length)).toEqual(words.map((word) => `[${word}]`))
  expect(stdout).toContain('HOME=/home/ada')
  expect(stdout).not.toContain('hunter2')
})

test('TS2: one that hangs is ended, with what it said until then', async () => {
  const result = await program(`echo $$ > ${folder}/pid; echo hello; exec sleep 600`)(['x'], {
    signal,
    timeoutMs: 2000,
  })
  expect(result).toEqual({ kind: 'timeout', stdout: 'hello\n', stderr: '' })
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('TS2: one that waits after saying why is not waited for; a question meets the end of input', async () => {
  const command = program('echo "To enable, visit:"; exec sleep 600')
  const result = await command([], { signal, stopAt: /To enable, visit/ })
  expect(result).toMatchObject({ kind: 'stopped', stdout: 'To enable, visit:\n' })
  expect(await program('read answer || exit 7')([], { signal })).toMatchObject({ kind: 'exited', code: 7 })
})

test('TS2: more than 8 MB is not read', async () => {
  expect(await program('exec yes')([], { signal })).toEqual({ kind: 'too-large' })
})

test('one that cannot be started is told apart, and an abort is the caller’s', async () => {
  writeFileSync(join(folder, 'tailscale'), '#!/nowhere/sh\n', { mode: 0o755 })
  const command = tailscaleCommand({ PATH: folder }, [])
  expect(await command([], { signal })).toEqual({ kind: 'not-started', reason: 'ENOENT' })
  const abort = new AbortController()
  const running = program('exec sleep 600')([], { signal: abort.signal })
  abort.abort(new Error('never mind'))
  await expect(running).rejects.toThrow('never mind')
})
