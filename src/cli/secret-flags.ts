/** Where a profile's secret is kept, as flags; its value comes from a hidden question or a pipe and is never an argument. */

import type { SecretSource } from '../client/profile.ts'
import { Secret } from '../shared/std/secret.ts'
import type { Flags, FlagValues, Surroundings } from './command.ts'
import { usage } from './parse.ts'

export const secretFlags = {
  'secret-env': { type: 'string', about: 'its secret is in this environment variable', value: '<name>' },
  'secret-file': { type: 'boolean', about: 'keep its secret in a private file; asked for, or read from a pipe' },
  'secret-keychain': {
    type: 'boolean',
    about: "keep its secret in the system's keychain; asked for, or read from a pipe",
  },
  'secret-prompt': { type: 'boolean', about: 'ask for its secret when it is needed' },
  'secret-kind': { type: 'string', about: 'token or password (token)', value: '<kind>' },
} as const satisfies Flags

/** Undefined when no flag says where. Throws `usage.invalid`. */
export function secretSourceOf(
  flags: FlagValues<typeof secretFlags>,
  command: string,
  before?: SecretSource,
): SecretSource | undefined {
  const secret = readKind(flags['secret-kind'], command) ?? before?.secret ?? 'token'
  const variable = flags['secret-env']
  const chosen: SecretSource[] = [
    ...(variable === undefined ? [] : [{ source: 'env', secret, variable } as const]),
    ...(flags['secret-file'] ? [{ source: 'file', secret } as const] : []),
    ...(flags['secret-keychain'] ? [{ source: 'keychain', secret } as const] : []),
    ...(flags['secret-prompt'] ? [{ source: 'prompt', secret } as const] : []),
  ]
  if (chosen.length > 1) throw usage('A secret is kept in one place: choose one of the --secret flags', command)
  if (chosen.length === 0 && flags['secret-kind'] !== undefined) {
    if (before) return { ...before, secret }
    throw usage('--secret-kind goes with the flag that says where the secret is', command)
  }
  return chosen[0]
}

function readKind(kind: string | undefined, command: string): SecretSource['secret'] | undefined {
  if (kind === undefined || kind === 'token' || kind === 'password') return kind
  throw usage(`--secret-kind is token or password, not ${JSON.stringify(kind)}`, command)
}

/** The value for a place that keeps one; undefined for the others. Throws `usage.invalid` when there is none. */
export async function secretValue(
  source: SecretSource | undefined,
  profile: string,
  { person, signal }: Surroundings,
  command: string,
): Promise<Secret | undefined> {
  if (source?.source !== 'file' && source?.source !== 'keychain') return undefined
  const answer = person.isThere
    ? await person.hidden(`Gateway ${source.secret} of ${profile} (not shown): `, signal)
    : new Secret(await person.input())
  const value = answer?.reveal().trim()
  if (value) return new Secret(value)
  throw usage(`The ${source.secret} is missing: type it when asked, or pipe it in`, command)
}
