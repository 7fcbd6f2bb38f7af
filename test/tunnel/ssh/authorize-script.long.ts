import { spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { authorizeScript, readAuthorized } from '../../../src/tunnel/ssh/authorize-script.ts'
import { makeKeyPair } from '../../../src/tunnel/ssh/make-key.ts'

const { publicLine } = makeKeyPair('ann@laptop', undefined)
const other = makeKeyPair('bob@desk', undefined).publicLine

/** A far home in which the script runs as a shell there would run it. */
class FarHome implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'clawdbot-far-'))
  readonly keys = join(this.dir, '.ssh/authorized_keys')

  run(shell = 'sh', wantsToken = false) {
    const input = authorizeScript(publicLine, wantsToken)
    const env = { PATH: process.env.PATH, HOME: this.dir }
    const { stdout, stderr, status } = spawnSync(shell, { input, env, cwd: '/', encoding: 'utf8' })
    return { ...readAuthorized(stdout), stdout, stderr, status }
  }

  write(text: string): void {
    mkdirSync(join(this.dir, '.ssh'), { recursive: true })
    writeFileSync(this.keys, text, { mode: 0o644 })
  }

  text(): string {
    return readFileSync(this.keys, 'utf8')
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}

test.each(['sh', 'dash', 'bash'])('%s makes folder and file private and adds the key once', (shell) => {
  using home = new FarHome()
  expect(home.run(shell)).toMatchObject({ state: 'added', status: 0, stderr: '' })
  expect(home.run(shell)).toMatchObject({ state: 'there', status: 0, stderr: '' })
  expect(home.text()).toBe(`${publicLine}\n`)
  expect(statSync(join(home.dir, '.ssh')).mode & 0o777).toBe(0o700)
  expect(statSync(home.keys).mode & 0o777).toBe(0o600)
})

test.each([
  ['other keys', `${other}\n`, `${other}\n${publicLine}\n`],
  ['a last line without its end', other, `${other}\n${publicLine}\n`],
  ['comments', `# mine\n\n`, `# mine\n\n${publicLine}\n`],
  ['the key, but only in a comment', `# ${publicLine}\n`, `# ${publicLine}\n${publicLine}\n`],
])('%s stay as they are', (_what, before, after) => {
  using home = new FarHome()
  home.write(before)
  expect(home.run()).toMatchObject({ state: 'added' })
  expect(home.text()).toBe(after)
})

test('a key that is there with options in front, or another comment, is there', () => {
  using home = new FarHome()
  const text = `restrict,port-forwarding ${publicLine.replace('ann@laptop', 'an older comment')}\n`
  home.write(text)
  expect(home.run()).toMatchObject({ state: 'there' })
  expect(home.text()).toBe(text)
})

test('a file that is a link stays one', () => {
  using home = new FarHome()
  mkdirSync(join(home.dir, '.ssh'))
  writeFileSync(join(home.dir, 'kept'), `${other}\n`)
  symlinkSync(join(home.dir, 'kept'), home.keys)
  expect(home.run()).toMatchObject({ state: 'added' })
  expect(lstatSync(home.keys).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(home.dir, 'kept'), 'utf8')).toBe(`${other}\n${publicLine}\n`)
})

test('the token of a gateway there is told when it is wanted, and never shown', () => {
  using home = new FarHome()
  expect(home.run('sh', true).token).toBe(undefined)
  mkdirSync(join(home.dir, '.clawdbot'))
  writeFileSync(join(home.dir, '.clawdbot/gateway-token'), 'abcdefghijklmnop_-0123\n')
  const { token } = home.run('sh', true)
  expect(token?.reveal()).toBe('abcdefghijklmnop_-0123')
  expect(String(token)).toBe('[secret]')
  expect(home.run('sh').token).toBe(undefined)
})

test.each([
  ['as onboard writes it', 'CLAWDBOT_GATEWAY_TOKEN=from-the-variable_0123\n', 'from-the-variable_0123'],
  ['the last of two, in quotes', 'CLAWDBOT_GATEWAY_TOKEN=old\n  CLAWDBOT_GATEWAY_TOKEN = "a \\"b\\" c"\r\n', 'a "b" c'],
  ['empty, so the file counts', 'CLAWDBOT_GATEWAY_TOKEN=\n', 'of-the-file_0123456789'],
  ['in a comment, so the file counts', '#CLAWDBOT_GATEWAY_TOKEN=no\n', 'of-the-file_0123456789'],
  ['never ending', 'CLAWDBOT_GATEWAY_TOKEN="a\nOPENAI_API_KEY=sk-no\n', 'a'],
])('the token in gateway.env goes before the file, %s; nothing else there is told', (_what, lines, token) => {
  using home = new FarHome()
  mkdirSync(join(home.dir, '.clawdbot'))
  writeFileSync(join(home.dir, '.clawdbot/gateway-token'), 'of-the-file_0123456789\n')
  writeFileSync(join(home.dir, '.clawdbot/gateway.env'), `OPENAI_API_KEY=sk-secret\n${lines}`)
  const ran = home.run('sh', true)
  expect(ran).toMatchObject({ state: 'added', status: 0, stderr: '' })
  expect(ran.token?.reveal()).toBe(token)
  expect(ran.stdout).not.toContain('sk-')
})

test('a disk or folder that may not be written fails, and does not say that it worked', () => {
  using home = new FarHome()
  writeFileSync(join(home.dir, '.ssh'), 'a file, not a folder')
  const { status, state } = home.run()
  expect(status).not.toBe(0)
  expect(state).toBe(undefined)
})

test('what a login prints by itself does not confuse the answer', () => {
  expect(readAuthorized('Welcome!\nclawdbot:added\r\n')).toEqual({ state: 'added', token: undefined })
  expect(readAuthorized('echo clawdbot:added\n')).toBe(undefined)
  expect(readAuthorized('')).toBe(undefined)
})

test.each(["ssh-ed25519 AAAA'; rm -rf /", 'ssh-ed25519 AAAA a\nb', 'ssh-ed25519 AAAA $(id)', '-oX AAAA', ''])(
  '%j is no key line, so it gets into no script',
  (line) => {
    expect(() => authorizeScript(line, false)).toThrow('not the line of a public key')
  },
)
