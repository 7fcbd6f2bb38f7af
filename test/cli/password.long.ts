/** Each look at a password costs scrypt 0.1 s and more. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Person } from '../../src/cli/person.ts'
import { openJournal } from '../../src/server/journal/journal.ts'
import { runGateway } from '../../src/server/run-gateway.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { Home } from '../client/support.ts'
import { RawClient } from '../support/raw-client.ts'
import { clawdbot } from './world.ts'

const right = 'correct horse battery staple mauve'
const old = 'the old password stood there plainly'

async function homeWith(settings: string): Promise<Home> {
  const home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  await writeFile(home.paths.configPath, settings, { mode: 0o600 })
  return home
}

/** Somebody who types these, one after the other. */
function typing(...answers: string[]): Person {
  const hidden = async () => {
    const next = answers.shift()
    return next === undefined ? undefined : new Secret(next)
  }
  const no = async () => await Promise.reject(new Error('not asked'))
  return { isThere: true, hidden, line: no, confirm: no, input: no }
}

test('AU12, AU14: password set keeps a hash, the gateway takes it up, closes the rest, and lets the new one in everywhere', async () => {
  const settings = `{\n  // mine\n  gateway: { auth: { password: '${old}' }, http: { endpoints: { chatCompletions: { enabled: true } } } },\n}\n`
  await using home = await homeWith(settings)
  const env = { CLAWDBOT_STATE_DIR: home.paths.stateDir, HOME: home.dir }
  const stop = new AbortController()
  const printed: string[] = []
  const ended = runGateway({
    ...{ flags: { port: 0 }, env, home: home.dir, signal: stop.signal },
    print: (line) => void printed.push(line),
  })
  await vi.waitFor(() => expect(printed.join('\n')).toContain('Auth mode: password'), { timeout: 5_000 })
  const url = /ws:\S+/.exec(printed.join('\n'))?.[0] ?? ''
  using client = new RawClient(url)
  expect((await client.connect({ auth: { password: old } })).ok).toBe(true)

  const { code, out, err } = await clawdbot(home, ['password', 'set'], {
    person: typing('hunter2', right, 'something else', right, right),
  })
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/good, about \d+ bits[\s\S]*takes it up by itself/),
  })
  expect(err).toContain('❌ weak')
  expect(err).toContain('That was not the same')
  expect(await client.closed).toEqual({ code: 4001, reason: 'credentials changed' })

  const kept = await readFile(home.paths.configPath, 'utf8')
  expect(kept).toMatch(/\/\/ mine[\s\S]*password: "\$scrypt\$ln=15,r=8,p=3,others=1\$/)
  const everything = `${kept}${out}${err}${await readFile(`${home.paths.configPath}.bak`, 'utf8').catch(() => '')}`
  expect(everything).not.toContain(right)
  expect(everything).not.toContain(old)
  expect((await stat(home.paths.configPath)).mode & 0o777).toBe(0o600)

  const post = async (bearer: string) =>
    (
      await fetch(`${url.replace('ws', 'http')}/v1/chat/completions`, {
        ...{ method: 'POST', body: '{}' },
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      })
    ).status
  const hash = /"(\$scrypt[^"]+)"/.exec(kept)?.[1] ?? ''
  const knock = async (auth: object) => {
    using raw = new RawClient(url)
    return (await raw.connect({ auth })).ok
  }
  expect(await knock({ password: right })).toBe(true)
  expect(await knock({ token: right })).toBe(true)
  expect(await post(right)).toBe(400)
  expect(await knock({ password: hash })).toBe(false)
  expect(await post(hash)).toBe(401)
  stop.abort()
  await ended
  using journal = openJournal({ path: join(home.paths.stateDir, 'audit.db'), clock: systemClock })
  expect(journal.read({ limit: 9, what: 'auth.password-set' })).toHaveLength(1)
  expect(journal.read({ limit: 9, what: 'auth.secret-changed' })).toHaveLength(1)
}, 20_000)

test('piped in, with --json, it says how strong it is and switches the gateway from its token', async () => {
  await using home = await homeWith('{ gateway: { auth: { mode: "token" } } }')
  const { out } = await clawdbot(home, ['password', 'set', '--stdin', '--json'], { input: `${right}\n` })
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    isRunning: false,
    isTakenUp: false,
    isNewMode: true,
    strength: { level: 'good' },
  })
  expect(out).not.toContain(right)
  expect(await readFile(home.paths.configPath, 'utf8')).toMatch(/mode: "password"/)
})
