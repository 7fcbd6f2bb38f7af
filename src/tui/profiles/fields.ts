/** The lines of the profile form: which there are for what is filled in, and what each can hold. Pure. */

import { maxWays } from '../../client/profile.ts'

/** By field id: `name`, `secret`, and for each way `0.kind`, `0.host` … */
export type Values = Readonly<Record<string, string>>

export type Field = {
  readonly id: string
  readonly label: string
  /** Only these; else any text. */
  readonly options?: readonly string[]
  /** Typed unseen, and never part of the values. */
  readonly isHidden?: boolean
  /** What an empty field means, or an example. */
  readonly hint: string
}

const wayKinds = ['ssh', 'tailscale', 'direct', 'local'] as const
export const secretSources = ['none', 'asked each time', 'environment', 'keychain', 'private file'] as const

export const emptyValues: Values = { '0.kind': 'ssh', secret: 'none', 'secret.kind': 'token', warm: 'no' }

/** From top to bottom. After each way there is room for another one, up to the most a profile may have. `isSecretKept`: it is not needed again. */
export function fieldsOf(values: Values, isSecretKept = false): readonly Field[] {
  return [
    { id: 'name', label: 'Name', hint: 'one word' },
    ...waysOf(values).flatMap((index) => wayFields(values, index)),
    ...secretFields(values, isSecretKept),
    { id: 'warm', label: 'Keep connected', options: ['no', 'yes'], hint: 'in the background of the terminal' },
  ]
}

/** Numbers of the ways that are filled in, and of the next one. */
function waysOf(values: Values): readonly number[] {
  const filled = filledWays(values)
  return filled.length < maxWays ? [...filled, filled.length] : filled
}

export function filledWays(values: Values): readonly number[] {
  const indexes: number[] = []
  for (let index = 0; index < maxWays && kindOf(values, index) !== 'none'; index++) indexes.push(index)
  return indexes
}

export const kindOf = (values: Values, index: number): string =>
  values[`${index}.kind`] ?? (index === 0 ? 'ssh' : 'none')

function wayFields(values: Values, index: number): readonly Field[] {
  const kind: Field = {
    id: `${index}.kind`,
    label: index === 0 ? 'Reached by' : 'Else by',
    options: index === 0 ? wayKinds : ['none', ...wayKinds],
    hint: index === 0 ? '' : 'when the way before does not lead there',
  }
  const own = (wayFieldTable[kindOf(values, index)] ?? []).filter(
    ({ id }) => id !== 'insecure' || isPlain(values[`${index}.url`] ?? ''),
  )
  return [kind, ...own.map((field) => ({ ...field, id: `${index}.${field.id}`, label: `  ${field.label}` }))]
}

/** Whether to allow it is only a question where nothing is encrypted. */
const isPlain = (url: string): boolean => /^(ws|http):\/\//i.test(url.trim())

const wayFieldTable: Readonly<Record<string, readonly Field[]>> = {
  ssh: [
    { id: 'host', label: 'Host', hint: 'name, address, or alias of ~/.ssh/config' },
    { id: 'user', label: 'User', hint: 'as ~/.ssh/config says' },
    { id: 'port', label: 'Port', hint: 'as ~/.ssh/config says' },
    { id: 'identity', label: 'Key file', hint: 'as ~/.ssh/config says' },
    { id: 'jump', label: 'Jump hosts', hint: 'first hop first, with commas' },
    { id: 'gateway', label: 'Gateway at', hint: 'port 18789 there; or the path of a socket' },
  ],
  tailscale: [
    { id: 'peer', label: 'Machine', hint: 'name, https:// address, or tailnet address' },
    { id: 'port', label: 'Port', hint: '443, by Tailscale Serve' },
  ],
  direct: [
    { id: 'url', label: 'Address', hint: 'wss://gateway.example' },
    { id: 'pin', label: 'Certificate', hint: 'SHA-256 fingerprint, if it signs its own' },
    {
      id: 'insecure',
      label: 'Unencrypted',
      options: ['refused', 'allowed'],
      hint: 'anybody on the way can read along',
    },
  ],
  local: [{ id: 'port', label: 'Port', hint: 'wherever it listens' }],
}

function secretFields(values: Values, isSecretKept: boolean): readonly Field[] {
  const source: Field = {
    id: 'secret',
    label: 'Secret',
    options: secretSources,
    hint: 'where the gateway’s own is kept',
  }
  if (values.secret === 'none') return [source]
  const kind: Field = { id: 'secret.kind', label: '  It is its', options: ['token', 'password'], hint: '' }
  if (values.secret === 'environment') {
    return [source, kind, { id: 'secret.variable', label: '  Variable', hint: 'VPS_TOKEN' }]
  }
  if (values.secret === 'asked each time') return [source, kind]
  const hint = isSecretKept ? 'empty leaves what is kept' : 'shows as dots'
  return [source, kind, { id: 'secret.value', label: '  Secret', isHidden: true, hint }]
}
