/** `clawdbot ssh setup`: from an SSH account with a password to a profile that connects by itself. */

import { tunnelEnv } from '../client/secrets.ts'
import { planSetup, runSetup, type SetupPlan, type SetupStep, type SetupWorld } from '../client/ssh-setup.ts'
import { Fault } from '../shared/fault.ts'
import type { Secret } from '../shared/std/secret.ts'
import { AnswerMemory } from '../tunnel/ssh/answer-memory.ts'
import { hopText, parseHop } from '../tunnel/ssh/host.ts'
import { sshCommand } from '../tunnel/ssh/typed.ts'
import { defineCommand, type Flags, type FlagValues, portFlag, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { usage } from './parse.ts'
import { testProfile } from './profiles-test.ts'
import { oneLine } from './style.ts'

const flags = {
  name: { type: 'string', about: 'name of the profile (the host)', value: '<name>' },
  'host-block': { type: 'string', about: 'also write a Host block with this name to ~/.ssh/config', value: '<alias>' },
  identity: { type: 'string', about: 'the private key to use, or to make (~/.ssh/id_ed25519)', value: '<path>' },
  'gateway-port': portFlag('port of the gateway there (18789)'),
  'without-token': { type: 'boolean', about: "do not read the gateway's token from the server" },
  yes: { type: 'boolean', about: 'do it without asking first; a key that is made has no passphrase then' },
  json: { type: 'boolean', about: 'print JSON for programs' },
} as const satisfies Flags

type SetupFlags = FlagValues<typeof flags>

export const sshSetup = defineCommand({
  name: 'ssh setup',
  about:
    'let this machine in to an SSH account by key and save a profile for the gateway there: makes a key if there is none, asks for the password once, tests it all; again it changes nothing',
  args: '<[user@]host[:port]>',
  flags,
  async run(invocation) {
    const { args, flags: given, person, signal, out, env } = invocation
    const memory = new AnswerMemory()
    const prompts = memory.over(invocation.prompts)
    const world: SetupWorld = { ...invocation, env: tunnelEnv(env, undefined), prompts, onLayer: () => {} }
    const plan = await planSetup(wishOf(args, given), world)
    const say = given.json ? () => {} : out
    say(planText(plan))
    if (!given.yes) {
      if (!person.isThere)
        throw usage('ssh setup asks before it does anything; without a terminal it needs --yes', 'ssh setup')
      if (!(await person.confirm('Go on?', true, signal))) return 1
    }
    const passphrase = await newPassphrase(plan, invocation, given.yes)
    if (passphrase) memory.knowPassphrase(plan.key.path, passphrase)
    const steps: SetupStep[] = []
    const profile = await runSetup(plan, passphrase, world, (step) => {
      steps.push(step)
      say(isMissing(step) ? missingToken(plan) : `✅ ${stepText(step, plan)}\n`)
    })
    // A gateway that does not run there yet is no failure of the setup: it is told, with what to do.
    const { report } = await testProfile(profile.name, { ...invocation, prompts }, say)
    if (given.json) printJson(invocation, { profile: profile.name, steps, test: report })
    else out(`Use it: clawdbot use ${profile.name}\n`)
    return 0
  },
})

function wishOf([place, ...rest]: readonly string[], given: SetupFlags) {
  if (place === undefined || rest.length > 0)
    throw usage('ssh setup needs one account, such as deploy@vps.example', 'ssh setup')
  const alias = given['host-block']
  if (alias !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(alias)) {
    throw usage(`--host-block ${JSON.stringify(alias)} is not a name for a host`, 'ssh setup')
  }
  const gatewayPort = given['gateway-port']
  const { identity, name } = given
  return { hop: parseHop(place), identity, alias, name, gatewayPort, wantsToken: !given['without-token'] }
}

/** What will be done, before anything is. */
function planText({ wish, key, profileName, known }: SetupPlan): string {
  const { hop, alias, wantsToken } = wish
  const lines = [
    key.publicLine === undefined ? `make a new ed25519 key: ${key.path}` : `use your key ${key.path}`,
    `let it in to ${hopText(hop)}: a line in ~/.ssh/authorized_keys there, if it is not there yet (asks for the password if need be)`,
    ...(alias === undefined ? [] : [`write "Host ${alias}" to ~/.ssh/config`]),
    ...(wantsToken && known?.secret === undefined
      ? [
          "read the gateway's token there (gateway.env or gateway-token in ~/.clawdbot), and keep it here in a private file",
        ]
      : []),
    known ? `keep your profile ${known.name}, which leads there` : `save the profile ${profileName}`,
    'test it',
  ]
  return `This will:\n${lines.map((line, i) => `  ${i + 1}. ${oneLine(line)}\n`).join('')}`
}

function stepText(step: SetupStep, { wish }: SetupPlan): string {
  switch (step.step) {
    case 'key':
      return oneLine(`${step.state === 'made' ? 'Made the key' : 'Your key'} ${step.path}`)
    case 'authorized':
      return oneLine(`${wish.hop.host} lets it in${step.state === 'there' ? ', as before' : ''}`)
    case 'host-block':
      return `Host ${step.alias} ${step.state === 'added' ? 'is now' : 'was already'} in ~/.ssh/config`
    case 'profile':
      return oneLine(`${step.state === 'added' ? 'Saved the profile' : 'Your profile'} ${step.name}`)
    case 'token':
      return "The gateway's token is kept in a private file"
  }
}

function isMissing(step: SetupStep): boolean {
  return step.step === 'token' && step.state === 'none'
}

/** Only the two files are looked into, in the one folder that a login tells. */
function missingToken({ way, profileName }: SetupPlan): string {
  const lines = [
    "No gateway's token was found there, neither in ~/.clawdbot/gateway.env nor in ~/.clawdbot/gateway-token",
    `It may stand in the settings; see it with: ${sshCommand(way, ['grep', 'token', '.clawdbot/clawdbot.json'])}`,
    'Where CLAWDBOT_STATE_DIR is set for the gateway, all of these are in that folder, which a login does not tell.',
    `Once you have it: clawdbot profiles edit ${profileName} --secret-file`,
  ]
  return `⚠️  ${lines.map(oneLine).join('\n    ')}\n`
}

/** Asked twice, since it is not shown. Empty means none. */
async function newPassphrase({ key }: SetupPlan, world: Surroundings, isYes: boolean): Promise<Secret | undefined> {
  const { person, signal, err } = world
  if (key.publicLine !== undefined || isYes || !person.isThere) return undefined
  for (;;) {
    const first = await person.hidden('Passphrase for the new key (empty for none): ', signal)
    if (first === undefined)
      throw new Fault('usage.invalid', 'Nothing was done', { remedy: 'Run it again when you like.' })
    if (first.reveal() === '') return undefined
    const second = await person.hidden('The same again: ', signal)
    if (second?.reveal() === first.reveal()) return first
    err('These are not the same.\n')
  }
}
