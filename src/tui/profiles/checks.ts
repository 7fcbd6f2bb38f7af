/** What is wrong with what is filled in, field by field, as it is typed. The same rules hold when it is saved. Pure. */

import { type Profile, type ProfileBook, profile as profileSchema } from '../../client/profile.ts'
import { type Issue, issueText } from '../../client/profile-issue.ts'
import { addProfile, editProfile } from '../../client/profiles.ts'
import { Fault } from '../../shared/fault.ts'
import { readAs } from '../../shared/std/read-as.ts'
import { draftOf } from './draft.ts'
import { filledWays, kindOf, type Values } from './fields.ts'

/** `isMissing`: nothing is there yet, which is no mistake before one wants to save. */
export type Problem = { readonly text: string; readonly isMissing: boolean }
export type Problems = Readonly<Record<string, Problem>>

/** What the form is checked against: `old` is the profile that is edited, and the secret is typed or not. */
export type Beside = { readonly book: ProfileBook; readonly old: Profile | undefined; readonly hasSecret: boolean }

/** By field id; `form` for what concerns it as a whole. */
export function problemsOf(values: Values, { book, old, hasSecret }: Beside): Problems {
  const draft = draftOf(values)
  const missing = missingFields(values, hasSecret || isSecretKept(values, old))
  const parsed = readAs(profileSchema(), { ...draft, id: 'draft', createdAt: 0 })
  const wrong = parsed.success ? {} : Object.fromEntries(parsed.error.issues.map(problemOf).reverse())
  const problems = { ...wrong, ...missing }
  if (Object.keys(problems).length > 0) return problems
  try {
    if (old) editProfile(book, old.name, draft, 'draft')
    else addProfile(book, draft, 'draft', 0)
    return {}
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { [fieldOf(error, values)]: { text: error.message, isMissing: false } }
  }
}

/** Where it is to be kept it is kept already. */
export const isSecretKept = (values: Values, old: Profile | undefined): boolean =>
  old?.secret !== undefined && old.secret.source === draftOf(values).secret?.source

const needed: Readonly<Record<string, string>> = { ssh: 'host', tailscale: 'peer', direct: 'url' }

function missingFields(values: Values, hasSecret: boolean): Problems {
  const ids = filledWays(values).flatMap((index) => {
    const field = needed[kindOf(values, index)]
    return field === undefined ? [] : [`${index}.${field}`]
  })
  if (values.secret === 'environment') ids.push('secret.variable')
  const empty = ['name', ...ids].filter((id) => !values[id]?.trim())
  const isKeptHere = values.secret === 'keychain' || values.secret === 'private file'
  if (isKeptHere && !hasSecret) empty.push('secret.value')
  return Object.fromEntries(empty.map((id) => [id, { text: 'is needed', isMissing: true }]))
}

function problemOf(issue: Issue): [string, Problem] {
  const [part, index, key] = issue.path.map(String)
  const id =
    part === 'ways'
      ? `${index ?? 0}.${fieldNames[key ?? ''] ?? key ?? 'kind'}`
      : part === 'secret'
        ? 'secret.variable'
        : (part ?? 'form')
  return [id, { text: issueText(issue), isMissing: false }]
}

const fieldNames: Readonly<Record<string, string>> = {
  gatewayPort: 'gateway',
  gatewaySocket: 'gateway',
  tlsFingerprint: 'pin',
}

/** Where a mistake is that only the whole list, or reading the address, shows. */
function fieldOf({ code }: Fault, values: Values): string {
  if (code === 'profile.invalid') return 'name'
  const direct = filledWays(values).find((index) => kindOf(values, index) === 'direct')
  return direct === undefined ? 'form' : `${direct}.url`
}
