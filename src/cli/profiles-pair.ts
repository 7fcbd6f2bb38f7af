/** `clawdbot profiles pair`: a code that another device shows lets this one in, without waiting for anybody. */

import { scopesText } from '../client/device-words.ts'
import { openLink } from '../client/open-link.ts'
import { resolveTarget, type TargetFlags } from '../client/target.ts'
import { readPairCode, spellPairCode } from '../shared/protocol/pair-code.ts'
import { Secret } from '../shared/std/secret.ts'
import { defineCommand, type Surroundings } from './command.ts'
import { defaultTimeoutMs, printJson } from './gateway-call.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

export const profilesPair = defineCommand({
  name: 'profiles pair',
  about: 'get this device approved by a code that another one shows (clawdbot devices pair)',
  args: '<profile or address> [<code>]',
  flags: { json: { type: 'boolean', about: 'print JSON for programs' } },
  async run(invocation) {
    const [place, word, ...rest] = invocation.args
    if (place === undefined || rest.length > 0) {
      throw usage('profiles pair needs a profile, and the code unless it is asked for', 'profiles pair')
    }
    const code = pairCodeOf(word ?? (await askCode(invocation)), 'profiles pair')
    await pairWith(/^(wss?:\/\/|unix:\/)/.test(place) ? { url: place } : { profile: place }, code, invocation)
    return 0
  },
})

/** Throws `usage.invalid` for what cannot be a code. */
export function pairCodeOf(word: string, command: string): Secret {
  const code = readPairCode(word)
  if (code !== undefined) return new Secret(spellPairCode(code))
  throw usage('A pairing code is eight signs, such as K7QF-3M9X', command)
}

/** Connects once with the code, and says what this device may do now. Rejects with `client.pairing-required`. */
export async function pairWith(
  which: TargetFlags,
  pairCode: Secret,
  invocation: Surroundings & { readonly flags: { readonly json: boolean } },
): Promise<void> {
  const { env, paths, prompts, flags, out } = invocation
  const target = await resolveTarget(which, env, paths, prompts)
  // A code that is refused is told, not asked for again.
  const around = { ...invocation, prompts: { ...prompts, pairCode: async () => undefined } }
  await using link = await openLink(target, { ...around, timeoutMs: defaultTimeoutMs, pairCode })
  const scopes = link.hello.auth?.scopes ?? []
  if (flags.json) printJson(invocation, { ok: true, profile: target.name, scopes })
  else out(`✅ ${oneLine(target.name)} knows this device, which may: ${oneLine(scopesText(scopes))}\n`)
}

async function askCode({ person, signal }: Surroundings): Promise<string> {
  if (!person.isThere) return await person.input()
  return (await person.line('Pairing code: ', signal)) ?? ''
}
