/** A marker in every place a client may take a secret from, then every line command that has to do with gateways. */

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { nobody, type Person } from '../../src/cli/person.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { clawdbot } from '../cli/world.ts'
import { Home } from '../client/support.ts'
import { built } from '../support/programs.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'

const marker = (slot: string) => `canary-${slot}-${randomUUID()}`

/** A `tailscale` and an `ssh` that write down all they are given, and fail. */
function nosyPrograms(dir: string): string {
  const bin = join(dir, 'bin')
  mkdirSync(bin)
  for (const name of ['tailscale', 'ssh']) {
    writeFileSync(join(bin, name), `#!/bin/sh\n{ echo "$@"; env; } >> '${join(dir, `given-to-${name}`)}'\nexit 1\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return [bin, process.env.PATH].join(delimiter)
}

function filesIn(dir: string): [string, string][] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map(({ parentPath, name }) => {
    const path = join(parentPath, name)
    return [relative(dir, path), readFileSync(path, 'latin1')]
  })
}

test('SE4, AU15: markers in every secret of a client turn up in no output, list, export, argument, child or other file', async () => {
  await using home = await Home.make()
  const secrets = {
    ...{ file: marker('file'), variable: marker('variable'), typed: marker('typed'), password: marker('password') },
    ...{ remote: marker('remote'), near: marker('near'), environment: marker('environment'), wrong: marker('wrong') },
  }
  const gateways = {
    file: await StandInGateway.start({ token: secrets.file }),
    variable: await StandInGateway.start({ token: secrets.variable }),
    typed: await StandInGateway.start({ token: secrets.typed }),
    remote: await StandInGateway.start({ token: secrets.remote }),
    strict: await StandInGateway.start({ token: 'none of these' }),
  }
  mkdirSync(home.paths.stateDir, { recursive: true })
  const remote = { url: gateways.remote.url, token: secrets.remote, password: secrets.password }
  writeFileSync(home.paths.configPath, JSON.stringify({ gateway: { auth: { token: secrets.near }, remote } }))
  const env = { PATH: nosyPrograms(home.dir), CLAWDBOT_GATEWAY_TOKEN: secrets.environment, GW_TOKEN: secrets.variable }
  const person = (secret: string): Person => ({
    ...nobody(async () => secret),
    isThere: true,
    hidden: async () => new Secret(secret),
    line: async () => 'all',
  })
  const places: [string, string][] = []
  const run = async (line: string, input = '', asked?: string) => {
    const options = { env, input, ...(asked === undefined ? {} : { person: person(asked) }) }
    const { code, out, err } = await clawdbot(home, line.split(' '), options)
    places.push([line, out + err])
    return code
  }

  await run(`profiles add file --url ${gateways.file.url} --secret-file`, secrets.file)
  await run(`profiles add variable --url ${gateways.variable.url} --secret-env GW_TOKEN`)
  await run(`profiles add typed --url ${gateways.typed.url} --secret-prompt`)
  await run(`profiles add wrong --url ${gateways.strict.url} --secret-file`, '', secrets.wrong)
  await run('profiles add tail --tailscale desktop --secret-env GW_TOKEN')
  await run('profiles import --yes')
  for (const name of ['file', 'variable', 'typed', 'remote']) {
    for (const word of ['health', 'status', 'gateway probe', 'gateway call health', 'health --json']) {
      expect([name, word, await run(`${word} --profile ${name}`, '', secrets.typed)]).toEqual([name, word, 0])
    }
  }
  for (const name of ['wrong', 'tail']) expect(await run(`health --profile ${name} --json`)).not.toBe(0)
  await run('health --profile wrong')
  await run('health --url ws://127.0.0.1:1')
  await run(`health --url ${gateways.strict.url}`)
  for (const line of ['profiles', 'profiles --json', 'profiles export', 'use wrong', 'use -']) await run(line)
  await run('profiles edit file --rename other --warm')
  await run('profiles edit wrong --secret-env GW_TOKEN --json')
  await run('profiles remove tail')

  // As a process: what others can see of it while it waits for the secret.
  const program = [built('clawdbot'), 'profiles', 'add', 'piped', '--ssh', 'vps', '--secret-file', '--json']
  const itsEnv = { PATH: process.env.PATH ?? '', HOME: home.dir, CLAWDBOT_STATE_DIR: home.paths.stateDir }
  const child = spawn(process.execPath, program, { env: itsEnv })
  places.push(['cmdline', readFileSync(`/proc/${child.pid}/cmdline`, 'latin1')])
  child.stdout.on('data', (chunk) => places.push(['piped', String(chunk)]))
  child.stderr.on('data', (chunk) => places.push(['piped', String(chunk)]))
  child.stdin.end(secrets.file)
  expect(await once(child, 'close')).toEqual([0, null])

  const issued = Object.values(gateways).flatMap((gateway) => [...gateway.issued])
  expect(issued.length).toBeGreaterThan(3)
  for (const gateway of Object.values(gateways)) await gateway[Symbol.asyncDispose]()
  places.push(...filesIn(home.dir))
  // Where they belong: what the owner wrote, the private files they asked for, the tokens that gateways gave out.
  const theirs = /^state\/(clawdbot\.json|secrets\/[0-9a-f]{16}|identity\/gateway-tokens\.json)$/
  const found = places
    .filter(([place]) => !theirs.test(place))
    .flatMap(([place, text]) =>
      [...Object.values(secrets), ...issued].filter((one) => text.includes(one)).map((one) => `${one} in ${place}`),
    )
  expect(found).toEqual([])
  const kept = places.filter(([place]) => theirs.test(place)).map(([, text]) => text)
  expect(kept.filter((text) => text === `${secrets.file}\n`)).toHaveLength(2)
  expect(places.map(([place]) => place)).toContain('given-to-tailscale')
})
