/** Keeps the token of the bot among the gateway's secrets, named by the settings, and forgets it again. */

import type { Secret } from '../../../shared/std/secret.ts'
import type { ConfigDesk } from '../../config/desk.ts'
import type { EnvFileDesk } from '../../config/env-file-desk.ts'
import type { Env } from '../kind.ts'

type Keeper = { settings: ConfigDesk; file: EnvFileDesk }

const variable = 'TELEGRAM_BOT_TOKEN'
const tokenFile = 'channels.telegram.tokenFile'
const botToken = 'channels.telegram.botToken'

export function keepToken({ settings, file }: Keeper, token: Secret): void {
  file.set(variable, token)
  settings.set(botToken, `\${${variable}}`)
  settings.unset(tokenFile)
}

/** `left` says where a token is still, which is somebody else's to take away. `env` is without the gateway's own secrets. */
export function forgetToken({ settings, file, env }: Keeper & { env: Env }): { cleared: boolean; left?: string } {
  const written = [tokenFile, botToken].filter((setting) => settings.get(setting)?.isInFile)
  const other = settings.inForce().config.channels.telegram?.tokenFile
  for (const setting of written) settings.unset(setting)
  const isKept = file.unset(variable)
  const left = [...(other === undefined ? [] : [other]), ...(env[variable]?.trim() ? [variable] : [])]
  return { cleared: written.length > 0 || isKept, ...(left.length > 0 && { left: left.join(' and ') }) }
}
