/** Between the profile form and a profile: what is filled in as a profile, and a profile to fill in. Pure. */

import type { Profile, SavedWay } from '../../client/profile.ts'
import type { NewProfile } from '../../client/profiles.ts'
import { emptyValues, filledWays, kindOf, type secretSources, type Values } from './fields.ts'

/** As it would be saved; whether it may be is another question (checks.ts). */
export function draftOf(values: Values): NewProfile {
  const ways = filledWays(values).map((index) => wayOf(values, index))
  const secret = secretOf(values)
  return {
    name: text(values.name) ?? '',
    ways: ways as NewProfile['ways'],
    ...(values.warm === 'yes' ? { warm: true } : {}),
    ...(secret ? { secret } : {}),
  }
}

/** A broken number stays what was typed, so that the check finds it. */
function wayOf(values: Values, index: number): SavedWay {
  const get = (id: string): string | undefined => text(values[`${index}.${id}`])
  const number = (id: string): number | undefined => numberOf(get(id))
  const gateway = get('gateway')
  const isSocket = gateway?.startsWith('/')
  const jump = get('jump')?.split(/[\s,]+/)
  const fields = {
    ssh: {
      ...{ host: get('host') ?? '', user: get('user'), port: number('port'), identity: get('identity') },
      // `none` leaves out what `~/.ssh/config` says, too.
      jump: jump?.filter((hop) => hop !== '' && hop !== 'none'),
      gatewayPort: isSocket ? undefined : numberOf(gateway),
      gatewaySocket: isSocket ? gateway : undefined,
      engine: get('engine'),
    },
    tailscale: { peer: get('peer') ?? '', port: number('port') },
    direct: {
      ...{ url: get('url') ?? '', tlsFingerprint: get('pin') },
      insecure: get('insecure') === 'allowed' ? true : undefined,
    },
    local: { port: number('port') },
  }
  const kind = kindOf(values, index) as keyof typeof fields
  return withoutUndefined({ kind, ...fields[kind] }) as SavedWay
}

function secretOf(values: Values): Profile['secret'] {
  const secret = values['secret.kind'] === 'password' ? 'password' : 'token'
  switch (values.secret as (typeof secretSources)[number]) {
    case 'asked each time':
      return { source: 'prompt', secret }
    case 'environment':
      return { source: 'env', secret, variable: text(values['secret.variable']) ?? '' }
    case 'keychain':
      return { source: 'keychain', secret }
    case 'private file':
      return { source: 'file', secret }
    case 'none':
      return undefined
  }
}

const sourceNames = {
  prompt: 'asked each time',
  env: 'environment',
  keychain: 'keychain',
  file: 'private file',
} as const

/** The form filled in with a profile. */
export function valuesOf({ name, ways, warm, secret }: Profile): Values {
  const entries = ways.flatMap((way, index) =>
    Object.entries(wayValues(way)).map(([id, value]) => [`${index}.${id}`, value] as const),
  )
  return {
    ...emptyValues,
    name,
    ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    warm: warm ? 'yes' : 'no',
    ...(secret ? { secret: sourceNames[secret.source], 'secret.kind': secret.secret } : {}),
    ...(secret?.source === 'env' ? { 'secret.variable': secret.variable } : {}),
  }
}

function wayValues(way: SavedWay): Record<string, string | undefined> {
  const { kind } = way
  switch (kind) {
    case 'ssh': {
      const { host, user, identity, engine, gatewaySocket } = way
      const gateway = gatewaySocket ?? digits(way.gatewayPort)
      return { kind, host, user, port: digits(way.port), identity, jump: jumpText(way.jump), gateway, engine }
    }
    case 'tailscale':
      return { kind, peer: way.peer, port: digits(way.port) }
    case 'direct':
      return { kind, url: way.url, pin: way.tlsFingerprint, insecure: way.insecure ? 'allowed' : undefined }
    case 'local':
      return { kind, port: digits(way.port) }
  }
}

const jumpText = (jump: readonly string[] | undefined): string | undefined =>
  jump?.length === 0 ? 'none' : jump?.join(', ')

const digits = (port: number | undefined): string | undefined => (port === undefined ? undefined : String(port))

const text = (value: string | undefined): string | undefined => value?.trim() || undefined

/** Not a number for anything but digits; the schema refuses it. */
const numberOf = (value: string | undefined): number | undefined =>
  value === undefined ? undefined : /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
