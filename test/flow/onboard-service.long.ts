/** `clawdbot onboard` that ends with a service: a stand-in of systemctl runs the unit it wrote, as an ordinary account. */

import { execFile } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { nobody, programsFor } from '../support/nobody.ts'

/** Not as root, as which no service is offered. */
const account = nobody
const { node, built } = programsFor(account)

/** Knows one unit: reads what it should start, and remembers the process. */
const systemctl = `#!/bin/sh
[ "$1" = --user ] && shift
echo "$@" >> "$HOME/asked"
pid=$(cat "$HOME/pid" 2>/dev/null)
begin() {
  line=$(sed -n 's/^ExecStart=//p' "$HOME/.config/systemd/user/$1")
  eval "setsid $line >/dev/null 2>&1 &"
  echo $! > "$HOME/pid"
}
# An ended one that nobody has waited for is no process any more.
lives() { grep -q '^State:.[^Z]' "/proc/$pid/status" 2>/dev/null; }
end() { [ -z "$pid" ] || { kill $pid; while lives; do sleep 0.1; done; rm -f "$HOME/pid"; }; }
case $1 in
  is-system-running) echo running;;
  start) [ -n "$pid" ] || begin "$2";;
  restart) end; begin "$2";;
  stop) end;;
  disable) end;;
  show) [ -z "$pid" ] && echo ActiveState=inactive || printf 'ActiveState=active\\nSubState=running\\nUnitFileState=enabled\\nMainPID=%s\\n' "$pid";;
esac
`

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawdbot-service-'))
  const bin = join(home, 'bin')
  mkdirSync(bin)
  for (const [name, text] of Object.entries({ systemctl, loginctl: '#!/bin/sh\nexit 1\n' })) {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  if (account) chownSync(home, account.uid, account.gid)
})
afterEach(() => {
  // Still there only when the test failed.
  if (existsSync(join(home, 'pid'))) process.kill(Number(readFileSync(join(home, 'pid'), 'utf8')))
  rmSync(home, { recursive: true, force: true })
})

function clawdbot(words: readonly string[], more = {}): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: `${home}/bin:/usr/bin:/bin`, HOME: home, ...more }
  return new Promise((resolve) => {
    execFile(node, [built('clawdbot'), ...words], { env, cwd: home, ...account }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    )
  })
}

test('the service is installed and started, answers the first message, and run again takes up what changed', async () => {
  const port = await freePort()
  mkdirSync(join(home, '.clawdbot'), { mode: 0o700 })
  const settings = join(home, '.clawdbot', 'clawdbot.json')
  writeFileSync(settings, JSON.stringify({ gateway: { port } }), { mode: 0o600 })
  if (account) for (const path of [settings, join(settings, '..')]) chownSync(path, account.uid, account.gid)
  const answers = ['--non-interactive', '--run', 'service', '--message', 'Hi']
  const first = await clawdbot(['onboard', ...answers])
  expect(first).toMatchObject({ code: 0, out: expect.stringContaining('✅ AI model configured: builtin\n') })
  expect(first.out).toMatch(/✅ Installed: .*\n[\s\S]*✅ Running \(process \d+\)[\s\S]*💬 Hi\n\s*\S/)
  const asked = readFileSync(join(home, 'asked'), 'utf8')
  expect(asked).toMatch(/daemon-reload\nenable clawdbot-gateway\.service\nrestart clawdbot-gateway\.service\n/)
  const before = readFileSync(join(home, 'pid'), 'utf8')

  const password = 'correct horse battery staple mauve'
  const env = { PW: password }
  const second = await clawdbot(['onboard', ...answers, '--auth', 'password', '--password-env', 'PW'], env)
  expect(second).toMatchObject({
    code: 0,
    err: expect.not.stringContaining('❌'),
    out: expect.stringMatching(/💬 Hi\n\s*\S/),
  })
  expect(readFileSync(join(home, 'pid'), 'utf8')).not.toBe(before)
  expect(readFileSync(settings, 'utf8')).toContain('$scrypt$')
  const pid = Number(readFileSync(join(home, 'pid'), 'utf8'))
  const status = JSON.parse((await clawdbot(['gateway', 'status', '--json'])).out)
  expect(status).toMatchObject({ pid, authMode: 'password', service: { phase: 'running', pid } })
  expect((await clawdbot(['doctor'])).out).toMatch(/✅ Service: +active \(running\)/)

  expect((await clawdbot(['gateway', 'uninstall'])).code).toBe(0)
  expect(existsSync(join(home, 'pid'))).toBe(false)
}, 120_000)
