/** How things stand for `clawdbot onboard`: what is configured, and for whom there is a key. Holds no secret. */

import { isRecord } from '../../shared/std/json.ts'
import type { ConfigDesk } from '../config/desk.ts'
import { settingAt } from '../config/edit.ts'
import { sharedSecret } from '../config/effective.ts'
import { nodeAt } from '../config/outline.ts'
import { writtenSecrets } from '../config/secret-places.ts'
import { lackOf } from '../gateway/admission/password-hash.ts'
import { hostedVendors } from '../providers/hosted.ts'

/** Throws `config.invalid` for a file that has to be corrected first. */
export function setupFacts(desk: ConfigDesk) {
  const { config, parsed, env, exists } = desk.inForce()
  const shared = sharedSecret(config, env)
  const { gateway, agents, models } = config
  const chosen = agents.defaults.model
  const custom = models.providers.custom
  return {
    vendors: hostedVendors.map(({ id, label, keyVariables }) => {
      const isInSettings = models.providers[id]?.apiKey !== undefined
      return {
        id,
        label,
        variable: keyVariables[0],
        isInSettings,
        hasKey: isInSettings || keyVariables.some((name) => env[name]),
      }
    }),
    now: {
      isConfigured: exists,
      isRemote: gateway.mode === 'remote',
      model: typeof chosen === 'string' ? chosen : chosen?.primary,
      address: custom?.baseUrl,
      hasCustomKey: custom?.apiKey !== undefined,
      telegram: telegramIn(parsed, env.TELEGRAM_BOT_TOKEN?.trim()),
      hasTokenFile: config.channels.telegram?.tokenFile !== undefined,
      auth: shared?.mode ?? ('made' as const),
      isForOthers: shared !== undefined && lackOf(shared) === undefined,
      hasWrittenToken: writtenSecrets(parsed).includes('gateway.auth.token') || gateway.auth.token !== undefined,
      bind: gateway.bind,
      tailscale: gateway.tailscale.mode,
    },
    hasTelegram: nodeAt(['channels', 'telegram']) !== undefined,
  }
}

/** The variable alone sets a bot up. */
function telegramIn(parsed: unknown, token: string | undefined): 'none' | 'off' | 'on' {
  const settings = settingAt(parsed, ['channels', 'telegram'])
  if (!isRecord(settings)) return token ? 'on' : 'none'
  if (settings.enabled === false) return 'off'
  return settings.botToken !== undefined || settings.tokenFile !== undefined || token ? 'on' : 'none'
}
