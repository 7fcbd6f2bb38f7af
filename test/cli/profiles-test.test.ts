import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { clawdbot } from './world.ts'

const run = (home: Home, line: string) => clawdbot(home, line.split(' '))

test('each way is tried, layer by layer with its time; what stops one stands beside its layer', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 't' })
  await run(home, `profiles add both --url ${gateway.url} --url ws://127.0.0.1:1`)
  await run(home, 'use both')
  await run(home, 'profiles edit both --secret-prompt')
  const refused = await run(home, 'profiles test')
  expect(refused.code).toBe(3)
  expect(refused.out).toMatch(/❌ .*\n? *The profile both asks for its token each time/)
  await clawdbot(home, 'profiles edit both --secret-file'.split(' '), { input: 't' })
  const { code, out } = await run(home, 'profiles test both')
  expect(code).toBe(4)
  const port = new URL(gateway.url).port
  const [first = '', second = ''] = out.split(/(?=^both · )/m)
  expect(first).toMatch(
    new RegExp(
      `^both · ws://127\\.0\\.0\\.1:${port}\\n( {2}✅ .*\\n)* {2}✅ live +\\d+m?s\\n {2}Clawdbot 0\\.0\\.0-stand-in in \\d+m?s\\n$`,
    ),
  )
  expect(second).toMatch(
    /^both · ws:\/\/127\.0\.0\.1:1\n( {2}✅ .*\n)* {2}❌ \w+ +\d+m?s\n {5}Nothing listens at ws:\/\/127\.0\.0\.1:1\n {5}Start the gateway/,
  )
})

test('programs get every layer and every failure; a profile that works has exit code 0', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  await run(home, `profiles add good --url ${gateway.url}`)
  const good = await run(home, 'profiles test good --json')
  expect(good.code).toBe(0)
  expect(JSON.parse(good.out)).toMatchObject({
    profile: 'good',
    ok: true,
    ways: [{ ok: true, version: '0.0.0-stand-in' }],
  })
  await run(home, 'profiles add bad --url ws://127.0.0.1:1')
  const bad = JSON.parse((await run(home, 'profiles test bad --json')).out)
  expect(bad).toMatchObject({ ok: false, ways: [{ ok: false, error: { code: 'client.refused' } }] })
  expect(bad.ways[0].layers.at(-1)).toMatchObject({ ok: false })
  expect((await run(home, 'profiles test goood')).err).toContain('Did you mean good?')
})

test('AU17: a way that leads to another gateway than the profile is known by is told no secret', async () => {
  await using home = await Home.make()
  await using real = await startTestGateway()
  await using fake = await StandInGateway.start()
  const add = ['profiles', 'add', 'vps', '--url', real.url, '--url', fake.url, '--secret-file']
  expect((await clawdbot(home, add, { input: testToken })).code).toBe(0)
  const { out } = await clawdbot(home, ['profiles', 'test', 'vps'])
  expect(out).toContain('does not prove to be the gateway known at')
  expect(out).toContain('no secret was sent')
  expect(fake.connects).toEqual([])
})
