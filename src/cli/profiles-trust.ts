/** `clawdbot profiles trust`: a gateway that was replaced is believed once more, and known by its new key from then on. */

import { GatewayKeys } from '../client/gateway-keys.ts'
import { resolveTarget } from '../client/target.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import { defineCommand } from './command.ts'
import { printJson } from './gateway-call.ts'
import { oneName } from './profiles.ts'
import { oneLine } from './style.ts'

export const profilesTrust = defineCommand({
  name: 'profiles trust',
  about: 'accept the next key of a gateway that was set up anew',
  args: '<profile or address>',
  flags: { json: { type: 'boolean', about: 'print JSON for programs' } },
  async run(invocation) {
    const { env, paths, clock, out, flags } = invocation
    const name = oneName(invocation.args, 'profiles trust')
    const origins = isAddress(name)
      ? [name]
      : (await resolveTarget({ profile: name }, env, paths)).ways.map((way) => wayOrigin(way))
    const keys = new GatewayKeys(paths.gatewayKeys, clock)
    const forgotten: string[] = []
    for (const origin of origins) if (await keys.forget(origin)) forgotten.push(origin)
    if (flags.json) printJson(invocation, { forgotten })
    else if (forgotten.length === 0) out(`No key is known for ${oneLine(name)}; the next one is kept.\n`)
    else out(`✅ Forgot the key of ${oneLine(forgotten.join(', '))}; the next login keeps the new one\n`)
    return 0
  },
})

/** As a refusal prints it: `ws://127.0.0.1:18789`, `ssh://vps/…`, `unix:/…`. */
function isAddress(text: string): boolean {
  return /^(\w+:\/\/|unix:\/)/.test(text)
}
