/** `clawdbot profiles list|remove|use` and `clawdbot use`: the saved gateways, and which one commands go to. */

import type { Forgotten } from '../client/kept.ts'
import type { Profile } from '../client/profile.ts'
import { readProfiles } from '../client/profile-store.ts'
import { secretText, wayText } from '../client/profile-text.ts'
import { allProfiles } from '../client/profiles.ts'
import { chooseProfile, forgetProfile } from '../client/saved-profiles.ts'
import { resolveTarget } from '../client/target.ts'
import { defineCommand } from './command.ts'
import { printJson } from './gateway-call.ts'
import { usage } from './parse.ts'
import { profileJson } from './profile-lines.ts'
import { columns, oneLine } from './style.ts'

const json = { json: { type: 'boolean', about: 'print JSON for programs' } } as const

export const profilesList = defineCommand({
  name: 'profiles list',
  about: 'saved gateways, the ways to each, and which one is in use',
  flags: json,
  async run(invocation) {
    const { env, paths, out, flags } = invocation
    const profiles = allProfiles(await readProfiles(paths.profiles))
    const { profile: inUse, origin, source } = await resolveTarget({}, env, paths)
    const isInUse = ({ id }: { id: string }) => id === inUse?.id
    if (flags.json) {
      const rows = profiles.map((one) => ({ ...profileJson(one), current: isInUse(one) }))
      printJson(invocation, { profiles: rows, inUse: { name: inUse?.name ?? null, address: origin, source } })
      return 0
    }
    const rows = profiles.map((one) => [
      ...[isInUse(one) ? '*' : '', one.name, one.ways.map(wayText).join('; then ')],
      ...[one.warm ? 'warm' : '', secretText(one)],
    ])
    out(columns(['', 'Profile', 'Ways', 'Kept', 'Secret'], rows))
    if (!inUse) out(`\nCommands go to ${oneLine(origin)} (${oneLine(source)})\n`)
    return 0
  },
})

export const profilesRemove = defineCommand({
  name: 'profiles remove',
  about: 'forget a saved gateway, with all that is kept for it on this machine',
  args: '<profile>',
  flags: json,
  async run(invocation) {
    const name = oneName(invocation.args, 'profiles remove')
    const { profile, ...gone } = await forgetProfile(name, invocation)
    const { hasDrafts, ...counts } = gone
    if (invocation.flags.json) printJson(invocation, { removed: profile.name, drafts: hasDrafts, ...counts })
    else invocation.out(`✅ Removed ${profile.name}${goneText(profile, gone)}\n`)
    return 0
  },
})

/** What went with it, since none of it comes back. */
function goneText({ secret }: Profile, { hasDrafts, transcripts, unsent }: Forgotten): string {
  const counted = (count: number, one: string, many: string) =>
    count === 0 ? [] : [count === 1 ? one : `${count} ${many}`]
  const parts = [
    ...(secret?.source === 'file' || secret?.source === 'keychain' ? [`its ${secret.secret}`] : []),
    ...(hasDrafts ? ['its drafts and earlier prompts'] : []),
    ...counted(transcripts, 'a transcript kept here', 'transcripts kept here'),
    ...counted(unsent, 'a message that was never sent', 'messages that were never sent'),
  ]
  const last = parts.pop()
  if (last === undefined) return ''
  return `, and with it ${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`}`
}

const useAs = (name: string) =>
  defineCommand({
    name,
    about: 'choose the gateway for commands that name none; - is the one before',
    args: '<profile>',
    flags: json,
    async run(invocation) {
      const chosen = await chooseProfile(oneName(invocation.args, name), invocation)
      const { env, out, err } = invocation
      if (invocation.flags.json) printJson(invocation, { current: chosen.name })
      else out(`✅ Using ${chosen.name} (${oneLine(chosen.ways.map(wayText).join('; then '))})\n`)
      const louder = ['CLAWDBOT_GATEWAY_URL', 'CLAWDBOT_PROFILE'].find((variable) => env[variable])
      if (louder) err(`${louder} is set and goes before it.\n`)
      return 0
    },
  })

export const use = useAs('use')
export const profilesUse = useAs('profiles use')

/** The one argument of a command. Throws `usage.invalid`. */
export function oneName(args: readonly string[], command: string): string {
  const [name, ...rest] = args
  if (name !== undefined && rest.length === 0) return name
  throw usage(`${command} needs one profile; profiles list shows them`, command)
}
