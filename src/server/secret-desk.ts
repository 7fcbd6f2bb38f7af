/** Where the gateway's secrets are kept: which stand in the settings, which in `gateway.env`, and the way from one to the other. */

import { Fault } from '../shared/fault.ts'
import type { EnvSlip } from '../shared/std/env-file.ts'
import { Secret } from '../shared/std/secret.ts'
import type { ConfigDesk } from './config/desk.ts'
import { parseSettingPath, settingAt } from './config/edit.ts'
import type { EnvFileDesk } from './config/env-file-desk.ts'
import type { ConfigEnv } from './config/load.ts'
import { referencesIn, writtenSecrets } from './config/secret-places.ts'
import { hostedVendors } from './providers/hosted.ts'

export type KeptSecret = {
  readonly name: string
  /** Settings that name it, or what else takes it; empty for one that nothing uses. */
  readonly usedBy: readonly string[]
  /** The environment of this command has another value, which goes before it. */
  readonly isShadowed: boolean
}

export type SecretPlaces = {
  readonly path: string
  readonly kept: readonly KeptSecret[]
  /** Settings whose secret stands in the configuration file. */
  readonly written: readonly string[]
  /** Lines of the file that are passed over or not what was meant. */
  readonly slips: readonly EnvSlip[]
}

export type MovedSecret = { readonly setting: string; readonly name: string }

export type SecretDesks = {
  readonly settings: ConfigDesk
  readonly file: EnvFileDesk
  /** Without the file. */
  readonly env: ConfigEnv
}

export function secretPlaces({ settings, file, env }: SecretDesks): SecretPlaces {
  const { parsed } = settings.look()
  const references = referencesIn(parsed)
  const kept = file.names().map((name) => ({
    name,
    usedBy: [
      ...references.filter((one) => one.name === name).map(({ setting }) => setting),
      ...takers.filter(({ names }) => names.includes(name)).map(({ who }) => who),
    ],
    isShadowed: Boolean(env[name]) && !file.holds(name, new Secret(env[name] ?? '')),
  }))
  return { path: file.path, kept, written: writtenSecrets(parsed), slips: file.slips() }
}

/** Who takes a variable that no setting names. */
const takers: readonly { who: string; names: readonly string[] }[] = [
  { who: 'the gateway', names: ['CLAWDBOT_GATEWAY_TOKEN', 'CLAWDBOT_GATEWAY_PASSWORD'] },
  ...hostedVendors.map(({ label, keyVariables }) => ({ who: label, names: keyVariables })),
]

/** Throws `usage.invalid` while a setting names it, for then the gateway could not start. */
export function unsetSecret({ settings, file, env }: SecretDesks, name: string): boolean {
  const users = referencesIn(settings.look().parsed).filter((one) => one.name === name)
  if (users.length > 0 && !env[name] && file.holds(name)) {
    const named = users.map(({ setting }) => setting).join(', ')
    throw new Fault('usage.invalid', `${named} needs ${name}, so it stays`, {
      remedy: `First run: clawdbot config unset ${users[0]?.setting}`,
    })
  }
  return file.unset(name)
}

/** All that stand in the settings, or the named ones. The file is on disk before the settings name it. Throws `usage.invalid`. */
export function moveSecrets(desks: SecretDesks, wanted?: readonly string[]): MovedSecret[] {
  const { settings, file } = desks
  const { config, parsed } = settings.inForce()
  const written = writtenSecrets(parsed)
  const unknown = wanted?.find((setting) => !written.includes(setting))
  if (unknown !== undefined) {
    throw new Fault('usage.invalid', `No secret stands in the settings as ${unknown}`, {
      remedy: 'clawdbot secrets list shows those that do.',
    })
  }
  const moved = (wanted ?? written).map((setting) => {
    const value = new Secret(String(settingAt(config, parseSettingPath(setting))))
    const name = freeName(desks, setting, value)
    file.set(name, value)
    return { setting, name }
  })
  // What stood under `env.vars` is a variable already, and needs no setting beside it.
  const isVariable = ({ setting, name }: MovedSecret) => setting === `env.vars.${name}`
  settings.exchange(moved.map((one) => ({ path: one.setting, value: isVariable(one) ? undefined : `\${${one.name}}` })))
  return moved
}

/** The usual name, or with a number where that holds something else. */
function freeName({ file, env }: SecretDesks, setting: string, value: Secret): string {
  const usual = usualName(setting)
  for (let i = 1; ; i++) {
    const name = i === 1 ? usual : `${usual}_${i}`
    const elsewhere = env[name] || undefined
    const isOurs = file.holds(name) ? file.holds(name, value) : true
    if (isOurs && (elsewhere === undefined || elsewhere === value.reveal())) return name
  }
}

/** `gateway.auth.token` → `CLAWDBOT_GATEWAY_TOKEN`, `models.providers.openai.apiKey` → `OPENAI_API_KEY`. */
function usualName(setting: string): string {
  const words = parseSettingPath(setting).map(String)
  const kept = words.filter(
    (word) => !['auth', 'models', 'providers', 'channels', 'accounts', 'vars', 'env'].includes(word),
  )
  const name = kept
    .map((word) => word.replace(/([a-z\d])([A-Z])/g, '$1_$2').replace(/\W+/g, '_'))
    .join('_')
    .toUpperCase()
  if (words[0] === 'env') return words.at(-1) ?? name
  return words[0] === 'gateway' || /^\d/.test(name) ? `CLAWDBOT_${name}` : name
}
