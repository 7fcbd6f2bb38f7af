/** A real Secret Service, on a session bus of its own: gnome-keyring with a collection unlocked for this test. */

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { built, compiledOnce, requireProgram } from '../support/programs.ts'
import { Home } from './support.ts'

/** `$1` is Node, `$2` our program, `$3` the gateway's token. The keychain ends with its bus. */
const script = `
set -eu
mkdir -m 700 "$XDG_RUNTIME_DIR"
printf 'a passphrase' | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null 2>&1
printf %s "$3" | "$1" "$2" profiles edit far --secret-keychain
secret-tool search --all service clawdbot
"$1" "$2" health --profile far
"$1" "$2" profiles edit far --secret-none
echo "left: $(secret-tool search --all service clawdbot 2>/dev/null | wc -l)"
`

test('SE3: a secret goes to the keychain, is used from there, is nowhere else, and is gone when it is forgotten', async () => {
  for (const name of ['gnome-keyring-daemon', 'secret-tool'] as const) requireProgram(name)
  await using home = await Home.make()
  await using gateway = await startTestGateway()
  const env = {
    ...compiledOnce,
    PATH: process.env.PATH,
    HOME: home.dir,
    CLAWDBOT_STATE_DIR: home.paths.stateDir,
    XDG_RUNTIME_DIR: join(home.dir, 'run'),
  }
  const file = join(home.dir, 'keychain.sh')
  writeFileSync(file, script)
  const run = promisify(execFile)
  await run(process.execPath, [built('clawdbot'), 'profiles', 'add', 'far', '--url', gateway.url], { env })
  const words = [file, process.execPath, built('clawdbot'), testToken]
  const { stdout } = await run(requireProgram('dbus-run-session'), ['--', 'sh', ...words], { env, timeout: 30_000 })
  expect(stdout).toContain('Secret: token in the keychain')
  expect(stdout).toContain(`secret = ${testToken}`)
  expect(stdout).toMatch(/\nleft: 0\n$/)
  const files = await run('grep', ['-rl', testToken, home.paths.stateDir], { env }).catch(({ stdout }) => ({ stdout }))
  expect(files.stdout).toBe('')
}, 60_000)

test('SE3: without a desktop the real keychain says that it cannot be used, and nothing is kept elsewhere', async () => {
  const module = join(import.meta.dirname, '../../src/client/secrets.ts')
  const script = `
    const { keychainSecrets } = await import(${JSON.stringify(module)})
    const told = await keychainSecrets().read('clawdbot-test').catch((fault) => [fault.code, fault.message])
    process.stdout.write(JSON.stringify(told ?? null))`
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
  const node = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env })
  const told = JSON.parse((await node).stdout)
  const refusal = ['secret.unavailable', expect.stringMatching(/keychain of this system cannot be used \(.*DBus/i)]
  expect(told).toEqual(process.platform === 'linux' ? refusal : null)
})
