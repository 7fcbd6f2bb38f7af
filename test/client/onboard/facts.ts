/** A machine on which nothing is set up yet, for the questions of `clawdbot onboard`. */

import type { OnboardFacts } from '../../../src/client/onboard/facts.ts'

type More = {
  now?: Partial<OnboardFacts['now']>
  can?: Partial<OnboardFacts['can']>
  profiles?: string[]
  hasKey?: boolean
}

export function factsWith({ now, can, profiles = ['local'], hasKey = false }: More = {}): OnboardFacts {
  const vendor = (id: string, label: string, variable: string) => ({ id, label, variable, hasKey, isInSettings: false })
  return {
    configPath: '/home/ada/.clawdbot/clawdbot.json',
    envPath: '/home/ada/.clawdbot/gateway.env',
    vendors: [vendor('openai', 'OpenAI', 'OPENAI_API_KEY'), vendor('anthropic', 'Anthropic', 'ANTHROPIC_API_KEY')],
    now: {
      ...{ isConfigured: false, isRemote: false, model: undefined, address: undefined, hasCustomKey: false },
      ...{ telegram: 'none', hasTokenFile: false, auth: 'made', isForOthers: false, hasWrittenToken: false },
      ...{ bind: 'loopback', tailscale: 'off' },
      ...now,
    },
    profiles,
    can: { telegram: true, service: true, ...can },
  }
}
