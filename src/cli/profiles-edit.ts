/** `clawdbot profiles add|edit`: a profile put together from flags. */

import type { Profile } from '../client/profile.ts'
import { readProfiles } from '../client/profile-store.ts'
import { secretText, wayText } from '../client/profile-text.ts'
import { profileNamed } from '../client/profiles.ts'
import { reviseProfile, saveProfile } from '../client/saved-profiles.ts'
import { defineCommand, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { usage } from './parse.ts'
import { profileJson } from './profile-lines.ts'
import { oneName } from './profiles.ts'
import { pairCodeOf, pairWith } from './profiles-pair.ts'
import { secretFlags, secretSourceOf, secretValue } from './secret-flags.ts'
import { facts } from './style.ts'
import { wayFlags, waysOf } from './way-flags.ts'

const json = { type: 'boolean', about: 'print JSON for programs' } as const

export const profilesAdd = defineCommand({
  name: 'profiles add',
  about: 'save a gateway under a name; several ways to it are tried in the order they are written',
  args: '<profile>',
  flags: {
    ...wayFlags,
    ...secretFlags,
    warm: { type: 'boolean', about: 'keep it connected while the terminal is open' },
    'pair-code': { type: 'string', about: 'shown by: clawdbot devices pair; approves this device', value: '<code>' },
    json,
  },
  async run(invocation) {
    const { args, given, flags } = invocation
    const name = oneName(args, 'profiles add')
    const word = flags['pair-code']
    const code = word === undefined ? undefined : pairCodeOf(word, 'profiles add')
    const ways = waysOf(given, 'profiles add')
    if (!ways) throw usage('A profile needs a way: --ssh, --tailscale, --url or --local', 'profiles add')
    const secret = secretSourceOf(flags, 'profiles add')
    const value = await secretValue(secret, name, invocation, 'profiles add')
    const added = { name, ways, ...(flags.warm ? { warm: true } : {}), ...(secret ? { secret } : {}) }
    const saved = await saveProfile(added, value, invocation)
    show(saved, `Added ${saved.name}`, flags.json, invocation)
    if (!flags.json)
      invocation.out(`  Try it: clawdbot profiles test ${saved.name}   Use it: clawdbot use ${saved.name}\n`)
    // The profile is saved whatever becomes of the code; another one can be tried with: profiles pair.
    const quietly = { ...invocation, out: invocation.err, flags: { json: false } }
    if (code) await pairWith({ profile: saved.name }, code, flags.json ? quietly : invocation)
    return 0
  },
})

export const profilesEdit = defineCommand({
  name: 'profiles edit',
  about: 'change a saved gateway; what no flag names stays, and ways that are written replace the old ones',
  args: '<profile>',
  flags: {
    rename: { type: 'string', about: 'its new name', value: '<name>' },
    ...wayFlags,
    ...secretFlags,
    'secret-none': { type: 'boolean', about: 'forget its secret' },
    warm: { type: 'boolean', about: 'keep it connected while the terminal is open' },
    cold: { type: 'boolean', about: 'connect to it only when it is on the screen' },
    json,
  },
  async run(invocation) {
    const { args, given, flags, paths, err } = invocation
    const command = 'profiles edit'
    const before = profileNamed(await readProfiles(paths.profiles), oneName(args, command))
    if (flags.warm && flags.cold) throw usage('--warm and --cold exclude each other', command)
    const chosen = secretSourceOf(flags, command, before.secret)
    if (chosen && flags['secret-none']) throw usage('--secret-none and another place exclude each other', command)
    if (given.every(({ name }) => name === 'json'))
      throw usage('profiles edit needs a flag that says what to change', command)
    const isValueAsked = flags['secret-file'] || flags['secret-keychain']
    const value = isValueAsked ? await secretValue(chosen, before.name, invocation, command) : undefined
    const edit = {
      name: flags.rename,
      ways: waysOf(given, command, before.ways),
      warm: flags.warm ? true : flags.cold ? false : undefined,
      ...(flags['secret-none'] ? { secret: null } : chosen ? { secret: chosen } : {}),
    }
    const after = await reviseProfile(before.name, edit, value, invocation)
    show(after, `Changed ${after.name}`, flags.json, invocation)
    if (after.id !== before.id) {
      err(
        'It leads to another gateway now: what was kept of the old one here (transcripts, drafts, unsent messages) is gone.\n',
      )
    }
    if (isOrphaned(before, after) && !value) {
      err(`Its ${after.secret?.secret} is forgotten too, set it with the same --secret flag.\n`)
    }
    return 0
  },
})

/** A kept secret belongs to the gateway it was kept for. */
function isOrphaned(before: Profile, { id, secret }: Profile): boolean {
  return id !== before.id && (secret?.source === 'file' || secret?.source === 'keychain')
}

function show(profile: Profile, what: string, isJson: boolean, { out, err, env }: Surroundings): void {
  if (isJson) printJson({ out }, profileJson(profile))
  else {
    out(`✅ ${what}\n`)
    out(
      facts([
        ...profile.ways.map((way, i) => [`Way ${i + 1}`, wayText(way)] as const),
        ['Secret', secretText(profile)],
        ['Kept', profile.warm ? 'warm' : undefined],
      ]),
    )
  }
  const { secret } = profile
  if (secret?.source === 'env' && !env[secret.variable]) err(`${secret.variable} is not set at the moment.\n`)
}
