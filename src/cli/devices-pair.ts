/** `clawdbot devices pair`: a pairing code for another device, as signs to type and as a picture for phones. */

import { scopesText } from '../client/device-words.ts'
import { placeOf } from '../client/profiles.ts'
import { Fault } from '../shared/fault.ts'
import { formatDuration } from '../shared/std/duration.ts'
import { parseGatewayUrl } from '../tunnel/gateway-url.ts'
import { defineCommand, gatewayFlags, type Surroundings } from './command.ts'
import { scopesOf } from './device-named.ts'
import { type Gateway, printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { facts, oneLine } from './style.ts'

/** What another terminal of the same person needs; whoever needs more says so. */
const usualScopes = 'read,write,approvals'

export const devicesPair = defineCommand({
  name: 'devices pair',
  about: 'show a code that approves, once and for ten minutes, the device it is typed on',
  flags: {
    ...gatewayFlags,
    scopes: { type: 'string', about: `what the device may do (${usualScopes}); none more than you`, value: '<scopes>' },
    role: { type: 'string', about: 'operator or node (operator)', value: '<role>' },
    'public-url': {
      type: 'string',
      about: 'address by which phones reach the gateway, for the QR code',
      value: '<url>',
    },
    'no-qr': { type: 'boolean', about: 'leave the QR code out' },
  },
  async run(invocation) {
    const { out, flags, clock, env, person } = invocation
    const role = roleOf(flags.role)
    const scopes = role === 'node' ? [] : scopesOf(flags.scopes ?? usualScopes, 'devices pair')
    const publicUrl = flags['public-url']
    if (publicUrl !== undefined) parseGatewayUrl(publicUrl)
    return await withGateway(invocation, async (gateway) => {
      if (!gateway.hello.features.methods.includes('device.code.create')) throw noCodes()
      const made = await gateway.call('device.code.create', { role, scopes })
      const url = publicUrl ?? (await addressForPhones(gateway, invocation))
      const setup = url === undefined ? undefined : setupText(url, made.code)
      if (flags.json) {
        printJson(invocation, { ...made, url, setupCode: setup })
        return 0
      }
      out(`🔑 Pairing code: ${oneLine(made.code)}\n\n`)
      out(
        facts([
          ['Grants', role === 'node' ? 'a node' : scopesText(made.scopes)],
          ['Counts', `once, within ${formatDuration(made.expiresAtMs - clock.now())}`],
          ['Type it', 'on the other device: clawdbot profiles pair <profile>'],
        ]),
      )
      out('  A terminal that waits for approval there asks for it, too.\n')
      if (flags['no-qr']) return 0
      if (setup === undefined || url === undefined) {
        out('\nFor a QR code, name the address by which phones reach this gateway: --public-url wss://…\n')
        return 0
      }
      const { qrLines } = await import('./qr.ts') // most commands draw none
      out(
        `\nThe QR code holds ${oneLine(url)} and the code, and no secret: a phone still asks for the gateway's own.\n`,
      )
      // Last, for a small screen: what came below would push its first rows out of sight.
      out(`${qrLines(setup, person.isThere && !env.NO_COLOR).join('\n')}\n`)
      return 0
    })
  },
})

/** What apps of the ecosystem scan: the address and the code, which they send as `bootstrapToken`. */
function setupText(url: string, code: string): string {
  return Buffer.from(JSON.stringify({ url, bootstrapToken: code })).toString('base64url')
}

/** The address typed or saved, when others reach it too; for the gateway here, where Tailscale serves it. */
async function addressForPhones({ target }: Gateway, surroundings: Surroundings): Promise<string | undefined> {
  const [way] = target.ways
  if (way.kind === 'direct' && !parseGatewayUrl(way.url, way.insecure).isLoopback) return placeOf(way)
  if (!target.isLocal) return undefined
  const { lookAtTailscale } = await import('./tailscale-state.ts')
  const { served } = await lookAtTailscale(surroundings)
  return served.kind === 'ours' ? served.url.replace(/^https/, 'wss') : undefined
}

function roleOf(word = 'operator'): 'operator' | 'node' {
  if (word === 'operator' || word === 'node') return word
  throw usage(`--role is operator or node, not ${JSON.stringify(word)}`, 'devices pair')
}

function noCodes(): Fault {
  return new Fault('client.call-failed', 'This gateway makes no pairing codes', {
    remedy: 'Let the device ask, and approve it: clawdbot devices list',
  })
}
