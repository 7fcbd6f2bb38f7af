/** `clawdbot password set`: asked twice without showing it, or read from a pipe; only its hash is kept. */

import { readRuntime } from '../client/runtime-file.ts'
import { Fault } from '../shared/fault.ts'
import { passwordStrength, shortestForOthers } from '../shared/password-strength.ts'
import { Secret } from '../shared/std/secret.ts'
import { defineCommand, type Surroundings } from './command.ts'
import { usage } from './parse.ts'

/** So often a weak or mistyped one is asked for again. */
const tries = 5

export const passwordSet = defineCommand({
  name: 'password set',
  about: 'give the gateway of this machine a password; a hash of it is kept in the settings, and nothing else',
  flags: {
    stdin: { type: 'boolean', about: 'read it from standard input, one line, instead of asking' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run(world) {
    const { host, out, err, flags, person } = world
    const keeper = await host()
    if (!flags.stdin && !person.isThere) {
      throw usage('There is no terminal to ask in: pipe the password in and say --stdin', 'password set')
    }
    const password = flags.stdin ? await piped(world) : await ask(world)
    const { path, isTakenUp, isNewMode } = await keeper.setPassword(password)
    const { bits, level, hint } = passwordStrength(password.reveal())
    if (flags.json) {
      const isRunning = (await readRuntime(world.paths.runtimeFile))?.isAlive === true
      out(
        `${JSON.stringify({ ok: true, path, isRunning, isTakenUp: isRunning && isTakenUp, isNewMode, strength: { bits, level } })}\n`,
      )
      return 0
    }
    out(`✅ The gateway has a new password (${level}, about ${bits} bits); its hash is in ${path}\n`)
    if (hint !== undefined) out(`   ${hint}\n`)
    if (isNewMode) out('   It asks for this password now, and not for a token.\n')
    if (isTakenUp) out('   A gateway that runs takes it up by itself and closes what the old secret opened.\n')
    else err('   Settings are not reloaded (gateway.reload.mode): clawdbot gateway restart\n')
    out('   Approved devices come back with tokens of their own; whoever else connects is asked for it.\n')
    return 0
  },
})

async function piped({ person }: Surroundings): Promise<Secret> {
  const text = (await person.input()).replace(/\r?\n$/, '')
  if (text === '') throw usage('Nothing came in: pipe the password in, one line', 'password set')
  return new Secret(text)
}

async function ask({ person, err, signal }: Surroundings): Promise<Secret> {
  err(`Five or six words that do not belong together are hard to guess and easy to type.\n`)
  err(`Where others can reach the gateway it takes ${shortestForOthers} characters.\n`)
  for (let i = 0; i < tries; i++) {
    const first = await person.hidden('New password (not shown): ', signal)
    if (!first) break
    const { level, bits, hint } = passwordStrength(first.reveal())
    err(`${level === 'weak' ? '❌' : '✅'} ${level}, about ${bits} bits${hint === undefined ? '' : `. ${hint}`}\n`)
    if (level === 'weak') continue
    const second = await person.hidden('The same again: ', signal)
    if (!second) break
    if (second.reveal() === first.reveal()) return first
    err('❌ That was not the same. From the beginning:\n')
  }
  throw new Fault('usage.invalid', 'No password was given twice; the gateway keeps what it has', {
    remedy: 'Run it again: clawdbot password set',
  })
}
