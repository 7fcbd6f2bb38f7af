import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nobody, type Person } from '../../src/cli/person.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { Home } from '../client/support.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { clawdbot, type WorldOptions } from './world.ts'

const run = (home: Home, line: string, options?: WorldOptions) => clawdbot(home, line.split(' '), options)
const saved = async (home: Home) => JSON.parse(await readFile(home.paths.profiles, 'utf8')).profiles
const kept = async (home: Home) =>
  await Promise.all(
    (await readdir(home.paths.secretsDir)).map((name) => readFile(join(home.paths.secretsDir, name), 'utf8')),
  )

/** Somebody who types this when asked for a secret. */
function typing(secret: string | undefined): Person & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    ...nobody(async () => ''),
    isThere: true,
    asked,
    hidden: async (question) => {
      asked.push(question)
      return secret === undefined ? undefined : new Secret(secret)
    },
  }
}

test('add saves ways in their order and says what to do next', async () => {
  await using home = await Home.make()
  const line =
    'profiles add vps --tailscale vps --ssh me@vps.example --jump a,b --gateway-port 4000 --warm --secret-env VPS_TOKEN'
  expect(await run(home, line)).toEqual({
    code: 0,
    out: [
      '✅ Added vps',
      '  Way 1:  tailscale vps',
      '  Way 2:  ssh me@vps.example through a, b, gateway at port 4000',
      '  Secret: token from VPS_TOKEN',
      '  Kept:   warm',
      '  Try it: clawdbot profiles test vps   Use it: clawdbot use vps',
      '',
    ].join('\n'),
    err: 'VPS_TOKEN is not set at the moment.\n',
  })
  expect(await saved(home)).toMatchObject([
    {
      name: 'vps',
      ways: [
        { kind: 'tailscale', peer: 'vps' },
        { kind: 'ssh', host: 'vps.example', user: 'me', jump: ['a', 'b'], gatewayPort: 4000 },
      ],
      warm: true,
      secret: { source: 'env', secret: 'token', variable: 'VPS_TOKEN' },
    },
  ])
  const json = await run(home, 'profiles add other --local --json')
  expect(JSON.parse(json.out)).toMatchObject({ name: 'other', ways: [{ kind: 'local' }], warm: false, secret: null })
})

test('a secret is typed unseen or piped in, and used; it is in no list and no output', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'hunter2' })
  const person = typing('hunter2')
  const added = await run(home, `profiles add typed --url ${gateway.url} --secret-file`, { person })
  expect(person.asked).toEqual(['Gateway token of typed (not shown): '])
  const piped = await run(home, `profiles add piped --url ${gateway.url} --secret-file`, { input: 'hunter2\n' })
  const list = await run(home, 'profiles --json')
  expect(await kept(home)).toEqual(['hunter2\n', 'hunter2\n'])
  for (const name of ['typed', 'piped']) expect(await run(home, `health --profile ${name}`)).toMatchObject({ code: 0 })
  expect(JSON.stringify([added, piped, list, await saved(home)])).not.toContain('hunter2')
  expect(await run(home, `profiles add none --url ${gateway.url} --secret-file`, { input: ' \n' })).toMatchObject({
    code: 2,
    err: expect.stringContaining('The token is missing'),
  })
  expect(
    await run(home, `profiles add none --url ${gateway.url} --secret-file`, { person: typing(undefined) }),
  ).toMatchObject({ code: 2 })
  expect(await saved(home)).toHaveLength(2)
})

test('a secret can be asked for each time; a wrong or missing one says how to mend the profile', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'right' })
  await run(home, `profiles add g --url ${gateway.url}`)
  const missing = await run(home, 'health --profile g')
  expect(missing).toMatchObject({ code: 3, err: expect.stringContaining('clawdbot profiles edit g --secret-file') })
  await run(home, 'profiles edit g --secret-prompt')
  expect(await run(home, 'health --profile g')).toMatchObject({
    code: 3,
    err: expect.stringContaining('no terminal to ask in'),
  })
  const person = typing('right')
  expect(await run(home, 'health --profile g', { person })).toMatchObject({ code: 0 })
  expect(person.asked).toEqual(['Gateway token of the profile g: '])
  await rm(home.paths.deviceTokens)
  await run(home, 'profiles edit g --secret-env GW')
  expect(await run(home, 'health --profile g')).toMatchObject({ code: 3, err: expect.stringContaining('Set GW, or') })
  expect(await run(home, 'health --profile g', { env: { GW: 'wrong' } })).toMatchObject({ code: 3 })
  expect(await run(home, 'health --profile g', { env: { GW: 'right' } })).toMatchObject({ code: 0 })
})

test('edit changes what is named and leaves the rest', async () => {
  await using home = await Home.make()
  await run(home, 'profiles add vps --ssh vps --warm --secret-file', { input: 'hunter2' })
  const [before] = await saved(home)
  const edited = await run(home, 'profiles edit VPS --rename far --identity /k --secret-kind password')
  expect(edited.out).toContain('✅ Changed far\n')
  expect(await saved(home)).toEqual([
    {
      ...before,
      name: 'far',
      ways: [{ kind: 'ssh', host: 'vps', identity: '/k' }],
      secret: { source: 'file', secret: 'password' },
    },
  ])
  expect(await kept(home)).toEqual(['hunter2\n'])
  await run(home, 'profiles edit far --cold --secret-none')
  const { warm: _, secret: __, ...bare } = before
  expect(await saved(home)).toEqual([{ ...bare, name: 'far', ways: [{ kind: 'ssh', host: 'vps', identity: '/k' }] }])
  expect(await kept(home)).toEqual([])
})

test('AU16: an edit that leads elsewhere forgets the secret, and says so', async () => {
  await using home = await Home.make()
  await run(home, 'profiles add vps --ssh vps --secret-file', { input: 'hunter2' })
  const { err } = await run(home, 'profiles edit vps --ssh other')
  expect(err).toBe(
    'It leads to another gateway now: what was kept of the old one here (transcripts, drafts, unsent messages) is gone.\n' +
      'Its token is forgotten too, set it with the same --secret flag.\n',
  )
  expect(await kept(home)).toEqual([])
})

test.each([
  ['profiles add', 'profiles add needs one profile'],
  ['profiles add vps', 'A profile needs a way'],
  ['profiles add - --ssh vps', 'must be one word'],
  ['profiles add vps --ssh -oProxyCommand=id', 'way 1, host: is not a host name'],
  ['profiles add vps --url wss://u:hunter2@g.example', 'carries no user, password'],
  ['profiles add vps --url wss://g.example/?token=hunter2', 'carries no user, password'],
  ['profiles add vps --url ws://g.example', 'neither encrypted nor on this machine'],
  ['profiles add vps --url wss://u:hunter2@g.example', 'keeps a secret with --secret-file'],
  ['profiles add vps --ssh vps --engine putty', 'way 1, engine: must be one of auto, ssh2, system'],
  ['profiles add vps --ssh=', 'way 1, host: must not be empty'],
  ['profiles add vps --ssh vps:70000', 'way 1, port: must be a number from 1 to 65535'],
  ['profiles add vps --ssh vps --socket gateway.sock', 'way 1, gatewaySocket: must begin with /'],
  ['profiles add vps --ssh vps --secret-env A-B', 'secret.variable'],
  ['profiles add vps --ssh vps --secret-file --secret-prompt', 'kept in one place'],
  ['profiles add vps --ssh vps --secret-kind token', 'goes with the flag that says where'],
  ['profiles add vps --ssh vps --secret-prompt --secret-kind pin', 'token or password'],
  ['profiles edit nowhere --warm', 'There is no profile "nowhere"'],
  ['profiles edit local', 'needs a flag that says what to change'],
  ['profiles edit local --warm --cold', 'exclude each other'],
  ['profiles edit local --secret-none --secret-prompt', 'exclude each other'],
])('`clawdbot %s` saves nothing: %s', async (line, problem) => {
  await using home = await Home.make()
  const { code, out, err } = await run(home, line)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(problem)
  expect(err).not.toContain('hunter2')
  await expect(readFile(home.paths.profiles)).rejects.toMatchObject({ code: 'ENOENT' })
})
