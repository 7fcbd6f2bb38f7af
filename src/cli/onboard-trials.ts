/** What `onboard` tries before it takes an answer: the services, through the gateway's rooms, and Tailscale on this machine. */

import type { Trials, Tried } from '../client/onboard/facts.ts'
import { errorText, Fault } from '../shared/fault.ts'
import { askStatus, stateFault } from '../tunnel/tailscale/ask.ts'
import { tailscaleCommand } from '../tunnel/tailscale/cli.ts'
import { capabilityFault } from '../tunnel/tailscale/serve-faults.ts'
import type { Surroundings } from './command.ts'
import type { Setup } from './host.ts'

/** Port of the address that Serve and Funnel give, unless the settings say otherwise. */
const usualPort = 443

export function onboardTrials({ trials }: Setup, { env }: Pick<Surroundings, 'env'>): Trials {
  return {
    model: async (asked, signal) => await trials.model(asked, signal),
    telegram: async (token, signal) => await trials.telegram(token, signal),
    async tailscale(mode, signal) {
      const reading = await askStatus(tailscaleCommand(env), { withPeers: false, signal })
      const status = reading.kind === 'status' ? reading.status : undefined
      const fault = stateFault(reading) ?? (status && capabilityFault(mode, usualPort, status))
      if (fault) return refused(fault)
      return { ok: true, note: `https://${status?.self?.dnsName ?? 'this machine'}/` }
    },
  }
}

function refused(error: unknown): Tried {
  return { ok: false, text: errorText(error), remedy: error instanceof Fault ? error.remedy : undefined }
}

/** Takes every answer as it is: for machines that are set up without a network. */
export const untried: Trials = {
  model: async () => ({ ok: true, note: 'not tried' }),
  telegram: async () => ({ ok: true, note: 'not tried' }),
  tailscale: async () => ({ ok: true, note: 'not tried' }),
}
