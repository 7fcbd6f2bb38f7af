/** The gateways a person can choose from, and what may be done to the list. One is built in: the gateway of this machine. Pure. */

import { Fault } from '../shared/fault.ts'
import { readAs } from '../shared/std/read-as.ts'
import { didYouMean } from '../shared/std/text.ts'
import { parseGatewayUrl } from '../tunnel/gateway-url.ts'
import type { DirectWay } from '../tunnel/way.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import { foldName, type Profile, type ProfileBook, profile as profileSchema, type SavedWay } from './profile.ts'
import { issueText } from './profile-issue.ts'

/** Id and name of the built-in profile. */
export const localName = 'local'

export const builtInLocal: Profile = { id: localName, name: localName, ways: [{ kind: 'local' }], createdAt: 0 }

/** The built-in one first, then in the order they were added. */
export function allProfiles({ profiles }: ProfileBook): Profile[] {
  const local = profiles.find(({ id }) => id === localName) ?? builtInLocal
  return [local, ...profiles.filter(({ id }) => id !== localName)]
}

export function currentProfile(book: ProfileBook): Profile | undefined {
  return allProfiles(book).find(({ id }) => id === book.current)
}

/** Whatever its case; or by the id, by which a service knows it. Throws `profile.unknown` with the nearest name. */
export function profileNamed(book: ProfileBook, name: string): Profile {
  const all = allProfiles(book)
  const found = all.find((one) => foldName(one.name) === foldName(name)) ?? all.find(({ id }) => id === name)
  if (found) return found
  const names = all.map((one) => one.name)
  const near = didYouMean(name, names)
  throw new Fault(
    'profile.unknown',
    `There is no profile ${JSON.stringify(name)}.${near ? ` Did you mean ${near}?` : ''}`,
    {
      remedy: 'clawdbot profiles list shows them; clawdbot profiles add makes one.',
      details: { name, ...(near === undefined ? {} : { didYouMean: near }) },
    },
  )
}

export type NewProfile = Omit<Profile, 'id' | 'createdAt' | 'localPorts'>

/** Throws `profile.invalid`, or what is wrong with an address. */
export function addProfile(book: ProfileBook, added: NewProfile, id: string, createdAt: number): ProfileBook {
  return { ...book, profiles: [...book.profiles, checked(book, { ...added, id, createdAt })] }
}

export type ProfileEdit = {
  readonly name?: string | undefined
  readonly ways?: Profile['ways'] | undefined
  readonly warm?: boolean | undefined
  /** `null` removes it. */
  readonly secret?: Profile['secret'] | null
  readonly localPorts?: Profile['localPorts']
}

/**
 * Throws `profile.unknown`, `profile.invalid`, or what is wrong with an address. When no way to the old gateway is left
 * it is another gateway, and the profile gets `freshId`: outbox, cache and kept secrets of the old one are not for it.
 */
export function editProfile(book: ProfileBook, name: string, edit: ProfileEdit, freshId: string): ProfileBook {
  const old = profileNamed(book, name)
  const { secret = old.secret, ways = old.ways, warm = old.warm, localPorts = old.localPorts } = edit
  const id = old.id === localName || leadsToSame(old.ways, ways) ? old.id : freshId
  const { secret: _, warm: __, localPorts: ___, ...kept } = old
  const candidate = {
    ...{ ...kept, id, ways, name: edit.name ?? old.name },
    ...(warm ? { warm } : {}),
    ...(secret ? { secret } : {}),
    ...(localPorts && Object.keys(localPorts).length > 0 ? { localPorts } : {}),
  }
  const edited = checked(book, candidate, old.id)
  const profiles = book.profiles.some((one) => one.id === old.id)
    ? book.profiles.map((one) => (one.id === old.id ? edited : one))
    : [...book.profiles, edited]
  const follow = (chosen: string | undefined) => (chosen === old.id ? id : chosen)
  return pointing({ ...book, profiles }, follow(book.current), follow(book.previous))
}

/** Throws `profile.unknown`, or `profile.invalid` for the built-in one. */
export function removeProfile(book: ProfileBook, name: string): ProfileBook {
  const { id } = profileNamed(book, name)
  if (id === localName) {
    throw new Fault('profile.invalid', 'The profile local is the gateway of this machine and always there', {
      remedy: 'To end that gateway: clawdbot gateway stop',
    })
  }
  const keep = (chosen: string | undefined) => (chosen === id ? undefined : chosen)
  const profiles = book.profiles.filter((one) => one.id !== id)
  return pointing({ ...book, profiles }, keep(book.current), keep(book.previous))
}

/** Chooses a profile for commands that name none; `-` is the one before. Throws `profile.unknown`. */
export function useProfile(book: ProfileBook, name: string): ProfileBook {
  const { id } = name === '-' ? previousProfile(book) : profileNamed(book, name)
  if (id === book.current) return book
  return pointing(book, id, book.current ?? localName)
}

function previousProfile(book: ProfileBook): Profile {
  const found = allProfiles(book).find(({ id }) => id === book.previous)
  if (found) return found
  throw new Fault('profile.unknown', 'No profile was in use before', { remedy: 'Name one: clawdbot use <profile>' })
}

/** Whether at least one way of the old list still leads where it led. Throws what is wrong with an address. */
export function leadsToSame(before: readonly SavedWay[], after: readonly SavedWay[]): boolean {
  const places = new Set(before.map(placeOf))
  return after.some((one) => places.has(placeOf(one)))
}

/** What a way leads to, as one line: for comparing and for people. Throws what is wrong with its address. */
export function placeOf(way: SavedWay): string {
  if (way.kind !== 'local') return wayOrigin(way)
  return way.port === undefined ? 'this machine' : `this machine, port ${way.port}`
}

function pointing(book: ProfileBook, current: string | undefined, previous: string | undefined): ProfileBook {
  const { current: _, previous: __, ...rest } = book
  return {
    ...rest,
    ...(current === undefined ? {} : { current }),
    ...(previous === undefined || previous === current ? {} : { previous }),
  }
}

/** The profile as it may be saved beside the others, of which the one with `replacedId` goes. */
function checked(book: ProfileBook, candidate: Profile, replacedId?: string): Profile {
  const parsed = readAs(profileSchema(), candidate)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(`${problemAt(issue?.path ?? [])}: ${issueText(issue)}`)
  }
  const { data } = parsed
  for (const way of data.ways) if (way.kind === 'direct') checkDirect(way)
  const isLocal = data.id === localName
  if (isLocal !== (foldName(data.name) === localName)) throw invalid('local is the name of the built-in profile')
  if (isLocal && (data.ways.length > 1 || data.ways[0].kind !== 'local')) {
    throw invalid('The built-in profile leads to this machine and nowhere else')
  }
  const twin = book.profiles.find((one) => one.id !== replacedId && foldName(one.name) === foldName(data.name))
  if (twin) {
    throw invalid(`There is a profile ${twin.name} already`, `To change it: clawdbot profiles edit ${twin.name}`)
  }
  return data
}

function checkDirect({ url, insecure, tlsFingerprint }: DirectWay): void {
  const { isSecure, origin } = parseGatewayUrl(url, insecure)
  if (tlsFingerprint !== undefined && !isSecure) {
    throw invalid(`${origin} has no certificate whose fingerprint could be pinned`, 'Use a wss:// address.')
  }
}

/** `ways.1.host` in the words of the person who typed it. */
function problemAt([first = 'profile', second, ...rest]: readonly PropertyKey[]): string {
  if (first !== 'ways' || typeof second !== 'number')
    return [first, second, ...rest].filter((part) => part !== undefined).join('.')
  return [`way ${second + 1}`, ...rest.map(String)].join(', ')
}

function invalid(message: string, remedy = 'See: clawdbot profiles add --help'): Fault {
  return new Fault('profile.invalid', message, { remedy })
}
