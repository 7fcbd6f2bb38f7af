import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from '../client/support.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { built, requireProgram } from '../support/programs.ts'
import { clawdbot } from './world.ts'

const env = { PATH: process.env.PATH ?? '' }

test('a machine becomes a node, waits for approval, asks its person elsewhere, and says what it runs', async () => {
  await using home = await Home.make()
  await using owner = await Home.make()
  await using gateway = await startTestGateway()
  const run = (where: Home, ...words: string[]) => clawdbot(where, words, { env })
  const at = ['--url', gateway.url, '--token', testToken]
  const end = new AbortController()
  let said = ''
  const running = clawdbot(home, ['node', 'run', '--name', 'pi', ...at], {
    ...{ env, signal: end.signal },
    onText: (text) => {
      said += text
    },
  })
  await expect.poll(() => said).toContain('✅ Connected to remote (direct)\n')
  expect(said).toMatch(/^This machine is the node pi \([0-9a-f-]{19}\)\n {3}It offers system\.run, /)
  expect((await run(owner, 'nodes', 'approve', 'pi', ...at)).out).toContain('may be asked: system.run')
  expect((await run(home, 'node', 'approve')).out).toBe('Nothing waits for you here.\n')

  const ran = clawdbot(owner, ['nodes', 'run', 'pi', ...at, '--', 'echo', 'a  b'], { env })
  await expect.poll(async () => (await run(home, 'node', 'approve')).out).toContain("\n   echo 'a  b'\n")
  const { waiting } = JSON.parse((await run(home, 'node', 'approve', '--json')).out)
  expect((await run(home, 'node', 'approve', 'nope')).err).toContain('Nothing called "nope" waits here')
  expect((await run(home, 'node', 'approve', waiting[0].id)).out).toBe('✅ It runs this once\n')
  expect(await ran).toEqual({
    code: 0,
    out: 'a  b\n',
    err: expect.stringMatching(/^⏳ pi asks its owner first; .*\n$/),
  })

  expect((await run(home, 'node', 'policy', 'deny')).out).toMatch(/^✅ This machine runs nothing \(deny\)\n/)
  expect((await run(home, 'node', 'policy', 'maybe')).err).toContain('"maybe" is no policy')
  const refused = await run(owner, 'nodes', 'run', 'pi', ...at, '--', 'true')
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('this node is set to run no commands') })
  expect(said).toMatch(/▸ system\.run echo a {2}b\n {2}✅ \d+m?s\n▸ system\.run true\n {2}❌ the node did not run it/)
  end.abort()
  expect((await running).code).toBe(0)
})

test.each(["Ann's phone 日本", '-pi', '--json'])(
  'the command that approves %s, as the node prints it, can be typed',
  async (name) => {
    await using home = await Home.make()
    await using gateway = await startTestGateway()
    const at = ['--url', gateway.url, '--token', testToken]
    const end = new AbortController()
    let said = ''
    const running = clawdbot(home, ['node', 'run', `--name=${name}`, ...at], {
      ...{ env, signal: end.signal },
      onText: (text) => {
        said += text
      },
    })
    await expect.poll(() => said).toContain('✅ Connected')
    const typed = /: clawdbot (nodes approve .+)\n/.exec(said)?.[1]
    const { stdout } = await promisify(execFile)('sh', ['-c', `printf '%s\\n' ${typed}`])
    const approved = await clawdbot(home, ['nodes', 'approve', ...at, ...stdout.trimEnd().split('\n').slice(2)], {
      env,
    })
    expect(approved).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(new RegExp(`^✅ ${name} .* may be asked: `)),
    })
    end.abort()
    await running
  },
)

test('what a gateway refuses for good ends it, told once', async () => {
  await using home = await Home.make()
  await using gateway = await startTestGateway()
  const { code, err } = await clawdbot(home, ['node', 'run', '--url', gateway.url, '--token', 'wrong'], { env })
  expect(code).toBe(3)
  expect(err.match(/❌/g)).toHaveLength(1)
})

test('doctor names what this machine can offer, and what to install for the rest', async () => {
  await using home = await Home.make()
  const { code, out } = await clawdbot(home, ['node', 'doctor'], { env: { PATH: '/nowhere' } })
  expect(code).toBe(0)
  expect(out).toMatch(/✅ system\.run +programs of this account\n/)
  expect(out).toMatch(/➖ system\.notify +there is no (notify-send|osascript)\n +Install it: /)
  expect(out).toMatch(/➖ camera\.snap +there is no ffmpeg\n +Install it: /)
  const json = JSON.parse((await clawdbot(home, ['node', 'doctor', '--json'], { env })).out)
  expect(json.abilities).toContainEqual({ command: 'system.which', isOffered: true, detail: 'the search path' })
})

test('install writes a unit that systemd takes, without a secret, and says what to run; uninstall removes it', async () => {
  await using home = await Home.make()
  const way = { kind: 'direct' as const, url: 'ws://127.0.0.1:1' }
  const world = { paths: home.paths, clock: systemClock }
  const { id } = await saveProfile({ name: 'vps', ways: [way] }, undefined, world)
  const bin = join(home.dir, 'bin')
  await mkdir(bin)
  // Stands in for a user's systemd that does not run.
  await writeFile(join(bin, 'systemctl'), '#!/bin/sh\necho offline\nexit 1\n')
  await chmod(join(bin, 'systemctl'), 0o755)
  const variables = { PATH: `${bin}:/usr/bin:/bin`, CLAWDBOT_GATEWAY_TOKEN: 'hunter2' }
  const run = (...words: string[]) => clawdbot(home, words, { env: variables, program: built('clawdbot') })
  const { code, out } = await run('node', 'install', '--profile', 'vps', '--name', 'mac mini')
  expect(code).toBe(0)
  const unit = /✅ Installed: (\S+\.service)\n/.exec(out)?.[1] ?? ''
  const text = await readFile(unit, 'utf8')
  expect(text).toContain(` node run --profile ${id} --name "mac mini"\n`) // which a rename does not change
  expect(text).not.toContain('hunter2')
  const verify = ['verify', '--user', '--man=no', unit]
  const verifyEnv = { PATH: process.env.PATH, HOME: home.dir, XDG_RUNTIME_DIR: home.dir }
  const verified = await promisify(execFile)(requireProgram('systemd-analyze'), verify, { env: verifyEnv })
  expect(verified).toEqual({ stdout: '', stderr: '' })
  expect((await run('node', 'install', '--profile', 'vps', '--name', 'mac mini')).out).toContain('Installed already')
  expect((await run('node', 'uninstall', '--profile', 'vps')).out).toContain(`✅ Removed ${unit}\n`)
  expect((await run('node', 'uninstall', '--profile', 'vps')).out).toBe('✅ There was no node service for vps\n')
})
